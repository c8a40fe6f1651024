package dev.kiroku.core.transfer;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.tracking.LifecycleStage;
import java.util.List;

/**
 * An experiment with its tags.
 *
 * @param id the same on both sides, unless the import maps it
 * @param creationTime milliseconds since 1970
 */
public record ExperimentRecord(
        long id,
        String name,
        String artifactLocation,
        LifecycleStage stage,
        long creationTime,
        long lastUpdateTime,
        List<KeyValue> tags) {
    /** Returns the record with another id and name. */
    public ExperimentRecord as(long otherId, String otherName) {
        return new ExperimentRecord(otherId, otherName, artifactLocation, stage, creationTime, lastUpdateTime, tags);
    }

    /** Returns the record with another location of its artifacts. */
    public ExperimentRecord withArtifactLocation(String otherLocation) {
        return new ExperimentRecord(id, name, otherLocation, stage, creationTime, lastUpdateTime, tags);
    }
}
