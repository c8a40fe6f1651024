package dev.kiroku.core.artifacts;

/** The artifact stores that the operator has configured, found by the URI of an artifact location. */
public interface ArtifactStores extends ArtifactLocator {
    /** A store and a path in it. */
    record Location(ArtifactStore store, ArtifactPath path) {
        /** Returns the location of {@code path} below this one. */
        public Location resolve(ArtifactPath path) {
            return new Location(store, this.path.resolve(path));
        }
    }

    /**
     * Returns the store and the path of an artifact URI.
     *
     * @param uri the artifact location of a run, logged model, experiment or model version
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if the operator has not configured the location
     */
    Location resolve(String uri);

    /**
     * Returns the store of {@code mlflow-artifacts:} URIs, which clients read and write through this server.
     *
     * @throws dev.kiroku.model.KirokuException NOT_IMPLEMENTED if the server does not serve artifacts
     */
    ArtifactStore proxied();
}
