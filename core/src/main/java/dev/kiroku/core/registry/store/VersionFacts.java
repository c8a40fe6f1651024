package dev.kiroku.core.registry.store;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the conditions of gates evaluate of a model version.
 *
 * @param runId the run that the version came from, whose metrics, params and tags these are; null or empty for none
 * @param metrics the latest value of each metric
 * @param mlmodel the content of the MLmodel file, or null if it could not be read when the version was created
 */
public record VersionFacts(
        long version,
        @Nullable String runId,
        Map<String, Double> metrics,
        Map<String, String> params,
        Map<String, String> tags,
        Map<String, String> versionTags,
        @Nullable String description,
        @Nullable MlmodelSummary mlmodel) {
    /**
     * The part of an MLmodel file that conditions evaluate.
     *
     * @param flavors names as in the file, such as {@code sklearn} and {@code python_function}
     */
    public record MlmodelSummary(boolean hasSignature, List<String> flavors) {}
}
