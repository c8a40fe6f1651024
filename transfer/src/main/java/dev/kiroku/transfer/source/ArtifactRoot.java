package dev.kiroku.transfer.source;

/**
 * A place that artifacts may be read from.
 *
 * @param uri what artifact URIs of records begin with, such as {@code s3://bucket/folder}, a path, or {@code mlflow-artifacts:/}
 * @param folder where the artifacts with these URIs are
 */
public record ArtifactRoot(String uri, ArtifactFolder folder) {
    /** The URI of artifacts that clients reach through their server. */
    public static final String PROXIED = "mlflow-artifacts:/";
}
