package dev.kiroku.http;

import java.io.IOException;

/** A request body arrives too slowly. */
public final class SlowBodyException extends IOException {
    SlowBodyException() {
        super("the request's body did not arrive within the time limit");
    }
}
