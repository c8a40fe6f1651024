package dev.kiroku.server.http;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Reader of whole request bodies up to a limit, which also applies to the decompressed size. Thread-safe. */
public final class RequestBodyReader {
    private final int maxBytes;

    /** @param maxBytes the limit in bytes */
    public RequestBodyReader(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Returns the maximum size of a request's body: the announced length, or the limit if it is compressed or of unknown length. */
    public long maxBodyBytes(Request request) {
        boolean absent = request.contentLength() < 0
                && request.header("Transfer-Encoding").isEmpty();
        boolean plain = request.contentLength() >= 0
                && request.header("Content-Encoding").isEmpty();
        return absent ? 0 : plain ? Math.min(request.contentLength(), maxBytes) : maxBytes;
    }

    /**
     * Returns the decompressed body.
     *
     * @throws KirokuException with {@code BAD_REQUEST} if the body is too large, incomplete or cannot be decompressed
     */
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
                            "The request body has an unsupported Content-Encoding. Send it with gzip or without.");
            };
        } catch (ZipException | EOFException e) {
            throw new KirokuException(ErrorCode.BAD_REQUEST, "The request body is incomplete or is not valid gzip.", e);
        }
    }

    /** Reads into an array of the final size, so that a large body is not in memory twice. */
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
                "The request body is larger than the limit of " + maxBytes
                        + " bytes. Send it in parts (log-batch takes up to 1000 entities), or start the server with a"
                        + " greater --max-request-bytes.");
    }
}
