package dev.kiroku.transfer.destination.directory;

import dev.kiroku.core.transfer.MetricPoints;
import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.tracking.DatasetInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The file {@code run.json}, which is written as a stream: metric points come last, key by key. */
final class RunFile {
    static final String PARENT = "mlflow.parentRunId";

    private final JsonGenerator json;
    private @Nullable String key;

    /** Begins the file of a run. */
    RunFile(ExportFolder folder, Path file, RunRecord run) throws IOException {
        this.json = folder.begin(file);
        writeInfo(run);
        json.writePOJOProperty("tags", map(run.tags()));
        json.writePOJOProperty("params", map(run.params()));
        writeInputs(run);
        json.writeObjectPropertyStart("metrics");
    }

    private void writeInfo(RunRecord run) {
        json.writeObjectPropertyStart("info");
        json.writeStringProperty("run_id", run.id());
        json.writeStringProperty("experiment_id", Long.toString(run.experimentId()));
        json.writeStringProperty("run_name", run.name());
        json.writeStringProperty("user_id", run.userId());
        json.writeStringProperty("status", run.status().name());
        json.writeNumberProperty("start_time", run.startTime());
        json.writePOJOProperty("end_time", run.endTime());
        json.writeStringProperty("lifecycle_stage", run.stage().wireName());
        json.writeStringProperty("artifact_uri", run.artifactUri());
        json.writeEndObject();
    }

    private void writeInputs(RunRecord run) {
        json.writePOJOProperty(
                "inputs",
                Map.of(
                        "dataset_inputs",
                        run.datasets().stream().map(RunFile::dataset).toList(),
                        "model_inputs",
                        run.modelInputs().stream()
                                .map(model -> Map.of("model_id", model.modelId()))
                                .toList()));
        json.writePOJOProperty(
                "outputs",
                Map.of(
                        "model_outputs",
                        run.modelOutputs().stream()
                                .map(model -> Map.of("model_id", model.modelId(), "step", model.step()))
                                .toList()));
    }

    private static Map<String, ?> dataset(DatasetInput input) {
        Map<String, @Nullable String> dataset = new LinkedHashMap<>();
        dataset.put("name", input.dataset().name());
        dataset.put("digest", input.dataset().digest());
        dataset.put("source_type", input.dataset().sourceType());
        dataset.put("source", input.dataset().source());
        dataset.put("schema", input.dataset().schema());
        dataset.put("profile", input.dataset().profile());
        return Map.of("dataset", dataset, "tags", map(input.tags()));
    }

    static Map<String, String> map(List<KeyValue> pairs) {
        Map<String, String> map = new LinkedHashMap<>();
        pairs.forEach(pair -> map.put(pair.key(), pair.value()));
        return map;
    }

    /** Writes points; those of a key come one after the other. */
    void add(RunMetrics metrics) {
        for (MetricPoints series : metrics.series()) {
            if (!series.key().equals(key)) {
                endKey();
                key = series.key();
                json.writeArrayPropertyStart(series.key());
            }
            for (int i = 0; i < series.size(); i++) {
                json.writeStartObject();
                json.writeNumberProperty("value", series.values()[i]);
                json.writeNumberProperty("timestamp", series.timestamps()[i]);
                json.writeNumberProperty("step", series.steps()[i]);
                json.writeEndObject();
            }
        }
    }

    private void endKey() {
        if (key != null) {
            json.writeEndArray();
        }
    }

    void end() {
        endKey();
        json.writeEndObject();
        ExportFolder.end(json, Map.of());
    }

    /** Moves the parent of a run out of its tags, because the tool fails on parents that it does not import. */
    static void hideParent(ExportFolder folder, Path file) throws IOException {
        Path part = file.resolveSibling("run.json.part");
        try (JsonParser parser = folder.parse(file);
                JsonGenerator json = folder.generate(part)) {
            String parent = null;
            while (parser.nextToken() != null) {
                String path = parser.streamReadContext().pathAsPointer().toString();
                if (path.equals("/mlflow/tags/" + PARENT)) {
                    if (parser.currentToken() == JsonToken.VALUE_STRING) {
                        parent = parser.getString();
                    }
                    continue;
                }
                json.copyCurrentEvent(parser);
                if (parent != null && path.equals("/mlflow/tags") && parser.currentToken() == JsonToken.END_OBJECT) {
                    json.writeStringProperty("_parent_run_id", parent);
                }
            }
        }
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }
}
