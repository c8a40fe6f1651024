package dev.kiroku.transfer.source.database;

import static dev.kiroku.transfer.source.database.MlflowDatabase.in;

import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.tracking.Dataset;
import dev.kiroku.model.tracking.DatasetInput;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.ModelInput;
import dev.kiroku.model.tracking.ModelOutput;
import dev.kiroku.model.tracking.RunStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads pages of runs: the rows of each other table by one query for the page. */
final class RunReader {
    private static final int PAGE_SIZE = 500;

    private final MlflowDatabase database;
    private final MlflowSchema schema;

    RunReader(MlflowDatabase database, MlflowSchema schema) {
        this.database = database;
        this.schema = schema;
    }

    /** A row of the table {@code runs}. */
    private record RunRow(
            String id,
            long experimentId,
            String name,
            String userId,
            RunStatus status,
            long startTime,
            @Nullable Long endTime,
            LifecycleStage stage,
            @Nullable Long deletedTime,
            String artifactUri) {
        static RunRow of(ResultSet row) throws SQLException {
            return new RunRow(
                    row.getString("run_uuid"),
                    row.getLong("experiment_id"),
                    orEmpty(row.getString("name")),
                    orEmpty(row.getString("user_id")),
                    parseStatus(row.getString("status")),
                    row.getLong("start_time"),
                    longOrNull(row, "end_time"),
                    parseStage(row.getString("lifecycle_stage")),
                    longOrNull(row, "deleted_time"),
                    orEmpty(row.getString("artifact_uri")));
        }

        private static RunStatus parseStatus(@Nullable String name) {
            return name == null ? RunStatus.FINISHED : RunStatus.valueOf(name.toUpperCase(Locale.ROOT));
        }
    }

    static LifecycleStage parseStage(@Nullable String name) {
        return "deleted".equals(name) ? LifecycleStage.DELETED : LifecycleStage.ACTIVE;
    }

    static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    static @Nullable Long longOrNull(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }

    /** Returns the runs that follow one, by id; an empty list after the last. */
    List<RunRecord> page(Collection<Long> experimentIds, String afterRunId) throws SQLException {
        String experiments = experimentIds.toString().replace('[', '(').replace(']', ')');
        List<RunRow> rows = database.list(
                "select run_uuid, experiment_id, name, user_id, status, start_time, end_time, lifecycle_stage, deleted_time, artifact_uri"
                        + " from runs where run_uuid > ? and experiment_id in " + experiments
                        + " order by run_uuid limit " + PAGE_SIZE,
                RunRow::of,
                afterRunId);
        List<String> ids = rows.stream().map(RunRow::id).toList();
        if (ids.isEmpty()) {
            return List.of();
        }
        Map<String, List<KeyValue>> params = pairs("params", ids);
        Map<String, List<KeyValue>> tags = pairs("tags", ids);
        Map<String, List<DatasetInput>> datasets = datasets(ids);
        Map<String, List<ModelInput>> inputs = new HashMap<>();
        Map<String, List<ModelOutput>> outputs = new HashMap<>();
        readModels(ids, inputs, outputs);
        Map<String, Long> points = countPoints(ids);
        return rows.stream()
                .map(row -> new RunRecord(
                        row.id,
                        row.experimentId,
                        row.name,
                        row.userId,
                        row.status,
                        row.startTime,
                        row.endTime,
                        row.stage,
                        row.deletedTime,
                        row.artifactUri,
                        params.getOrDefault(row.id, List.of()),
                        tags.getOrDefault(row.id, List.of()),
                        datasets.getOrDefault(row.id, List.of()),
                        inputs.getOrDefault(row.id, List.of()),
                        outputs.getOrDefault(row.id, List.of()),
                        points.getOrDefault(row.id, 0L)))
                .toList();
    }

    private Map<String, List<KeyValue>> pairs(String table, List<String> runIds) throws SQLException {
        Map<String, List<KeyValue>> pairs = new HashMap<>();
        database.each(
                "select run_uuid, \"key\", value from " + table + " where run_uuid in " + in(runIds)
                        + " order by run_uuid, \"key\"",
                row -> pairs.computeIfAbsent(row.getString(1), _ -> new ArrayList<>())
                        .add(new KeyValue(row.getString(2), orEmpty(row.getString(3)))));
        return pairs;
    }

    private Map<String, Long> countPoints(List<String> runIds) throws SQLException {
        Map<String, Long> counts = new HashMap<>();
        database.each(
                "select run_uuid, count(*) from metrics where run_uuid in " + in(runIds) + " group by run_uuid",
                row -> counts.put(row.getString(1), row.getLong(2)));
        return counts;
    }

    private Map<String, List<DatasetInput>> datasets(List<String> runIds) throws SQLException {
        Map<String, List<KeyValue>> tags = new HashMap<>();
        String uses =
                " from inputs i where i.destination_type = 'RUN' and i.source_type = 'DATASET' and i.destination_id in "
                        + in(runIds);
        database.each(
                "select t.input_uuid, t.name, t.value from input_tags t where t.input_uuid in (select i.input_uuid"
                        + uses + ") order by t.input_uuid, t.name",
                row -> tags.computeIfAbsent(row.getString(1), _ -> new ArrayList<>())
                        .add(new KeyValue(row.getString(2), orEmpty(row.getString(3)))));
        Map<String, List<DatasetInput>> datasets = new HashMap<>();
        database.each(
                "select i.input_uuid, i.destination_id, d.name, d.digest, d.dataset_source_type, d.dataset_source, d.dataset_schema,"
                        + " d.dataset_profile"
                        + uses.replace(
                                " from inputs i where ",
                                " from inputs i join datasets d on d.dataset_uuid = i.source_id where ")
                        + " order by d.name, d.digest",
                row -> datasets.computeIfAbsent(row.getString(2), _ -> new ArrayList<>())
                        .add(new DatasetInput(tags.getOrDefault(row.getString(1), List.of()), dataset(row))));
        return datasets;
    }

    private static Dataset dataset(ResultSet row) throws SQLException {
        return new Dataset(
                row.getString(3),
                row.getString(4),
                orEmpty(row.getString(5)),
                orEmpty(row.getString(6)),
                row.getString(7),
                row.getString(8));
    }

    private void readModels(
            List<String> runIds, Map<String, List<ModelInput>> inputs, Map<String, List<ModelOutput>> outputs)
            throws SQLException {
        if (!schema.hasTable("logged_models")) {
            return;
        }
        String step = schema.hasColumn("inputs", "step") ? "step" : "0";
        database.each(
                "select source_id, source_type, destination_id, " + step
                        + " from inputs where source_type in ('RUN_INPUT', 'RUN_OUTPUT') and source_id in " + in(runIds)
                        + " order by destination_id",
                row -> {
                    String model = row.getString(3);
                    if (row.getString(2).equals("RUN_INPUT")) {
                        inputs.computeIfAbsent(row.getString(1), _ -> new ArrayList<>())
                                .add(new ModelInput(model));
                    } else {
                        outputs.computeIfAbsent(row.getString(1), _ -> new ArrayList<>())
                                .add(new ModelOutput(model, row.getLong(4)));
                    }
                });
    }
}
