package dev.kiroku.transfer.destination.directory;

import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.model.tracking.Metric;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** The file {@code logged_model.json}. */
final class LoggedModelFile {
    private LoggedModelFile() {}

    static void write(JsonGenerator json, LoggedModelRecord model) {
        json.writeObjectPropertyStart("logged_model");
        json.writeStringProperty("model_id", model.id());
        json.writeStringProperty("experiment_id", Long.toString(model.experimentId()));
        json.writeStringProperty("name", model.name());
        json.writeStringProperty("artifact_location", model.artifactLocation());
        json.writeNumberProperty("creation_timestamp", model.creationTime());
        json.writeNumberProperty("last_updated_timestamp", model.lastUpdateTime());
        json.writeNumberProperty("status", model.status().ordinal());
        json.writeStringProperty("lifecycle_stage", model.stage().wireName());
        json.writePOJOProperty("model_type", model.modelType());
        json.writePOJOProperty("source_run_id", model.sourceRunId());
        json.writePOJOProperty("status_message", model.statusMessage());
        json.writePOJOProperty("params", RunFile.map(model.params()));
        json.writePOJOProperty("tags", RunFile.map(model.tags()));
        json.writePOJOProperty(
                "metrics", model.metrics().stream().map(LoggedModelFile::metric).toList());
        json.writeEndObject();
    }

    private static Map<String, @Nullable Object> metric(Metric metric) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("key", metric.key());
        fields.put("value", metric.value());
        fields.put("timestamp", metric.timestamp());
        fields.put("step", metric.step());
        fields.put("dataset_name", metric.datasetName());
        fields.put("dataset_digest", metric.datasetDigest());
        fields.put("run_id", metric.runId());
        return fields;
    }
}
