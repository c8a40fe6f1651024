package dev.kiroku.serving.http;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Reads request bodies up to a limit. */
final class BodyReader {
    private final int maxBytes;

    BodyReader(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Reads a body.
     *
     * @return empty when the body is larger than the limit
     * @throws KirokuException with {@code BAD_REQUEST} if the client does not send the whole body
     */
    Optional<byte[]> read(ServerRequest request) {
        OptionalLong length = request.headers().contentLength();
        if (length.orElse(0) > maxBytes) {
            return Optional.empty();
        }
        byte[] body;
        try {
            // The buffer grows with the bytes that arrive: an announced length alone takes no memory.
            body = request.content().inputStream().readNBytes((int) length.orElse(maxBytes + 1L));
        } catch (IOException | RuntimeException e) { // Helidon reports wrong chunks by several runtime exceptions
            throw incomplete(e);
        }
        if (body.length < length.orElse(0)) {
            throw incomplete(null);
        }
        return Optional.of(body).filter(bytes -> bytes.length <= maxBytes);
    }

    private static KirokuException incomplete(@Nullable Exception cause) {
        return new KirokuException(
                ErrorCode.BAD_REQUEST, "The request body is incomplete, or it is not valid in HTTP.", cause);
    }
}
