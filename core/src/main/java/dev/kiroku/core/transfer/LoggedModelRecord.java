package dev.kiroku.core.transfer;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.LoggedModelStatus;
import dev.kiroku.model.tracking.Metric;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A logged model with its params, tags and metrics.
 *
 * @param creationTime milliseconds since 1970
 * @param metrics each with the run that logged it
 */
public record LoggedModelRecord(
        String id,
        long experimentId,
        String name,
        String artifactLocation,
        long creationTime,
        long lastUpdateTime,
        LoggedModelStatus status,
        LifecycleStage stage,
        @Nullable String modelType,
        @Nullable String sourceRunId,
        @Nullable String statusMessage,
        List<KeyValue> params,
        List<KeyValue> tags,
        List<Metric> metrics) {
    /** Returns the model with other params, tags and metrics. */
    public LoggedModelRecord withDetails(
            List<KeyValue> otherParams, List<KeyValue> otherTags, List<Metric> otherMetrics) {
        return new LoggedModelRecord(
                id,
                experimentId,
                name,
                artifactLocation,
                creationTime,
                lastUpdateTime,
                status,
                stage,
                modelType,
                sourceRunId,
                statusMessage,
                otherParams,
                otherTags,
                otherMetrics);
    }

    /** Returns the model in another experiment. */
    public LoggedModelRecord in(long otherExperimentId) {
        return with(otherExperimentId, artifactLocation);
    }

    /** Returns the model with another location of its artifacts. */
    public LoggedModelRecord withArtifactLocation(String otherLocation) {
        return with(experimentId, otherLocation);
    }

    private LoggedModelRecord with(long otherExperimentId, String otherLocation) {
        return new LoggedModelRecord(
                id,
                otherExperimentId,
                name,
                otherLocation,
                creationTime,
                lastUpdateTime,
                status,
                stage,
                modelType,
                sourceRunId,
                statusMessage,
                params,
                tags,
                metrics);
    }
}
