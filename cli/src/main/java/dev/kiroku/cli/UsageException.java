package dev.kiroku.cli;

/** What was asked for cannot be right: one line, exit status 2. */
final class UsageException extends RuntimeException {
    UsageException(String message) {
        super(message, null, false, false);
    }
}
