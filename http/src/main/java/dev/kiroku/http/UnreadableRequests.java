package dev.kiroku.http;

import dev.kiroku.model.ErrorCode;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Responses to requests that do not reach a handler because their request line, headers or framing cannot be read. */
public final class UnreadableRequests {
    /** The greatest size of all header lines of a request, in bytes. */
    public static final int MAX_HEADERS_BYTES = 64 << 10;

    /** The greatest size of a request line in bytes. Searches by GET carry long filters. */
    public static final int MAX_REQUEST_LINE_BYTES = 256 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(UnreadableRequests.class);

    private UnreadableRequests() {}

    /** Returns handlers that answer in MLflow's error form: 4xx for what the client sent, 500 for what failed in the server. */
    public static DirectHandlers handlers() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (DirectHandler.EventType event : DirectHandler.EventType.values()) {
            handlers.addHandler(event, (request, type, status, headers, message) -> {
                // Without a path, the request line or the headers are incomplete: an error of the client.
                boolean internal = type == DirectHandler.EventType.INTERNAL_ERROR
                        && !request.path().isEmpty();
                if (internal) {
                    LOG.error("a request to {} failed before it reached a handler: {}", request.path(), message);
                }
                ErrorBody body = internal
                        ? new ErrorBody(ErrorCode.INTERNAL_ERROR, "Internal error. The server's log has the details.")
                        : new ErrorBody(ErrorCode.BAD_REQUEST, "The request cannot be read as HTTP.");
                // Helidon answers some errors of the client with 5xx, for instance an unknown transfer coding.
                Status answered = !internal && status.code() >= 500 ? Status.BAD_REQUEST_400 : status;
                return DirectHandler.TransportResponse.builder()
                        .status(answered)
                        .headers(headers)
                        .header(HeaderNames.CONTENT_TYPE, ErrorBody.CONTENT_TYPE)
                        .entity(body.toJson())
                        .build();
            });
        }
        return handlers.build();
    }
}
