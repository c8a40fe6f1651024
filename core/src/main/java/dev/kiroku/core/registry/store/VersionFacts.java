package dev.kiroku.core.registry.store;

import java.util.List;
import java.util.Map;

/**
 * What gates know of a model version.
 *
 * @param runId the run that it came from, or null; metrics, params and tags are that run's
 * @param metrics the latest value of each
 * @param contents what its MLmodel file says, or null when the server could not read one
 */
public record VersionFacts(
        long version,
        String runId,
        Map<String, Double> metrics,
        Map<String, String> params,
        Map<String, String> tags,
        Map<String, String> versionTags,
        String description,
        MlmodelSummary mlmodel) {
    /** @param flavors names as in the MLmodel file: {@code sklearn}, {@code python_function} … */
    public record MlmodelSummary(boolean hasSignature, List<String> flavors) {}
}
