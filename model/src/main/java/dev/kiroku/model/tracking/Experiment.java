package dev.kiroku.model.tracking;

import dev.kiroku.model.KeyValue;
import java.util.List;

/**
 * A named group of runs and logged models.
 *
 * @param experimentId a decimal number; "0" is the experiment named Default
 * @param artifactLocation the URI below which its runs keep their artifacts
 * @param lifecycleStage {@code active} or {@code deleted}
 * @param lastUpdateTime milliseconds since 1970, as is {@code creationTime}
 */
public record Experiment(
        String experimentId,
        String name,
        String artifactLocation,
        String lifecycleStage,
        Long lastUpdateTime,
        Long creationTime,
        List<KeyValue> tags,
        String workspace) {
    /** The only workspace. MLflow names it in every response, with and without support for workspaces. */
    public static final String DEFAULT_WORKSPACE = "default";
}
