package dev.kiroku.transfer.source.directory;

import static dev.kiroku.transfer.source.JsonFields.keyValues;
import static dev.kiroku.transfer.source.JsonFields.number;
import static dev.kiroku.transfer.source.JsonFields.requireNumber;
import static dev.kiroku.transfer.source.JsonFields.text;
import static java.util.Objects.requireNonNullElse;

import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.LoggedModelStatus;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.transfer.source.JsonRecords;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Converts the JSON of an export to records. */
final class ExportedRecords {
    private ExportedRecords() {}

    static ExperimentRecord experiment(JsonNode file) {
        return JsonRecords.experiment(file.path("experiment"));
    }

    /** Returns an experiment of which only a run was exported. Its name is not known. */
    static ExperimentRecord experimentOfRun(JsonNode file) {
        JsonNode info = file.path("info");
        long id = requireNumber(info, "experiment_id");
        long time = number(info, "start_time", 0);
        String artifacts = requireNonNullElse(text(info, "artifact_uri"), "");
        return new ExperimentRecord(
                id,
                "experiment " + id,
                artifacts.replaceFirst("/[^/]+/artifacts$", ""),
                LifecycleStage.ACTIVE,
                time,
                time,
                List.of());
    }

    /** @param folder with the artifacts of the run, if they were exported */
    static RunRecord run(JsonNode file, Path folder) {
        JsonNode info = file.path("info");
        String id = text(info, "run_id");
        return new RunRecord(
                id == null ? folder.getFileName().toString() : id,
                requireNumber(info, "experiment_id"),
                requireNonNullElse(
                        text(info, "run_name"),
                        file.path("tags").path("mlflow.runName").asString("")),
                requireNonNullElse(text(info, "user_id"), ""),
                JsonRecords.status(text(info, "status")),
                number(info, "start_time", 0),
                number(info, "end_time"),
                JsonRecords.stage(info),
                JsonRecords.stage(info) == LifecycleStage.DELETED ? number(info, "end_time") : null,
                artifacts(folder.resolve("artifacts"), text(info, "artifact_uri")),
                keyValues(file.path("params")),
                tags(file),
                JsonRecords.datasets(file.path("inputs").path("dataset_inputs")),
                JsonRecords.modelInputs(file.path("inputs").path("model_inputs")),
                JsonRecords.modelOutputs(file.path("outputs").path("model_outputs")),
                RunRecord.UNKNOWN);
    }

    /** Returns the tags of a run, with that of a parent that is not exported, which Kiroku writes apart. */
    private static List<KeyValue> tags(JsonNode file) {
        List<KeyValue> tags = new ArrayList<>(keyValues(file.path("tags")));
        String parent = text(file, "_parent_run_id");
        if (parent != null) {
            tags.add(new KeyValue("mlflow.parentRunId", parent));
        }
        return tags;
    }

    /** Returns the copies in the export, or where the artifacts were if there are none. */
    private static String artifacts(Path copies, @Nullable String original) {
        return Files.isDirectory(copies)
                ? copies.toAbsolutePath().normalize().toUri().toString().replaceAll("/$", "")
                : requireNonNullElse(original, "");
    }

    static LoggedModelRecord loggedModel(JsonNode file, Path folder) {
        JsonNode model = file.has("logged_model") ? file.path("logged_model") : file;
        String id =
                requireNonNullElse(text(model, "model_id"), folder.getFileName().toString());
        long created = number(model, "creation_timestamp", 0);
        List<Metric> metrics = new ArrayList<>();
        for (JsonNode metric : model.path("metrics")) {
            metrics.add(new Metric(
                    metric.path("key").asString(""),
                    metric.path("value").asDouble(),
                    number(metric, "timestamp", 0),
                    number(metric, "step", 0),
                    text(metric, "dataset_name"),
                    text(metric, "dataset_digest"),
                    id,
                    text(metric, "run_id")));
        }
        return new LoggedModelRecord(
                id,
                requireNumber(model, "experiment_id"),
                requireNonNullElse(text(model, "name"), id),
                artifacts(folder.resolve("artifacts"), text(model, "artifact_location")),
                created,
                number(model, "last_updated_timestamp", created),
                loggedModelStatus(text(model, "status")),
                JsonRecords.stage(model),
                text(model, "model_type"),
                text(model, "source_run_id"),
                text(model, "status_message"),
                keyValues(model.path("params")),
                keyValues(model.path("tags")),
                metrics);
    }

    private static LoggedModelStatus loggedModelStatus(@Nullable String status) {
        for (LoggedModelStatus each : LoggedModelStatus.values()) {
            if (status != null
                    && (each.name().endsWith("_" + status.toUpperCase(Locale.ROOT))
                            || status.equals(Integer.toString(each.ordinal())))) {
                return each;
            }
        }
        return LoggedModelStatus.LOGGED_MODEL_STATUS_UNSPECIFIED;
    }

    static RegisteredModelRecord registeredModel(JsonNode file) {
        JsonNode model = file.path("registered_model");
        String name = text(model, "name");
        if (name == null) {
            throw new IllegalArgumentException("it has no registered model with a name");
        }
        List<JsonNode> nodes = new ArrayList<>();
        model.path("versions").forEach(version -> nodes.add(withSource(version)));
        model.path("_other_versions").forEach(version -> nodes.add(withSource(version)));
        List<RegisteredModelRecord.Version> versions = JsonRecords.versions(nodes);
        long created = number(model, "creation_timestamp", 0);
        return new RegisteredModelRecord(
                name,
                text(model, "description"),
                created,
                number(model, "last_updated_timestamp", created),
                versions.isEmpty() ? 0 : versions.getLast().version(),
                keyValues(model.path("tags")),
                versions,
                JsonRecords.aliases(model.path("aliases")));
    }

    /** Returns a version with the source that it had. Kiroku exports it apart from the one that mlflow-export-import reads. */
    private static JsonNode withSource(JsonNode version) {
        String source = text(version, "_source");
        return source != null && version instanceof ObjectNode fields ? fields.put("source", source) : version;
    }
}
