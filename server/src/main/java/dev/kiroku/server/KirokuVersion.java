package dev.kiroku.server;

/** The version of this program and of the protocol. */
public final class KirokuVersion {
    /** The version of this program. */
    public static final String CURRENT = "0.1.0";

    /** The version of MLflow whose protocol the server implements; the response of {@code /version}. */
    public static final String MLFLOW_PROTOCOL = "3.17.2";

    private KirokuVersion() {}
}
