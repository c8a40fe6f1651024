package dev.kiroku.serving.http;

import dev.kiroku.http.BodyBudget;
import dev.kiroku.http.SlowBodyException;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.serving.protocol.ScoringResponse;
import java.io.IOException;
import java.io.InputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads request bodies within limits of size, memory and time. Thread-safe. */
final class BodyReader {
    private static final Logger LOG = LoggerFactory.getLogger(BodyReader.class);

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

    BodyReader(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Reads a body.
     *
     * @param length the announced length, or -1
     * @param reservation receives the bytes that arrive
     * @throws BodyRejectedException with 400 if the body is incomplete or not valid in HTTP, 408 if it arrives too slowly, 413 if it is too
     *     large, 429 if there is no memory for it
     */
    byte[] read(InputStream in, long length, BodyBudget.Reservation reservation) throws BodyRejectedException {
        if (length > maxBytes) {
            throw tooLarge();
        }
        byte[] body;
        try {
            body = reservation.readUpTo(in, length, maxBytes + 1);
        } catch (BodyBudget.ExhaustedException e) {
            throw new BodyRejectedException(
                    ScoringResponse.error(
                            ErrorCode.RESOURCE_EXHAUSTED,
                            "The server has no memory for further request bodies. Nothing was computed; try again in a moment."));
        } catch (SlowBodyException e) {
            throw new BodyRejectedException(ScoringResponse.error(
                    408, ErrorCode.BAD_REQUEST, "The request body did not arrive within the time limit."));
        } catch (IOException e) {
            LOG.debug("a request body cannot be read", e);
            throw incomplete();
        }
        if (body.length < length) {
            throw incomplete();
        }
        if (body.length > maxBytes) {
            throw tooLarge();
        }
        return body;
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
