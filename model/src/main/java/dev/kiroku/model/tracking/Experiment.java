package dev.kiroku.model.tracking;

import dev.kiroku.model.KeyValue;
import java.util.List;

/**
 * A named set of runs.
 *
 * @param experimentId a decimal number as text; "0" is the experiment named Default
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
    /** The one workspace there is: MLflow 3.17 names it in every answer, whether it keeps several or not. */
    public static final String DEFAULT_WORKSPACE = "default";
}
