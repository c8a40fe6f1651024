package dev.kiroku.cli;

/** What was asked for cannot be right: one line, exit status 2. */
final class MisuseException extends RuntimeException {
    MisuseException(String message) {
        super(message, null, false, false);
    }
}
