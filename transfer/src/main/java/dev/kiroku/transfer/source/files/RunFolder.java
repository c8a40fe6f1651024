package dev.kiroku.transfer.source.files;

import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.tracking.Dataset;
import dev.kiroku.model.tracking.DatasetInput;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.LoggedModelStatus;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.tracking.ModelInput;
import dev.kiroku.model.tracking.ModelOutput;
import dev.kiroku.model.tracking.RunStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads the folders of runs and logged models of an experiment. */
record RunFolder(long experimentId, Path experiment, Problems problems) {
    static final String METRICS = "metrics";
    private static final String ARTIFACTS = "artifacts";
    private static final String NAME_TAG = "mlflow.runName";

    /** Reads a run; reports it and returns empty if its {@code meta.yaml} is missing or damaged. */
    Optional<RunRecord> readRun(Path folder) {
        return MetaFile.read(folder, problems).flatMap(meta -> readRun(folder, meta));
    }

    private Optional<RunRecord> readRun(Path folder, MetaFile meta) {
        try {
            String id = Objects.requireNonNullElse(
                    meta.text("run_id"), folder.getFileName().toString());
            List<KeyValue> tags = Folders.values(folder.resolve("tags"), problems);
            List<DatasetInput> datasets = new ArrayList<>();
            List<ModelInput> modelInputs = new ArrayList<>();
            readInputs(folder.resolve("inputs"), datasets, modelInputs);
            LifecycleStage stage = stage(meta);
            return Optional.of(new RunRecord(
                    id,
                    experimentId,
                    name(meta, tags),
                    Objects.requireNonNullElse(meta.text("user_id"), ""),
                    status(meta),
                    meta.number("start_time", 0),
                    meta.number("end_time"),
                    stage,
                    stage == LifecycleStage.DELETED ? meta.number("deleted_time") : null,
                    LocalArtifacts.locate(meta.text("artifact_uri"), folder.resolve(ARTIFACTS)),
                    Folders.values(folder.resolve("params"), problems),
                    tags,
                    datasets,
                    modelInputs,
                    readOutputs(folder.resolve("outputs")),
                    RunRecord.UNKNOWN));
        } catch (MetaFile.DamagedFile e) {
            problems.add(folder + " is left out: " + e.getMessage() + ".");
            return Optional.empty();
        }
    }

    private static String name(MetaFile meta, List<KeyValue> tags) {
        return Optional.ofNullable(meta.text("run_name"))
                .or(() -> tags.stream()
                        .filter(tag -> tag.key().equals(NAME_TAG))
                        .map(KeyValue::value)
                        .findFirst())
                .or(() -> Optional.ofNullable(meta.text("name")))
                .orElse("");
    }

    private static RunStatus status(MetaFile meta) {
        String status = meta.require("status");
        for (RunStatus each : RunStatus.values()) {
            if (status.equals(Integer.toString(each.ordinal() + 1)) || status.equals(each.name())) {
                return each;
            }
        }
        throw new MetaFile.DamagedFile("its status is " + status);
    }

    static LifecycleStage stage(MetaFile meta) {
        return "deleted".equals(meta.text("lifecycle_stage")) ? LifecycleStage.DELETED : LifecycleStage.ACTIVE;
    }

    private void readInputs(Path inputs, List<DatasetInput> datasets, List<ModelInput> models) {
        for (Path folder : Folders.children(inputs)) {
            readLink(folder, meta -> {
                if ("MODEL_INPUT".equals(meta.text("destination_type"))) {
                    models.add(new ModelInput(meta.require("destination_id")));
                } else {
                    readDataset(meta.require("source_id"))
                            .ifPresent(dataset -> datasets.add(new DatasetInput(tags(meta.map("tags")), dataset)));
                }
            });
        }
    }

    private Optional<Dataset> readDataset(String id) {
        return MetaFile.read(experiment.resolve("datasets").resolve(id), problems)
                .map(meta -> new Dataset(
                        meta.require("name"),
                        meta.require("digest"),
                        Objects.requireNonNullElse(meta.text("source_type"), ""),
                        Objects.requireNonNullElse(meta.text("source"), ""),
                        meta.text("schema"),
                        meta.text("profile")));
    }

    private List<ModelOutput> readOutputs(Path outputs) {
        List<ModelOutput> models = new ArrayList<>();
        for (Path folder : Folders.children(outputs)) {
            readLink(
                    folder,
                    meta -> models.add(new ModelOutput(meta.require("destination_id"), meta.number("step", 0))));
        }
        return models;
    }

    /** Reads an input or output. A run without one that is damaged is better than no run. */
    private void readLink(Path folder, Consumer<MetaFile> consumer) {
        try {
            MetaFile.read(folder, problems).ifPresent(consumer);
        } catch (MetaFile.DamagedFile e) {
            problems.add(folder + " is left out: " + e.getMessage() + ".");
        }
    }

    /** Reads a logged model; reports it and returns empty if its {@code meta.yaml} is missing or damaged. */
    Optional<LoggedModelRecord> readModel(Path folder) {
        return MetaFile.read(folder, problems).flatMap(meta -> readModel(folder, meta));
    }

    private Optional<LoggedModelRecord> readModel(Path folder, MetaFile meta) {
        try {
            String id = Objects.requireNonNullElse(
                    meta.text("model_id"), folder.getFileName().toString());
            long created = meta.number("creation_timestamp", 0);
            List<Metric> metrics = new ArrayList<>();
            Path metricFolder = folder.resolve(METRICS);
            for (Path file : Folders.files(metricFolder)) {
                new MetricFile(Folders.key(metricFolder, file), file, problems).readOfModel(id, metrics::add);
            }
            return Optional.of(new LoggedModelRecord(
                    id,
                    experimentId,
                    Objects.requireNonNullElse(meta.text("name"), id),
                    LocalArtifacts.locate(meta.text("artifact_location"), folder.resolve(ARTIFACTS)),
                    created,
                    meta.number("last_updated_timestamp", created),
                    modelStatus(meta),
                    stage(meta),
                    meta.text("model_type"),
                    meta.text("source_run_id"),
                    meta.text("status_message"),
                    Folders.values(folder.resolve("params"), problems),
                    Folders.values(folder.resolve("tags"), problems),
                    metrics));
        } catch (MetaFile.DamagedFile e) {
            problems.add(folder + " is left out: " + e.getMessage() + ".");
            return Optional.empty();
        }
    }

    private static LoggedModelStatus modelStatus(MetaFile meta) {
        long status = meta.number("status", 0);
        LoggedModelStatus[] all = LoggedModelStatus.values();
        return status >= 0 && status < all.length ? all[(int) status] : all[0];
    }

    /** Returns the entries of a map as tags. */
    private static List<KeyValue> tags(Map<?, ?> map) {
        return map.entrySet().stream()
                .map(tag -> new KeyValue(tag.getKey().toString(), String.valueOf(tag.getValue())))
                .toList();
    }
}
