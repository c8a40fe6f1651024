package dev.kiroku.core.artifacts;

/** Knows which store an artifact URI lies in, and opens only what the operator has configured. */
public interface ArtifactStores {
    /** A store, and the place in it. */
    record Location(ArtifactStore store, ArtifactPath path) {}

    /**
     * @param uri where a run, a model or an experiment keeps its artifacts
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE when this server does not open that place
     */
    Location resolve(String uri);

    /** What clients reach by {@code mlflow-artifacts:/}; NOT_IMPLEMENTED when the server does not serve artifacts. */
    ArtifactStore proxied();
}
