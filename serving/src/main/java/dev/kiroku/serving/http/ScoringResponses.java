package dev.kiroku.serving.http;

import dev.kiroku.serving.protocol.ScoringResponse;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;

/** Sends responses of the scoring protocol. */
final class ScoringResponses {
    private ScoringResponses() {}

    /** Sends a response, with the headers that were set before. */
    static void send(ServerResponse response, ScoringResponse content) {
        response.status(content.status()).header(HeaderNames.CONTENT_TYPE, content.contentType());
        response.send(content.body());
    }
}
