package dev.kiroku.stores.tracking;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.tracking.ArtifactLocations;
import dev.kiroku.core.tracking.LoggedModelStore;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.LoggedModel;
import dev.kiroku.model.tracking.LoggedModelStatus;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.Row;
import dev.kiroku.stores.sql.StoredEnums;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Logged models in SQL. Thread-safe. */
public final class SqlLoggedModelStore implements LoggedModelStore {
    private static final String INSERT_PARAM =
            "insert into logged_model_params (model_key, key, value) values (?, ?, ?)";

    private final Database database;
    private final String upsertTag;

    /** Creates the store. */
    public SqlLoggedModelStore(Database database) {
        this.database = database;
        this.upsertTag = database.dialect()
                .upsert(
                        "insert into logged_model_tags (model_key, key, value) values (?, ?, ?)",
                        "model_key, key",
                        "value");
    }

    /** A row of the table {@code logged_models}; {@code info} is without tags and params. */
    private record LoggedModelRow(long key, LifecycleStage stage, LoggedModel.Info info) {
        static final String COLUMNS = """
                l.model_key, l.stage, l.model_id, l.experiment_id, l.name, l.creation_time, l.last_update_time,
                l.artifact_location, l.status, l.model_type, l.source_run_id, l.status_message""";

        static LoggedModelRow of(Row row) throws SQLException {
            return new LoggedModelRow(
                    row.getLong("model_key"),
                    row.get("stage", StoredEnums.LIFECYCLE_STAGE),
                    new LoggedModel.Info(
                            row.getString("model_id"),
                            Long.toString(row.getLong("experiment_id")),
                            row.getString("name"),
                            row.getLong("creation_time"),
                            row.getLong("last_update_time"),
                            row.getString("artifact_location"),
                            row.get("status", StoredEnums.LOGGED_MODEL_STATUS),
                            null,
                            row.getStringOrNull("model_type"),
                            row.getStringOrNull("source_run_id"),
                            row.getStringOrNull("status_message"),
                            List.of(),
                            List.of()));
        }
    }

    @Override
    public LoggedModel create(NewModel model) {
        return database.write(model.modelId(), tx -> {
            var experiment = SqlExperimentStore.requireActive(tx, model.experimentId());
            tx.update(Sql.of(
                    """
                    insert into logged_models (model_id, experiment_id, name, artifact_location, creation_time,
                      last_update_time, status, stage, model_type, source_run_id)
                    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                    model.modelId(),
                    model.experimentId(),
                    model.name(),
                    ArtifactLocations.append(experiment.artifactLocation(), model.artifactFolder()),
                    model.now(),
                    model.now(),
                    StoredEnums.LOGGED_MODEL_STATUS.encode(LoggedModelStatus.LOGGED_MODEL_PENDING),
                    StoredEnums.LIFECYCLE_STAGE.encode(LifecycleStage.ACTIVE),
                    model.modelType(),
                    model.sourceRunId()));
            LoggedModelRow row = require(tx, model.modelId());
            tx.batch(INSERT_PARAM, toRows(row.key, model.params()));
            putTags(tx, row.key, model.tags());
            return loadDetails(tx, List.of(row)).getFirst();
        });
    }

    @Override
    public LoggedModel get(String modelId, boolean allowDeleted) {
        return database.read(tx -> {
            LoggedModelRow row = require(tx, modelId);
            if (row.stage != LifecycleStage.ACTIVE && !allowDeleted) {
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
                    StoredEnums.LOGGED_MODEL_STATUS.encode(status),
                    now,
                    row.key));
            return loadDetails(tx, List.of(require(tx, modelId))).getFirst();
        });
    }

    @Override
    public void delete(String modelId, long now) {
        database.run(modelId, tx -> {
            LoggedModelRow row = require(tx, modelId);
            tx.update(Sql.of(
                    "update logged_models set stage = ?, last_update_time = ? where model_key = ?",
                    StoredEnums.LIFECYCLE_STAGE.encode(LifecycleStage.DELETED),
                    now,
                    row.key));
        });
    }

    @Override
    public void setTags(String modelId, List<KeyValue> tags) {
        database.run(modelId, tx -> putTags(tx, require(tx, modelId).key, tags));
    }

    @Override
    public void deleteTag(String modelId, String key) {
        database.run(modelId, tx -> {
            LoggedModelRow row = require(tx, modelId);
            if (tx.update(Sql.of("delete from logged_model_tags where model_key = ? and key = ?", row.key, key)) == 0) {
                throw notFound("No tag with key '%s' found for model with ID '%s'.", key, modelId);
            }
        });
    }

    @Override
    public void logParams(String modelId, List<KeyValue> params) {
        database.run(modelId, tx -> {
            LoggedModelRow row = require(tx, modelId);
            List<String> present = params.isEmpty()
                    ? List.of()
                    : tx.queryList(
                            Sql.of("select key from logged_model_params where model_key = ? and key in ", row.key)
                                    .addIn(params.stream().map(KeyValue::key).toList()),
                            r -> r.getString("key"));
            if (!present.isEmpty()) {
                throw invalid(
                        "The logged model %s already has the params %s, and params cannot be changed.",
                        modelId, present);
            }
            tx.batch(INSERT_PARAM, toRows(row.key, params));
        });
    }

    /** Adds metrics of a run to the logged models that they name; metrics of unknown models are ignored. */
    public static void addMetrics(Transaction tx, String runId, List<Metric> metrics) throws SQLException {
        if (metrics.isEmpty()) {
            return;
        }
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (Metric m : metrics) {
            double value = MetricPoint.of(0, m.value(), m.timestamp(), m.step()).sortValue();
            rows.add(new @Nullable Object[] {
                m.key(), m.timestamp(), m.step(), runId, value, m.datasetName(), m.datasetDigest(), m.modelId()
            });
        }
        String insert = """
                insert into logged_model_metrics
                  (name, timestamp, step, run_id, value, dataset_name, dataset_digest, model_key)
                select ?, ?, ?, ?, ?, ?, ?, model_key from logged_models where model_id = ?""";
        tx.batch(tx.dialect().insertIfAbsent(insert), rows);
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

    private static KirokuException modelNotFound(String modelId) {
        return notFound("Logged model with ID '%s' not found.", modelId);
    }

    private void putTags(Transaction tx, long modelKey, List<KeyValue> tags) throws SQLException {
        tx.batch(upsertTag, toRows(modelKey, tags));
    }

    private static List<@Nullable Object[]> toRows(long modelKey, List<KeyValue> pairs) {
        return pairs.stream()
                .map(pair -> new @Nullable Object[] {modelKey, pair.key(), pair.value()})
                .toList();
    }

    private static List<LoggedModel> loadDetails(Transaction tx, List<LoggedModelRow> models) throws SQLException {
        Map<Long, List<KeyValue>> tags = new HashMap<>();
        Map<Long, List<KeyValue>> params = new HashMap<>();
        Map<Long, List<Metric>> metrics = new HashMap<>();
        for (List<LoggedModelRow> chunk : PageQuery.chunks(models)) {
            Map<Long, String> ids = new HashMap<>();
            chunk.forEach(row -> ids.put(row.key, row.info.modelId()));
            tx.queryEach(
                    Sql.of("select model_key, key, value from logged_model_tags where model_key in ")
                            .addIn(ids.keySet()),
                    row -> listFor(tags, row).add(new KeyValue(row.getString("key"), row.getString("value"))));
            tx.queryEach(
                    Sql.of("select model_key, key, value from logged_model_params where model_key in ")
                            .addIn(ids.keySet()),
                    row -> listFor(params, row).add(new KeyValue(row.getString("key"), row.getString("value"))));
            tx.queryEach(
                    Sql.of("""
                                    select model_key, name, value, timestamp, step, dataset_name, dataset_digest, run_id
                                    from logged_model_metrics
                                    where model_key in\s""").addIn(ids.keySet()).add(" order by model_key, name, timestamp, step, run_id"),
                    row -> listFor(metrics, row).add(metric(row, ids)));
        }
        return models.stream()
                .map(model -> new LoggedModel(
                        model.info.withTags(tags.getOrDefault(model.key, List.of())),
                        new LoggedModel.Data(
                                params.getOrDefault(model.key, List.of()), metrics.getOrDefault(model.key, List.of()))))
                .toList();
    }

    private static Metric metric(Row row, Map<Long, String> modelIds) throws SQLException {
        return new Metric(
                row.getString("name"),
                row.getDouble("value"),
                row.getLong("timestamp"),
                row.getLong("step"),
                row.getStringOrNull("dataset_name"),
                row.getStringOrNull("dataset_digest"),
                modelIds.get(row.getLong("model_key")),
                row.getString("run_id"));
    }

    private static <T> List<T> listFor(Map<Long, List<T>> lists, Row row) throws SQLException {
        return lists.computeIfAbsent(row.getLong("model_key"), _ -> new ArrayList<>());
    }
}
