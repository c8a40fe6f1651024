package dev.kiroku.model.registry;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.tracking.Metric;
import java.util.List;

/**
 * One version of a registered model.
 *
 * @param version a decimal number as text, from 1, dense within its model
 * @param source the URI that its artifacts were registered from
 * @param description empty when there is none, as are {@code runId} and {@code runLink}
 * @param currentStage {@code None}, {@code Staging}, {@code Production} or {@code Archived}
 * @param aliases the names that point at it
 */
public record ModelVersion(
        String name,
        String version,
        Long creationTimestamp,
        Long lastUpdatedTimestamp,
        String userId,
        String currentStage,
        String description,
        String source,
        String runId,
        ModelVersionStatus status,
        String statusMessage,
        List<KeyValue> tags,
        String runLink,
        List<String> aliases,
        String modelId,
        List<ModelParam> modelParams,
        List<Metric> modelMetrics) {
    /** A param of the logged model; here, unlike elsewhere, the protocol calls its key a name. */
    public record ModelParam(String name, String value) {}
}
