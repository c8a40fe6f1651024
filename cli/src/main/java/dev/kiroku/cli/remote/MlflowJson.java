package dev.kiroku.cli.remote;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.artifacts.FileInfo;
import dev.kiroku.model.tracking.DatasetInput;
import dev.kiroku.model.tracking.Experiment;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.tracking.Run;
import dev.kiroku.model.tracking.RunInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/** JSON as the commands of MLflow print it: the objects of its Python client, with metrics, params and tags as maps, and NaN as a bare word. */
public final class MlflowJson {
    private final JsonMapper json = new JsonMapper(
            JsonFactory.builder().disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS).build());

    /** Returns a value of maps, lists, texts and numbers as indented JSON. */
    public String toJson(Object value) {
        return json.writerWithDefaultPrettyPrinter().writeValueAsString(value);
    }

    /** Returns the fields of an experiment. */
    public static Map<String, Object> fields(Experiment experiment) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("artifact_location", experiment.artifactLocation());
        fields.put("creation_time", experiment.creationTime());
        fields.put("effective_trace_archival_retention", null);
        fields.put("experiment_id", experiment.experimentId());
        fields.put("last_update_time", experiment.lastUpdateTime());
        fields.put("lifecycle_stage", experiment.lifecycleStage());
        fields.put("name", experiment.name());
        fields.put("tags", map(experiment.tags()));
        fields.put("trace_location", null);
        fields.put("workspace", experiment.workspace());
        return fields;
    }

    /** Returns the fields of a run. */
    public static Map<String, Object> fields(Run run) {
        RunInfo info = run.info();
        Map<String, Object> infoFields = new LinkedHashMap<>();
        infoFields.put("artifact_uri", info.artifactUri());
        infoFields.put("end_time", info.endTime());
        infoFields.put("experiment_id", info.experimentId());
        infoFields.put("lifecycle_stage", info.lifecycleStage());
        infoFields.put("run_id", info.runId());
        infoFields.put("run_name", info.runName());
        infoFields.put("start_time", info.startTime());
        infoFields.put("status", info.status().name());
        infoFields.put("user_id", info.userId());
        Map<String, Object> metrics = new LinkedHashMap<>();
        for (Metric metric : run.data().metrics()) {
            metrics.put(metric.key(), metric.value());
        }
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("metrics", metrics);
        data.put("params", map(run.data().params()));
        data.put("tags", map(run.data().tags()));
        Map<String, Object> inputs = new LinkedHashMap<>();
        inputs.put(
                "model_inputs",
                run.inputs().modelInputs().stream()
                        .map(input -> Map.of("model_id", input.modelId()))
                        .toList());
        inputs.put(
                "dataset_inputs",
                run.inputs().datasetInputs().stream().map(MlflowJson::dataset).toList());
        List<Map<String, Object>> outputs = run.outputs() == null
                ? List.of()
                : run.outputs().modelOutputs().stream()
                        .map(output -> Map.<String, Object>of("model_id", output.modelId(), "step", output.step()))
                        .toList();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("info", infoFields);
        fields.put("data", data);
        fields.put("inputs", inputs);
        fields.put("outputs", Map.of("model_outputs", outputs));
        return fields;
    }

    /** Returns the fields of a file. */
    public static Map<String, Object> fields(FileInfo file) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("path", file.path());
        fields.put("is_dir", file.isDir());
        if (!file.isDir()) {
            fields.put("file_size", file.fileSize());
        }
        return fields;
    }

    private static Map<String, Object> dataset(DatasetInput input) {
        Map<String, Object> dataset = new LinkedHashMap<>();
        dataset.put("name", input.dataset().name());
        dataset.put("digest", input.dataset().digest());
        dataset.put("source_type", input.dataset().sourceType());
        dataset.put("source", input.dataset().source());
        dataset.put("schema", input.dataset().schema());
        dataset.put("profile", input.dataset().profile());
        return Map.of("dataset", dataset, "tags", map(input.tags()));
    }

    private static Map<String, String> map(List<KeyValue> entries) {
        Map<String, String> map = new LinkedHashMap<>();
        entries.forEach(entry -> map.put(entry.key(), entry.value()));
        return map;
    }
}
