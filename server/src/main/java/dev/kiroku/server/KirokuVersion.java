package dev.kiroku.server;

/** What this server is, and what it is compatible with. */
public final class KirokuVersion {
    /** Of this program. */
    public static final String CURRENT = "0.1.0";

    /** Of the MLflow whose protocol is spoken: what clients are told when they ask for the server's version. */
    public static final String MLFLOW_PROTOCOL = "3.17.2";

    private KirokuVersion() {}
}
