package dev.kiroku.core.transfer;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.tracking.DatasetInput;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.ModelInput;
import dev.kiroku.model.tracking.ModelOutput;
import dev.kiroku.model.tracking.RunStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run with everything but its metric points, which follow as {@link RunMetrics}.
 *
 * @param startTime milliseconds since 1970
 * @param endTime null while the run is not finished
 * @param deletedTime null unless the run is deleted
 * @param datasets the datasets that the run used, with the tags of the use
 * @param metricPoints the number of distinct metric points that the source has of the run; -1 if it cannot say without reading them
 */
public record RunRecord(
        String id,
        long experimentId,
        String name,
        String userId,
        RunStatus status,
        long startTime,
        @Nullable Long endTime,
        LifecycleStage stage,
        @Nullable Long deletedTime,
        String artifactUri,
        List<KeyValue> params,
        List<KeyValue> tags,
        List<DatasetInput> datasets,
        List<ModelInput> modelInputs,
        List<ModelOutput> modelOutputs,
        long metricPoints) {
    /** The number of points of a source that does not count them. */
    public static final long UNKNOWN = -1;

    /** Returns the run in another experiment. */
    public RunRecord in(long otherExperimentId) {
        return with(otherExperimentId, artifactUri);
    }

    /** Returns the run with another location of its artifacts. */
    public RunRecord withArtifactUri(String otherUri) {
        return with(experimentId, otherUri);
    }

    /** Returns the run with other tags. */
    public RunRecord withTags(List<KeyValue> otherTags) {
        return with(experimentId, artifactUri, otherTags);
    }

    private RunRecord with(long otherExperimentId, String otherUri) {
        return with(otherExperimentId, otherUri, tags);
    }

    private RunRecord with(long otherExperimentId, String otherUri, List<KeyValue> otherTags) {
        return new RunRecord(
                id,
                otherExperimentId,
                name,
                userId,
                status,
                startTime,
                endTime,
                stage,
                deletedTime,
                otherUri,
                params,
                otherTags,
                datasets,
                modelInputs,
                modelOutputs,
                metricPoints);
    }
}
