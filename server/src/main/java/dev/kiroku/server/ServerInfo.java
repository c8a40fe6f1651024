package dev.kiroku.server;

/**
 * The response of {@code server-info}: optional features, which clients ask for before they use them.
 *
 * @param storeType MLflow's name for the kind of store; {@code SqlStore} for a database
 * @param artifactServingEnabled whether clients send and get artifacts through this server
 * @param multipartUploadsEnabled whether clients may upload parts of artifacts directly to the artifact store
 * @param multipartDownloadsEnabled whether clients may download artifacts directly from the artifact store
 * @param modelArtifactPresignedDownloadsSupported whether the routes for files of models take {@code presigned=true}
 * @param trackingAuth the name of the authentication provider that pages show in snippets for clients; may be empty
 * @param artifactsPresignedOnly whether the server refuses to transfer artifacts itself
 */
public record ServerInfo(
        String storeType,
        boolean workspacesEnabled,
        boolean traceArchivalEnabled,
        boolean artifactServingEnabled,
        boolean multipartUploadsEnabled,
        boolean multipartDownloadsEnabled,
        boolean presignedUploadRunIdSupported,
        boolean presignedUploadModelIdSupported,
        boolean modelArtifactPresignedDownloadsSupported,
        String trackingAuth,
        boolean artifactsPresignedOnly,
        Features featuresEnabled) {
    /**
     * @param gateway whether the server has the AI gateway
     * @param scheduledIssueDetection whether the server looks for issues in traces on a schedule
     */
    public record Features(boolean gateway, boolean scheduledIssueDetection) {}

    /** Returns the response of a server that has none of the optional features. */
    public static ServerInfo withoutFeatures() {
        return new ServerInfo(
                "SqlStore",
                false,
                false,
                false,
                false,
                false,
                false,
                false,
                false,
                "",
                false,
                new Features(false, false));
    }
}
