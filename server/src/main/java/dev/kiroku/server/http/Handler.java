package dev.kiroku.server.http;

import java.io.IOException;

/** Handler of the requests of one route. Must be thread-safe. */
@FunctionalInterface
public interface Handler {
    /**
     * Returns the response to a request. Its body may be written after this method returns.
     *
     * @throws IOException if the request's body or the requested file cannot be read
     * @throws dev.kiroku.model.KirokuException if the request is refused
     */
    Response handle(Request request) throws IOException;
}
