package dev.kiroku.stores.tracking;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.tracking.Locations;
import dev.kiroku.core.tracking.LoggedModelStore;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.LoggedModel;
import dev.kiroku.model.tracking.LoggedModelStatus;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Logged models in SQL. */
public final class SqlLoggedModelStore implements LoggedModelStore {
    private final Database database;

    public SqlLoggedModelStore(Database database) {
        this.database = database;
    }

    /** A model as far as its own table knows it. */
    private record LoggedModelRow(long key, int stage, LoggedModel.Info info) {
        static final String COLUMNS =
                "l.model_key, l.stage, l.model_id, l.experiment_id, l.name, l.creation_time, l.last_update_time,"
                        + " l.artifact_location, l.status, l.model_type, l.source_run_id, l.status_message";

        static LoggedModelRow of(ResultSet row) throws SQLException {
            return new LoggedModelRow(
                    row.getLong(1),
                    row.getInt(2),
                    new LoggedModel.Info(
                            row.getString(3),
                            Long.toString(row.getLong(4)),
                            row.getString(5),
                            row.getLong(6),
                            row.getLong(7),
                            row.getString(8),
                            LoggedModelStatus.values()[row.getInt(9)],
                            null,
                            row.getString(10),
                            row.getString(11),
                            row.getString(12),
                            List.of(),
                            List.of()));
        }
    }

    @Override
    public LoggedModel create(NewModel model) {
        return database.write(model.modelId(), tx -> {
            var experiment = SqlExperimentStore.requireActive(tx, model.experimentId());
            tx.update(Sql.of(
                    "insert into logged_models (model_id, experiment_id, name, artifact_location, creation_time, last_update_time, status, stage,"
                            + " model_type, source_run_id) values (?, ?, ?, ?, ?, ?, ?, 0, ?, ?)",
                    model.modelId(),
                    model.experimentId(),
                    model.name(),
                    Locations.append(experiment.artifactLocation(), model.artifactFolder()),
                    model.now(),
                    model.now(),
                    LoggedModelStatus.LOGGED_MODEL_PENDING.ordinal(),
                    model.modelType(),
                    model.sourceRunId()));
            LoggedModelRow row = require(tx, model.modelId());
            tx.batch(
                    "insert into logged_model_params (model_key, key, value) values (?, ?, ?)",
                    toRows(row.key, model.params()));
            putTags(tx, row.key, model.tags());
            return loadDetails(tx, List.of(row)).getFirst();
        });
    }

    @Override
    public LoggedModel get(String modelId, boolean allowDeleted) {
        return database.read(tx -> {
            LoggedModelRow row = require(tx, modelId);
            if (row.stage != LifecycleStage.ACTIVE.ordinal() && !allowDeleted) {
                throw modelNotFound(modelId);
            }
            return loadDetails(tx, List.of(row)).getFirst();
        });
    }

    @Override
    public LoggedModel finalizeModel(String modelId, LoggedModelStatus status, long now) {
        return database.write(modelId, tx -> {
            LoggedModelRow row = require(tx, modelId);
            tx.update(Sql.of(
                    "update logged_models set status = ?, last_update_time = ? where model_key = ?",
                    status.ordinal(),
                    now,
                    row.key));
            return loadDetails(tx, List.of(require(tx, modelId))).getFirst();
        });
    }

    @Override
    public void delete(String modelId, long now) {
        database.write(modelId, tx -> {
            LoggedModelRow row = require(tx, modelId);
            return tx.update(Sql.of(
                    "update logged_models set stage = ?, last_update_time = ? where model_key = ?",
                    LifecycleStage.DELETED.ordinal(),
                    now,
                    row.key));
        });
    }

    @Override
    public void setTags(String modelId, List<KeyValue> tags) {
        database.write(modelId, tx -> {
            putTags(tx, require(tx, modelId).key, tags);
            return null;
        });
    }

    @Override
    public void deleteTag(String modelId, String key) {
        database.write(modelId, tx -> {
            LoggedModelRow row = require(tx, modelId);
            if (tx.update(Sql.of("delete from logged_model_tags where model_key = ? and key = ?", row.key, key)) == 0) {
                throw notFound("No tag with key '%s' found for model with ID '%s'.", key, modelId);
            }
            return null;
        });
    }

    @Override
    public void logParams(String modelId, List<KeyValue> params) {
        database.write(modelId, tx -> {
            LoggedModelRow row = require(tx, modelId);
            List<String> there = params.isEmpty()
                    ? List.of()
                    : tx.queryList(
                            Sql.of("select key from logged_model_params where model_key = ? and key in ", row.key)
                                    .addIn(params.stream().map(KeyValue::key).toList()),
                            r -> r.getString(1));
            if (!there.isEmpty()) {
                throw invalid(
                        "The logged model %s has the params %s already, and params cannot be changed.", modelId, there);
            }
            tx.batch(
                    "insert into logged_model_params (model_key, key, value) values (?, ?, ?)",
                    toRows(row.key, params));
            return null;
        });
    }

    /** Gives logged models their share of what a run logs; points for models that are not there have no one to tell. */
    static void addMetrics(Transaction tx, String runId, List<Metric> metrics) throws SQLException {
        if (metrics.isEmpty()) {
            return;
        }
        List<Object[]> rows = new ArrayList<>();
        for (Metric m : metrics) {
            double value = MetricPoint.of(0, m.value(), m.timestamp(), m.step()).sortValue();
            rows.add(new Object[] {
                m.key(), m.timestamp(), m.step(), runId, value, m.datasetName(), m.datasetDigest(), m.modelId()
            });
        }
        tx.batch(
                "insert into logged_model_metrics (name, timestamp, step, run_id, value, dataset_name, dataset_digest, model_key)"
                        + " select ?, ?, ?, ?, ?, ?, ?, model_key from logged_models where model_id = ? on conflict do nothing",
                rows);
    }

    @Override
    public Page<LoggedModel> search(Query query) {
        return database.read(tx -> {
            var search = new LoggedModelSearch(tx, query);
            Page<LoggedModelRow> page = PageQuery.read(
                    tx,
                    "select " + LoggedModelRow.COLUMNS,
                    search.where(),
                    search.order(),
                    query.maxResults(),
                    query.pageToken(),
                    LoggedModelRow::of);
            return new Page<>(loadDetails(tx, page.items()), page.nextPageToken());
        });
    }

    private static LoggedModelRow require(Transaction tx, String modelId) throws SQLException {
        return tx.queryFirst(
                        Sql.of(
                                "select " + LoggedModelRow.COLUMNS + " from logged_models l where l.model_id = ?",
                                modelId),
                        LoggedModelRow::of)
                .orElseThrow(() -> modelNotFound(modelId));
    }

    private static RuntimeException modelNotFound(String modelId) {
        return notFound("Logged model with ID '%s' not found.", modelId);
    }

    private static void putTags(Transaction tx, long key, List<KeyValue> tags) throws SQLException {
        tx.batch(
                "insert into logged_model_tags (model_key, key, value) values (?, ?, ?)"
                        + " on conflict (model_key, key) do update set value = excluded.value",
                toRows(key, tags));
    }

    private static List<Object[]> toRows(long key, List<KeyValue> all) {
        return all.stream().map(kv -> new Object[] {key, kv.key(), kv.value()}).toList();
    }

    private static List<LoggedModel> loadDetails(Transaction tx, List<LoggedModelRow> models) throws SQLException {
        Map<Long, List<KeyValue>> tags = new HashMap<>();
        Map<Long, List<KeyValue>> params = new HashMap<>();
        Map<Long, List<Metric>> metrics = new HashMap<>();
        for (List<LoggedModelRow> chunk : PageQuery.chunks(models)) {
            List<Long> keys = chunk.stream().map(LoggedModelRow::key).toList();
            tx.queryEach(
                    Sql.of("select model_key, key, value from logged_model_tags where model_key in ")
                            .addIn(keys),
                    row -> listFor(tags, row).add(new KeyValue(row.getString(2), row.getString(3))));
            tx.queryEach(
                    Sql.of("select model_key, key, value from logged_model_params where model_key in ")
                            .addIn(keys),
                    row -> listFor(params, row).add(new KeyValue(row.getString(2), row.getString(3))));
            Map<Long, String> ids = new HashMap<>();
            chunk.forEach(row -> ids.put(row.key, row.info.modelId()));
            tx.queryEach(
                    Sql.of(
                                    "select model_key, name, value, timestamp, step, dataset_name, dataset_digest, run_id from logged_model_metrics"
                                            + " where model_key in ")
                            .addIn(keys)
                            .add(" order by model_key, name, timestamp, step, run_id"),
                    row -> listFor(metrics, row)
                            .add(new Metric(
                                    row.getString(2),
                                    row.getDouble(3),
                                    row.getLong(4),
                                    row.getLong(5),
                                    row.getString(6),
                                    row.getString(7),
                                    ids.get(row.getLong(1)),
                                    row.getString(8))));
        }
        return models.stream()
                .map(model -> new LoggedModel(
                        model.info.withTags(tags.getOrDefault(model.key, List.of())),
                        new LoggedModel.Data(
                                params.getOrDefault(model.key, List.of()), metrics.getOrDefault(model.key, List.of()))))
                .toList();
    }

    private static <T> List<T> listFor(Map<Long, List<T>> all, ResultSet row) throws SQLException {
        return all.computeIfAbsent(row.getLong(1), key -> new ArrayList<>());
    }
}
