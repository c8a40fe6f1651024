package dev.kiroku.serving.http;

import dev.kiroku.http.ReadTimeouts;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.serving.protocol.ScoringResponse;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads request bodies within limits of size, memory and time. The time limit for a whole body grows with the bytes that arrive, as in
 * Apache's mod_reqtimeout, so that a client cannot keep a connection by single bytes and a large body has the time that it needs.
 */
final class BodyReader {
    private static final Logger LOG = LoggerFactory.getLogger(BodyReader.class);
    private static final int CHUNK_BYTES = 64 << 10;
    private static final int MIN_BYTES_PER_SECOND = 16 << 10;

    /** A body that was not read, with the response to its client. */
    static final class BodyRejectedException extends Exception {
        private final transient ScoringResponse response;

        BodyRejectedException(ScoringResponse response) {
            super("status " + response.status(), null, false, false);
            this.response = response;
        }

        ScoringResponse response() {
            return response;
        }
    }

    private final int maxBytes;
    private final ReadTimeouts readTimeouts;
    private final long timeoutNanos;

    /**
     * Creates a reader.
     *
     * @param timeout the time limit for a small body
     */
    BodyReader(int maxBytes, ReadTimeouts readTimeouts, Duration timeout) {
        this.maxBytes = maxBytes;
        this.readTimeouts = readTimeouts;
        this.timeoutNanos = timeout.toNanos();
    }

    /**
     * Reads a body.
     *
     * @param reservation receives the bytes that arrive
     * @throws BodyRejectedException with 400 if the body is incomplete or not valid in HTTP, 408 if it arrives too slowly, 413 if it is too
     *     large, 503 if there is no memory for it
     */
    byte[] read(ServerRequest request, BodyBudget.Reservation reservation) throws BodyRejectedException {
        OptionalLong length = request.headers().contentLength();
        if (length.orElse(0) > maxBytes) {
            throw tooLarge();
        }
        byte[] body;
        try {
            InputStream in = readTimeouts.withTimeout(request.content().inputStream());
            body = read(in, (int) length.orElse(maxBytes + 1L), reservation);
        } catch (IOException e) {
            LOG.debug("a request body cannot be read", e);
            throw incomplete();
        }
        if (body.length < length.orElse(0)) {
            throw incomplete();
        }
        if (body.length > maxBytes) {
            throw tooLarge();
        }
        return body;
    }

    private byte[] read(InputStream in, int limit, BodyBudget.Reservation reservation)
            throws IOException, BodyRejectedException {
        long start = System.nanoTime();
        byte[] body = new byte[Math.min(limit, CHUNK_BYTES)];
        int size = 0;
        while (size < limit) {
            if (size == body.length) {
                body = Arrays.copyOf(body, (int) Math.min(limit, body.length * 2L));
            }
            int count = in.read(body, size, Math.min(body.length - size, CHUNK_BYTES));
            if (count < 0) {
                break;
            }
            if (!reservation.add(count)) {
                throw new BodyRejectedException(ScoringResponse.error(
                        ErrorCode.TEMPORARILY_UNAVAILABLE,
                        "The server has no memory for further request bodies. Try again later."));
            }
            size += count;
            long allowed = timeoutNanos
                    + Duration.ofSeconds(size / MIN_BYTES_PER_SECOND).toNanos();
            if (size < limit && System.nanoTime() - start > allowed) {
                throw new BodyRejectedException(ScoringResponse.error(
                        408, ErrorCode.BAD_REQUEST, "The request body did not arrive within the time limit."));
            }
        }
        return size == body.length ? body : Arrays.copyOf(body, size);
    }

    private BodyRejectedException tooLarge() {
        return new BodyRejectedException(ScoringResponse.error(
                413,
                ErrorCode.BAD_REQUEST,
                "The request body is larger than the limit of " + maxBytes
                        + " bytes (--max-body). Send the rows in several requests."));
    }

    private static BodyRejectedException incomplete() {
        return new BodyRejectedException(ScoringResponse.error(
                ErrorCode.BAD_REQUEST, "The request body is incomplete, or it is not valid in HTTP."));
    }
}
