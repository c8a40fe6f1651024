package dev.kiroku.transfer.source;

import static dev.kiroku.transfer.source.JsonFields.keyValues;
import static dev.kiroku.transfer.source.JsonFields.number;
import static dev.kiroku.transfer.source.JsonFields.requireNumber;
import static dev.kiroku.transfer.source.JsonFields.text;
import static java.util.Objects.requireNonNullElse;

import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.model.tracking.Dataset;
import dev.kiroku.model.tracking.DatasetInput;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.ModelInput;
import dev.kiroku.model.tracking.ModelOutput;
import dev.kiroku.model.tracking.RunStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Converts JSON that the API of MLflow and mlflow-export-import have in common to records. */
public final class JsonRecords {
    private JsonRecords() {}

    /** Returns an experiment. */
    public static ExperimentRecord experiment(JsonNode experiment) {
        long created = number(experiment, "creation_time", 0);
        return new ExperimentRecord(
                requireNumber(experiment, "experiment_id"),
                requireNonNullElse(text(experiment, "name"), ""),
                requireNonNullElse(text(experiment, "artifact_location"), ""),
                stage(experiment),
                created,
                number(experiment, "last_update_time", created),
                keyValues(experiment.path("tags")));
    }

    /** Returns the lifecycle stage of an experiment or run. */
    public static LifecycleStage stage(JsonNode node) {
        return "deleted".equals(text(node, "lifecycle_stage")) ? LifecycleStage.DELETED : LifecycleStage.ACTIVE;
    }

    /**
     * Returns the status of a name.
     *
     * @throws IllegalArgumentException if it is not one
     */
    public static RunStatus status(@Nullable String status) {
        try {
            return RunStatus.valueOf(requireNonNullElse(status, "").toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("its status is " + status, e);
        }
    }

    /** Returns the datasets that a run used. */
    public static List<DatasetInput> datasets(JsonNode inputs) {
        List<DatasetInput> datasets = new ArrayList<>();
        for (JsonNode input : inputs) {
            JsonNode dataset = input.path("dataset");
            datasets.add(new DatasetInput(
                    keyValues(input.path("tags")),
                    new Dataset(
                            requireNonNullElse(text(dataset, "name"), ""),
                            requireNonNullElse(text(dataset, "digest"), ""),
                            requireNonNullElse(text(dataset, "source_type"), ""),
                            requireNonNullElse(text(dataset, "source"), ""),
                            text(dataset, "schema"),
                            text(dataset, "profile"))));
        }
        return datasets;
    }

    /** Returns the logged models that a run used. */
    public static List<ModelInput> modelInputs(JsonNode inputs) {
        List<ModelInput> models = new ArrayList<>();
        inputs.forEach(input -> models.add(new ModelInput(input.path("model_id").asString(""))));
        return models;
    }

    /** Returns the logged models that a run made. */
    public static List<ModelOutput> modelOutputs(JsonNode outputs) {
        List<ModelOutput> models = new ArrayList<>();
        outputs.forEach(
                output -> models.add(new ModelOutput(output.path("model_id").asString(""), number(output, "step", 0))));
        return models;
    }

    /** Returns model versions in ascending order. */
    public static List<RegisteredModelRecord.Version> versions(Iterable<JsonNode> nodes) {
        List<RegisteredModelRecord.Version> versions = new ArrayList<>();
        nodes.forEach(version -> versions.add(version(version)));
        versions.sort(Comparator.comparingLong(RegisteredModelRecord.Version::version));
        return versions;
    }

    private static RegisteredModelRecord.Version version(JsonNode version) {
        long created = number(version, "creation_timestamp", 0);
        String source = requireNonNullElse(text(version, "source"), "");
        return new RegisteredModelRecord.Version(
                requireNumber(version, "version"),
                created,
                number(version, "last_updated_timestamp", created),
                text(version, "description"),
                Stage.parse(requireNonNullElse(text(version, "current_stage"), "None")),
                source,
                requireNonNullElse(text(version, "storage_location"), source),
                text(version, "run_id"),
                text(version, "run_link"),
                keyValues(version.path("tags")));
    }

    /** Returns the aliases of a registered model. */
    public static List<RegisteredModelRecord.Alias> aliases(JsonNode nodes) {
        List<RegisteredModelRecord.Alias> aliases = new ArrayList<>();
        for (JsonNode alias : nodes) {
            aliases.add(
                    new RegisteredModelRecord.Alias(alias.path("alias").asString(""), requireNumber(alias, "version")));
        }
        return aliases;
    }
}
