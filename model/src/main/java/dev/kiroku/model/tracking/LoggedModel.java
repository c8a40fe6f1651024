package dev.kiroku.model.tracking;

import dev.kiroku.model.KeyValue;
import java.util.List;

/** A model that a run (or nobody's run) logged: since MLflow 3 a thing of its own, with an id, params, metrics and artifacts. */
public record LoggedModel(Info info, Data data) {
    /**
     * @param modelId {@code m-} and 32 hexadecimal digits
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
            Long creatorId,
            String modelType,
            String sourceRunId,
            String statusMessage,
            List<KeyValue> tags,
            List<Registration> registrations) {
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

    /** The metrics are all points that runs logged for the model. */
    public record Data(List<KeyValue> params, List<Metric> metrics) {}

    public record Registration(String name, String version) {}
}
