package dev.kiroku.cli.config;

/** Thrown for an invalid command line or configuration. The message is one line; the exit status of the process is 2. */
public final class UsageException extends RuntimeException {
    /** @param message what is wrong and what to do, without a full stop at the end */
    public UsageException(String message) {
        super(message, null, false, false);
    }
}
