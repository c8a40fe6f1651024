package dev.kiroku.model.tracking;

import dev.kiroku.model.KeyValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A model that a run or a client logged, with an ID, params, metrics and artifacts of its own. */
public record LoggedModel(Info info, Data data) {
    /**
     * The attributes of a logged model.
     *
     * @param modelId {@code m-} and 32 hexadecimal digits
     * @param creatorId null: users have no numbers here
     * @param registrations the model versions that were registered from it
     */
    public record Info(
            String modelId,
            String experimentId,
            String name,
            Long creationTimestampMs,
            Long lastUpdatedTimestampMs,
            String artifactUri,
            LoggedModelStatus status,
            @Nullable Long creatorId,
            @Nullable String modelType,
            @Nullable String sourceRunId,
            @Nullable String statusMessage,
            List<KeyValue> tags,
            List<Registration> registrations) {
        /** Returns a copy with other tags. */
        public Info withTags(List<KeyValue> all) {
            return new Info(
                    modelId,
                    experimentId,
                    name,
                    creationTimestampMs,
                    lastUpdatedTimestampMs,
                    artifactUri,
                    status,
                    creatorId,
                    modelType,
                    sourceRunId,
                    statusMessage,
                    all,
                    registrations);
        }
    }

    /**
     * What was logged for a model.
     *
     * @param metrics all points, of all runs
     */
    public record Data(List<KeyValue> params, List<Metric> metrics) {}

    /** A model version that was registered from a logged model. */
    public record Registration(String name, String version) {}
}
