package dev.kiroku.model.registry;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.tracking.Metric;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A version of a registered model.
 *
 * @param version a decimal number from 1, without gaps in its model
 * @param creationTimestamp milliseconds since 1970
 * @param currentStage {@code None}, {@code Staging}, {@code Production} or {@code Archived}
 * @param description empty for none, as are {@code runId} and {@code runLink}
 * @param source the artifact location that the version was registered from
 * @param aliases the aliases that point at the version; empty in lists and searches, as in MLflow
 * @param modelId the logged model that the version was registered from; null for none
 */
public record ModelVersion(
        String name,
        String version,
        Long creationTimestamp,
        Long lastUpdatedTimestamp,
        @Nullable String userId,
        String currentStage,
        String description,
        String source,
        String runId,
        ModelVersionStatus status,
        @Nullable String statusMessage,
        List<KeyValue> tags,
        String runLink,
        List<String> aliases,
        @Nullable String modelId,
        List<ModelParam> modelParams,
        List<Metric> modelMetrics) {
    /** Returns this version with other aliases. */
    public ModelVersion withAliases(List<String> newAliases) {
        return new ModelVersion(
                name,
                version,
                creationTimestamp,
                lastUpdatedTimestamp,
                userId,
                currentStage,
                description,
                source,
                runId,
                status,
                statusMessage,
                tags,
                runLink,
                newAliases,
                modelId,
                modelParams,
                modelMetrics);
    }

    /** A param of the logged model. The protocol calls its key a name here, and a key elsewhere. */
    public record ModelParam(String name, String value) {}
}
