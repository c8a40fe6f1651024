package dev.kiroku.server.http;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.io.EOFException;
import java.io.IOException;
import java.util.Locale;
import java.util.zip.ZipException;

/** Reader of whole request bodies up to a limit, which also applies to the decompressed size. Thread-safe. */
public final class RequestBodyReader {
    private final int maxBytes;

    /** @param maxBytes the limit in bytes */
    public RequestBodyReader(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Returns the decompressed body.
     *
     * @throws KirokuException with {@code BAD_REQUEST} if the body is too large, incomplete or cannot be decompressed, with
     *     {@code RESOURCE_EXHAUSTED} if there is no memory for it
     */
    public byte[] read(Request request) throws IOException {
        RequestBody body = request.body();
        if (body.length() > maxBytes) {
            throw tooLarge();
        }
        String encoding =
                request.header("Content-Encoding").orElse("identity").strip().toLowerCase(Locale.ROOT);
        byte[] bytes;
        try {
            bytes = switch (encoding) {
                case "identity", "" -> readWhole(body);
                case "gzip", "x-gzip" -> body.gunzipUpTo(maxBytes + 1);
                default ->
                    throw new KirokuException(
                            ErrorCode.BAD_REQUEST,
                            "The request body has an unsupported Content-Encoding. Send it with gzip or without.");
            };
        } catch (ZipException | EOFException e) {
            throw new KirokuException(ErrorCode.BAD_REQUEST, "The request body is incomplete or is not valid gzip.", e);
        }
        if (bytes.length > maxBytes) {
            throw tooLarge();
        }
        return bytes;
    }

    private byte[] readWhole(RequestBody body) throws IOException {
        byte[] bytes = body.readUpTo(maxBytes + 1);
        if (bytes.length < body.length()) {
            throw new EOFException();
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
