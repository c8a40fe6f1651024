package dev.kiroku.server.http;

import java.io.IOException;

/** Answers requests of one route. */
public interface Handler {
    Response handle(Request request) throws IOException;
}
