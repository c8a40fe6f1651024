package dev.kiroku.server.http;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Reads whole request bodies, within a limit that also holds for what comes out of compressed ones. */
public final class RequestBodyReader {
    private final int maxBytes;

    /** @param limit bytes */
    public RequestBodyReader(int limit) {
        this.maxBytes = limit;
    }

    /** What a body can have at most once it is read, in bytes: known before it comes, unless it is compressed or of unknown length. */
    public long maxBodyBytes(Request request) {
        boolean absent = request.contentLength() < 0
                && request.header("Transfer-Encoding").isEmpty();
        boolean plain = request.contentLength() >= 0
                && request.header("Content-Encoding").isEmpty();
        return absent ? 0 : plain ? Math.min(request.contentLength(), maxBytes) : maxBytes;
    }

    public byte[] read(Request request) throws IOException {
        if (request.contentLength() > maxBytes) {
            throw tooLarge();
        }
        String encoding =
                request.header("Content-Encoding").orElse("identity").strip().toLowerCase(java.util.Locale.ROOT);
        try {
            return switch (encoding) {
                case "identity", "" ->
                    request.contentLength() < 0
                            ? readUpToLimit(request.body())
                            : readExactly(request.body(), (int) request.contentLength());
                case "gzip", "x-gzip" -> readUpToLimit(new GZIPInputStream(request.body()));
                default ->
                    throw new KirokuException(
                            ErrorCode.BAD_REQUEST,
                            "The request body has a Content-Encoding that is not known here; gzip is.");
            };
        } catch (ZipException | EOFException e) {
            throw new KirokuException(
                    ErrorCode.BAD_REQUEST,
                    "The request body ends too early, or is not the gzip that its header says.",
                    e);
        }
    }

    /** Of a length that is known: read into place, for a large body is not to be held twice. */
    private static byte[] readExactly(InputStream body, int length) throws IOException {
        byte[] bytes = new byte[length];
        if (body.readNBytes(bytes, 0, length) < length) {
            throw new EOFException();
        }
        return bytes;
    }

    private byte[] readUpToLimit(InputStream body) throws IOException {
        byte[] bytes = body.readNBytes(maxBytes + 1);
        if (bytes.length > maxBytes) {
            throw tooLarge();
        }
        return bytes;
    }

    private KirokuException tooLarge() {
        return new KirokuException(
                ErrorCode.BAD_REQUEST,
                "The request body is larger than the " + maxBytes
                        + " bytes that this server takes; send it in parts (log-batch takes up to 1000"
                        + " entities), or start the server with a greater --max-request-bytes.");
    }
}
