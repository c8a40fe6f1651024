package dev.kiroku.model.tracking;

import org.jspecify.annotations.Nullable;

/**
 * A point of a metric.
 *
 * @param value any double, including NaN and infinities
 * @param timestamp milliseconds since 1970, from the client
 * @param step 0 if the client names none
 * @param datasetName the dataset that the value was measured on; null for none
 * @param modelId the logged model that the value was measured for; null for none
 * @param runId the run that logged the point; null unless points of several runs are returned together
 */
public record Metric(
        String key,
        double value,
        long timestamp,
        long step,
        @Nullable String datasetName,
        @Nullable String datasetDigest,
        @Nullable String modelId,
        @Nullable String runId) {
    /** Creates a point without dataset and logged model. */
    public Metric(String key, double value, long timestamp, long step) {
        this(key, value, timestamp, step, null, null, null, null);
    }
}
