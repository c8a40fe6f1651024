package dev.kiroku.transfer.destination.parquet;

import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.MetricPoints;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.tracking.DatasetInput;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.transfer.destination.TransferTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A folder of Parquet files for analysis: {@code runs.parquet} has a row for each run and a column for each metric, param and tag, the other files have
 * a row for each value. Files have their final names when the export is complete.
 */
public final class ParquetTarget implements TransferTarget {
    private final Path folder;
    private final Map<String, Table> tables = new LinkedHashMap<>();
    private final WideRuns wide;
    private final Map<Long, String> experimentNames = new HashMap<>();
    private final Map<String, RunRecord> page = new LinkedHashMap<>();
    private final Map<String, Map<String, Metric>> latest = new HashMap<>();

    private record Table(Path file, Path part, ParquetWriter writer) {}

    /** Creates the folder and the files. */
    public ParquetTarget(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
            this.wide = new WideRuns(folder.resolve(".runs.spool"));
            create(
                    "experiments",
                    "experiment_id:LONG name:TEXT artifact_location:TEXT lifecycle_stage:TEXT"
                            + " creation_time:TIME last_update_time:TIME tags:TEXT");
            create("metrics", "run_id:TEXT key:TEXT step:LONG timestamp:TIME value:DOUBLE");
            create("params", "run_id:TEXT key:TEXT value:TEXT");
            create("tags", "run_id:TEXT key:TEXT value:TEXT");
            create(
                    "inputs",
                    "run_id:TEXT dataset:TEXT digest:TEXT source_type:TEXT source:TEXT context:TEXT model_id:TEXT");
            create("outputs", "run_id:TEXT model_id:TEXT step:LONG");
            create(
                    "logged_models",
                    "model_id:TEXT experiment_id:LONG name:TEXT model_type:TEXT status:TEXT"
                            + " source_run_id:TEXT artifact_location:TEXT creation_time:TIME last_update_time:TIME params:TEXT tags:TEXT");
            create(
                    "registered_models",
                    "name:TEXT description:TEXT creation_time:TIME last_update_time:TIME tags:TEXT aliases:TEXT");
            create(
                    "model_versions",
                    "name:TEXT version:LONG stage:TEXT aliases:TEXT description:TEXT source:TEXT"
                            + " run_id:TEXT creation_time:TIME last_update_time:TIME tags:TEXT");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param columns names and types, such as {@code name:TEXT version:LONG} */
    private void create(String name, String columns) throws IOException {
        List<ParquetColumn> list = new ArrayList<>();
        for (String column : columns.split(" ")) {
            String[] parts = column.split(":");
            list.add(new ParquetColumn(parts[0], ParquetColumn.Type.valueOf(parts[1])));
        }
        Path part = folder.resolve("." + name + ".part");
        tables.put(name, new Table(folder.resolve(name + ".parquet"), part, new ParquetWriter(part, list)));
    }

    private void add(String table, @Nullable Object... values) {
        try {
            Objects.requireNonNull(tables.get(table)).writer.add(values);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String description() {
        return "Parquet files in " + folder;
    }

    @Override
    public void experiments(List<ExperimentRecord> experiments) {
        for (ExperimentRecord each : experiments) {
            experimentNames.put(each.id(), each.name());
            add(
                    "experiments",
                    each.id(),
                    each.name(),
                    each.artifactLocation(),
                    each.stage().wireName(),
                    each.creationTime(),
                    each.lastUpdateTime(),
                    json(each.tags()));
        }
    }

    @Override
    public void runs(List<RunRecord> runs) {
        page.clear();
        latest.clear();
        for (RunRecord run : runs) {
            page.put(run.id(), run);
            run.params().forEach(param -> add("params", run.id(), param.key(), param.value()));
            run.tags().forEach(tag -> add("tags", run.id(), tag.key(), tag.value()));
            for (DatasetInput input : run.datasets()) {
                String context = input.tags().stream()
                        .filter(tag -> tag.key().equals("mlflow.data.context"))
                        .map(KeyValue::value)
                        .findFirst()
                        .orElse(null);
                var dataset = input.dataset();
                add(
                        "inputs",
                        run.id(),
                        dataset.name(),
                        dataset.digest(),
                        dataset.sourceType(),
                        dataset.source(),
                        context,
                        null);
            }
            run.modelInputs().forEach(model -> add("inputs", run.id(), null, null, null, null, null, model.modelId()));
            run.modelOutputs().forEach(model -> add("outputs", run.id(), model.modelId(), model.step()));
        }
    }

    @Override
    public void metrics(RunMetrics metrics) {
        Map<String, Metric> ofRun = latest.computeIfAbsent(metrics.runId(), _ -> new TreeMap<>());
        for (MetricPoints points : metrics.series()) {
            for (int i = 0; i < points.size(); i++) {
                Metric point = new Metric(points.key(), points.values()[i], points.timestamps()[i], points.steps()[i]);
                add("metrics", metrics.runId(), point.key(), point.step(), point.timestamp(), point.value());
                ofRun.merge(point.key(), point, ParquetTarget::later);
            }
        }
    }

    /** Returns the point with the greater step, then time, then value. */
    private static Metric later(Metric a, Metric b) {
        if (a.step() != b.step()) {
            return a.step() > b.step() ? a : b;
        }
        if (a.timestamp() != b.timestamp()) {
            return a.timestamp() > b.timestamp() ? a : b;
        }
        return Double.isNaN(a.value()) || b.value() > a.value() ? b : a;
    }

    @Override
    public void endRuns() {
        try {
            for (RunRecord run : page.values()) {
                wide.add(
                        run,
                        experimentNames.getOrDefault(run.experimentId(), ""),
                        latest.getOrDefault(run.id(), Map.of()).values());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void loggedModels(List<LoggedModelRecord> models) {
        for (LoggedModelRecord each : models) {
            add(
                    "logged_models",
                    each.id(),
                    each.experimentId(),
                    each.name(),
                    each.modelType(),
                    each.status().name(),
                    each.sourceRunId(),
                    each.artifactLocation(),
                    each.creationTime(),
                    each.lastUpdateTime(),
                    json(each.params()),
                    json(each.tags()));
        }
    }

    @Override
    public void registeredModels(List<RegisteredModelRecord> models) {
        for (RegisteredModelRecord model : models) {
            List<KeyValue> aliases = model.aliases().stream()
                    .map(alias -> new KeyValue(alias.alias(), Long.toString(alias.version())))
                    .toList();
            add(
                    "registered_models",
                    model.name(),
                    model.description(),
                    model.creationTime(),
                    model.lastUpdateTime(),
                    json(model.tags()),
                    json(aliases));
            for (RegisteredModelRecord.Version version : model.versions()) {
                String names = model.aliases().stream()
                        .filter(alias -> alias.version() == version.version())
                        .map(RegisteredModelRecord.Alias::alias)
                        .collect(Collectors.joining(","));
                add(
                        "model_versions",
                        model.name(),
                        version.version(),
                        version.stage().wireName(),
                        names,
                        version.description(),
                        version.source(),
                        version.runId(),
                        version.creationTime(),
                        version.lastUpdateTime(),
                        json(version.tags()));
            }
        }
    }

    /** Returns a JSON object. */
    private static String json(List<KeyValue> entries) {
        return entries.stream()
                .map(entry -> JsonText.quote(entry.key()) + ":" + JsonText.quote(entry.value()))
                .collect(Collectors.joining(",", "{", "}"));
    }

    @Override
    public void finish() {
        try {
            Path part = folder.resolve(".runs.part");
            wide.writeTo(part);
            Files.move(part, folder.resolve("runs.parquet"), StandardCopyOption.REPLACE_EXISTING);
            for (Table table : tables.values()) {
                table.writer.close();
                Files.move(table.part, table.file, StandardCopyOption.REPLACE_EXISTING);
            }
            tables.clear();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            wide.close();
            for (Table table : tables.values()) {
                table.writer.close();
                Files.deleteIfExists(table.part);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
