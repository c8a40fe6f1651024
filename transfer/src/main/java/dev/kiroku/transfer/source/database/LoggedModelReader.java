package dev.kiroku.transfer.source.database;

import static dev.kiroku.transfer.source.database.MlflowDatabase.in;
import static dev.kiroku.transfer.source.database.RunReader.orEmpty;

import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.tracking.LoggedModelStatus;
import dev.kiroku.model.tracking.Metric;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads pages of logged models. */
final class LoggedModelReader {
    private static final int PAGE_SIZE = 200;

    private final MlflowDatabase database;

    LoggedModelReader(MlflowDatabase database) {
        this.database = database;
    }

    /** Returns the models that follow one, by id; an empty list after the last. */
    List<LoggedModelRecord> page(Collection<Long> experimentIds, String afterId) throws SQLException {
        String experiments = experimentIds.toString().replace('[', '(').replace(']', ')');
        List<LoggedModelRecord> bare = database.list(
                "select model_id, experiment_id, name, artifact_location, creation_timestamp_ms, last_updated_timestamp_ms, status,"
                        + " lifecycle_stage, model_type, source_run_id, status_message from logged_models where model_id > ? and experiment_id in "
                        + experiments + " order by model_id limit " + PAGE_SIZE,
                LoggedModelReader::model,
                afterId);
        if (bare.isEmpty()) {
            return bare;
        }
        List<String> ids = bare.stream().map(LoggedModelRecord::id).toList();
        Map<String, List<KeyValue>> params = pairs("logged_model_params", "param_key", "param_value", ids);
        Map<String, List<KeyValue>> tags = pairs("logged_model_tags", "tag_key", "tag_value", ids);
        Map<String, List<Metric>> metrics = new HashMap<>();
        database.each(
                "select model_id, metric_name, metric_value, metric_timestamp_ms, metric_step, dataset_name, dataset_digest, run_id"
                        + " from logged_model_metrics where model_id in " + in(ids)
                        + " order by model_id, metric_name, metric_timestamp_ms, metric_step, run_id",
                row -> metrics.computeIfAbsent(row.getString(1), _ -> new ArrayList<>())
                        .add(new Metric(
                                row.getString(2),
                                row.getDouble(3),
                                row.getLong(4),
                                row.getLong(5),
                                row.getString(6),
                                row.getString(7),
                                row.getString(1),
                                row.getString(8))));
        return bare.stream()
                .map(model -> model.withDetails(
                        params.getOrDefault(model.id(), List.of()),
                        tags.getOrDefault(model.id(), List.of()),
                        metrics.getOrDefault(model.id(), List.of())))
                .toList();
    }

    private static LoggedModelRecord model(ResultSet row) throws SQLException {
        int status = row.getInt("status");
        return new LoggedModelRecord(
                row.getString("model_id"),
                row.getLong("experiment_id"),
                orEmpty(row.getString("name")),
                orEmpty(row.getString("artifact_location")),
                row.getLong("creation_timestamp_ms"),
                row.getLong("last_updated_timestamp_ms"),
                status >= 0 && status < LoggedModelStatus.values().length
                        ? LoggedModelStatus.values()[status] // in the order of the protocol's numbers
                        : LoggedModelStatus.LOGGED_MODEL_STATUS_UNSPECIFIED,
                RunReader.parseStage(row.getString("lifecycle_stage")),
                row.getString("model_type"),
                row.getString("source_run_id"),
                row.getString("status_message"),
                List.of(),
                List.of(),
                List.of());
    }

    private Map<String, List<KeyValue>> pairs(String table, String key, String value, List<String> ids)
            throws SQLException {
        Map<String, List<KeyValue>> pairs = new HashMap<>();
        database.each(
                "select model_id, " + key + ", " + value + " from " + table + " where model_id in " + in(ids)
                        + " order by model_id, " + key,
                row -> pairs.computeIfAbsent(row.getString(1), _ -> new ArrayList<>())
                        .add(new KeyValue(row.getString(2), orEmpty(row.getString(3)))));
        return pairs;
    }
}
