package dev.kiroku.server;

/**
 * The response of {@code server-info}: optional features, which clients ask for before they use them.
 *
 * @param storeType MLflow's name for the kind of store; {@code SqlStore} for a database
 * @param multipartUploadsEnabled whether clients may upload parts of artifacts directly to the artifact store
 * @param multipartDownloadsEnabled whether clients may download artifacts directly from the artifact store
 */
public record ServerInfo(
        String storeType,
        boolean workspacesEnabled,
        boolean traceArchivalEnabled,
        boolean multipartUploadsEnabled,
        boolean multipartDownloadsEnabled,
        boolean presignedUploadRunIdSupported,
        boolean presignedUploadModelIdSupported,
        Features featuresEnabled) {
    /** @param gateway whether the server has the AI gateway */
    public record Features(boolean gateway) {}
}
