package dev.kiroku.server;

/** What this server is, and what it is compatible with. */
public final class Versions {
    /** Of this program. */
    public static final String KIROKU = "0.1.0";

    /** Of the MLflow whose protocol is spoken: what clients are told when they ask for the server's version. */
    public static final String PROTOCOL = "3.17.2";

    private Versions() {}
}
