package dev.kiroku.core.registry.store;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the conditions of gates evaluate of a model version.
 *
 * @param runId the run that the version came from, whose metrics, params and tags these are; null for none
 * @param metrics the latest value of each metric
 * @param mlmodel the content of the MLmodel file, or null if it could not be read when the version was created
 * @param unrelatedRunId a run that the version names although its artifacts are neither of that run nor of a logged
 *     model of it: the results of that run are not the version's; null for none
 */
public record VersionFacts(
        long version,
        @Nullable String runId,
        Map<String, Double> metrics,
        Map<String, String> params,
        Map<String, String> tags,
        Map<String, String> versionTags,
        @Nullable String description,
        @Nullable MlmodelSummary mlmodel,
        @Nullable String unrelatedRunId) {
    /**
     * The part of an MLmodel file that conditions evaluate.
     *
     * @param flavors names as in the file, such as {@code sklearn} and {@code python_function}
     */
    public record MlmodelSummary(boolean hasSignature, List<String> flavors) {}
}
