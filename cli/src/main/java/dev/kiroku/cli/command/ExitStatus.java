package dev.kiroku.cli.command;

/** Exit statuses of the {@code kiroku} process. */
public final class ExitStatus {
    /** The command did what it was asked to do. */
    public static final int SUCCESS = 0;

    /** The command failed, or answered a question in the negative. */
    public static final int FAILURE = 1;

    /** The command line or the configuration is invalid; nothing was done. */
    public static final int USAGE_ERROR = 2;

    private ExitStatus() {}
}
