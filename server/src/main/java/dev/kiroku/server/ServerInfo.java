package dev.kiroku.server;

/**
 * What clients ask before they use what not every server has.
 *
 * @param storeType MLflow's word for a store in a database
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
    /** @param gateway whether calls to language models are passed on */
    public record Features(boolean gateway) {}
}
