package dev.kiroku.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.kiroku.model.tracking.Metric;
import dev.kiroku.stores.Stores;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Compares the tables of an MLflow database with those of Kiroku's, by SQL, and all metric points as they are read. */
final class RecordComparison {
    private static final String STAGE = "case %s when 0 then 'active' else 'deleted' end";

    private final Connection mlflow;
    private final Connection kiroku;
    private final Stores stores;

    RecordComparison(Connection mlflow, Connection kiroku, Stores stores) {
        this.mlflow = mlflow;
        this.kiroku = kiroku;
        this.stores = stores;
    }

    void assertEqualRecords(boolean loggedModels) throws SQLException {
        same(
                "experiments",
                "select experiment_id, name, lifecycle_stage, creation_time, last_update_time from experiments",
                "select id, name, " + STAGE.formatted("stage") + ", creation_time, last_update_time from experiments");
        same(
                "artifact locations",
                "select experiment_id, artifact_location from experiments where experiment_id > 0",
                "select id, artifact_location from experiments where id > 0");
        same(
                "experiment tags",
                "select experiment_id, \"key\", value from experiment_tags",
                "select experiment_id, key, value from experiment_tags");
        same(
                "runs",
                "select run_uuid, name, experiment_id, user_id, status, start_time, end_time, lifecycle_stage, deleted_time, artifact_uri from runs",
                "select run_id, name, experiment_id, user_id, case status when 0 then 'RUNNING' when 1 then 'SCHEDULED' when 2 then 'FINISHED' when 3 then"
                        + " 'FAILED' else 'KILLED' end, start_time, end_time, " + STAGE.formatted("stage")
                        + ", deleted_time, artifact_uri from runs");
        for (String table : List.of("params", "tags")) {
            same(
                    table,
                    "select run_uuid, \"key\", value from " + table,
                    "select r.run_id, k.value, v.value from " + table + " t join runs r on r.run_key = t.run_key"
                            + " join keys k on k.id = t.key_id join texts v on v.id = t.value_id");
        }
        same(
                "latest metrics",
                "select run_uuid, \"key\", value, timestamp, step, cast(is_nan as int) from latest_metrics",
                "select r.run_id, k.value, m.value, m.timestamp, m.step, m.is_nan from latest_metrics m"
                        + " join runs r on r.run_key = m.run_key join keys k on k.id = m.key_id");
        same(
                "datasets",
                "select d.name, d.digest, d.dataset_source_type, d.dataset_source, d.dataset_schema, d.dataset_profile, i.destination_id, t.name as tag,"
                        + " t.value from datasets d join inputs i on i.source_id = d.dataset_uuid join input_tags t on t.input_uuid = i.input_uuid",
                "select d.name, d.digest, d.source_type, d.source, d.schema, d.profile, r.run_id, t.key, t.value from datasets d"
                        + " join run_datasets u on u.dataset_id = d.id join runs r on r.run_key = u.run_key"
                        + " join run_dataset_tags t on t.run_key = u.run_key and t.dataset_id = d.id");
        registry();
        if (loggedModels) {
            loggedModels();
        }
        metrics();
    }

    private void registry() throws SQLException {
        same(
                "registered models",
                "select name, description, creation_time, last_updated_time from registered_models",
                "select name, description, creation_time, last_update_time from registered_models");
        same(
                "tags of models",
                "select name, \"key\", value from registered_model_tags",
                "select m.name, t.key, t.value from registered_model_tags t join registered_models m on m.model_key = t.model_key");
        same(
                "aliases",
                "select name, alias, version from registered_model_aliases",
                "select m.name, a.alias, a.version from registered_model_aliases a join registered_models m on m.model_key = a.model_key");
        same(
                "versions",
                "select name, version, creation_time, last_updated_time, description, current_stage, source, storage_location, run_id, run_link from"
                        + " model_versions where current_stage <> 'Deleted_Internal'",
                "select m.name, v.version, v.creation_time, v.last_update_time, v.description, case v.stage when 0 then 'None' when 1 then 'Staging' when 2"
                        + " then 'Production' else 'Archived' end, v.source, v.storage_location, v.run_id, v.run_link from model_versions v"
                        + " join registered_models m on m.model_key = v.model_key");
        same(
                "tags of versions",
                "select t.name, t.version, t.\"key\", t.value from model_version_tags t join model_versions v on v.name = t.name and v.version = t.version"
                        + " where v.current_stage <> 'Deleted_Internal'",
                "select m.name, t.version, t.key, t.value from model_version_tags t join registered_models m on m.model_key = t.model_key");
    }

    private void loggedModels() throws SQLException {
        same(
                "logged models",
                "select model_id, experiment_id, name, artifact_location, creation_timestamp_ms, last_updated_timestamp_ms, status, lifecycle_stage,"
                        + " model_type, source_run_id, status_message from logged_models",
                "select model_id, experiment_id, name, artifact_location, creation_time, last_update_time, status, "
                        + STAGE.formatted("stage") + ", model_type, source_run_id, status_message from logged_models");
        String join = " t join logged_models m on m.model_key = t.model_key";
        same(
                "params of logged models",
                "select model_id, param_key, param_value from logged_model_params",
                "select m.model_id, t.key, t.value from logged_model_params" + join);
        same(
                "tags of logged models",
                "select model_id, tag_key, tag_value from logged_model_tags",
                "select m.model_id, t.key, t.value from logged_model_tags" + join);
        same(
                "metrics of logged models",
                "select model_id, metric_name, metric_timestamp_ms, metric_step, metric_value, run_id, dataset_name, dataset_digest from"
                        + " logged_model_metrics",
                "select m.model_id, t.name, t.timestamp, t.step, t.value, t.run_id, t.dataset_name, t.dataset_digest from logged_model_metrics"
                        + join);
        same(
                "models of runs",
                "select source_id, destination_id, step from inputs where source_type = 'RUN_OUTPUT' union all select source_id, destination_id, 0 from"
                        + " inputs where source_type = 'RUN_INPUT'",
                "select r.run_id, o.model_id, o.step from run_model_outputs o join runs r on r.run_key = o.run_key union all"
                        + " select r.run_id, i.model_id, 0 from run_model_inputs i join runs r on r.run_key = i.run_key");
    }

    private void metrics() throws SQLException {
        var expected = new TreeMap<String, List<String>>();
        try (var statement = mlflow.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select run_uuid, \"key\", timestamp, step, value, is_nan from metrics")) {
            while (rows.next()) {
                double value = rows.getBoolean("is_nan") ? Double.NaN : rows.getDouble("value");
                expected.computeIfAbsent(
                                rows.getString("run_uuid") + " " + rows.getString("key"), _ -> new ArrayList<>())
                        .add(rows.getLong("timestamp") + " " + rows.getLong("step") + " " + (value + 0.0));
            }
        }
        assertFalse(expected.isEmpty());
        expected.forEach((series, points) -> {
            String[] parts = series.split(" ", 2);
            List<Metric> stored =
                    stores.runs().getMetricHistory(parts[0], parts[1], 0, null).items();
            assertEquals(
                    points.stream().sorted().toList(),
                    stored.stream()
                            .map(m -> m.timestamp() + " " + m.step() + " " + m.value())
                            .sorted()
                            .toList(),
                    series);
        });
    }

    private void same(String what, String ofMlflow, String ofKiroku) throws SQLException {
        assertEquals(lines(mlflow, ofMlflow), lines(kiroku, ofKiroku), what);
    }

    private static List<String> lines(Connection connection, String query) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                List<String> cells = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    int type = rows.getMetaData().getColumnType(i);
                    boolean number = type == Types.DOUBLE || type == Types.FLOAT || type == Types.REAL;
                    cells.add(number ? Double.toString(rows.getDouble(i)) : rows.getString(i));
                }
                lines.add(cells.toString());
            }
        }
        lines.sort(null);
        return lines;
    }
}
