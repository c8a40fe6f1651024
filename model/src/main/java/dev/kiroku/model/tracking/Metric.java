package dev.kiroku.model.tracking;

/**
 * One point of a metric.
 *
 * @param value any double; NaN and the infinities are legal
 * @param timestamp milliseconds since 1970 in UTC, given by the client
 * @param step any integer, 0 where the client has no notion of steps
 * @param datasetName the dataset the value was measured on, or null; with its digest
 * @param modelId the logged model the value was measured for, or null
 * @param runId the run that logged it; given only where points of several runs are mixed
 */
public record Metric(
        String key,
        double value,
        long timestamp,
        long step,
        String datasetName,
        String datasetDigest,
        String modelId,
        String runId) {
    public Metric(String key, double value, long timestamp, long step) {
        this(key, value, timestamp, step, null, null, null, null);
    }
}
