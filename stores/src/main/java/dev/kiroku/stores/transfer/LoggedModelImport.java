package dev.kiroku.stores.transfer;

import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.StoredEnums;
import dev.kiroku.stores.tracking.SqlLoggedModelStore;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Takes logged models, all of a batch by a few statements. */
final class LoggedModelImport {
    private static final String INSERT = """
            insert into logged_models (model_id, experiment_id, name, artifact_location, creation_time, last_update_time, status, stage,
              model_type, source_run_id, status_message)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";
    private static final String UPDATE =
            "update logged_models set last_update_time = ?, status = ?, stage = ?, status_message = ? where model_id = ?";

    private LoggedModelImport() {}

    private record StoredModel(long key, long experimentId) {}

    static void apply(ImportTransaction in, List<LoggedModelRecord> all) throws SQLException {
        if (all.isEmpty()) {
            return;
        }
        Map<String, StoredModel> stored =
                find(in, all.stream().map(LoggedModelRecord::id).toList());
        Map<String, RecordDigest> before = in.findDigests(
                RecordKind.LOGGED_MODEL, all.stream().map(LoggedModelRecord::id).toList());
        Set<Long> experiments = Set.copyOf(in.tx()
                .queryList(
                        Sql.of("select id from experiments where id in ")
                                .addIn(all.stream()
                                        .map(LoggedModelRecord::experimentId)
                                        .distinct()
                                        .toList()),
                        row -> row.getLong("id")));
        List<LoggedModelRecord> added = new ArrayList<>();
        List<LoggedModelRecord> changed = new ArrayList<>();
        Map<String, RecordDigest> digests = new LinkedHashMap<>();
        for (LoggedModelRecord model : all) {
            StoredModel present = stored.get(model.id());
            RecordDigest digest = digest(model);
            if (present != null && present.experimentId != model.experimentId()) {
                in.result()
                        .conflict(
                                RecordKind.LOGGED_MODEL,
                                model.id(),
                                "The logged model %s exists in experiment %d."
                                        .formatted(model.id(), present.experimentId));
            } else if (!in.checkOnly() && !experiments.contains(model.experimentId())) {
                in.result()
                        .conflict(
                                RecordKind.LOGGED_MODEL,
                                model.id(),
                                "The experiment %d of the logged model %s does not exist."
                                        .formatted(model.experimentId(), model.id()));
            } else if (digest.equals(before.get(model.id())) && present != null) {
                in.result().unchanged(RecordKind.LOGGED_MODEL, 1);
            } else {
                (present == null ? added : changed).add(model);
                digests.put(model.id(), digest);
            }
        }
        in.batch(INSERT, added.stream().map(LoggedModelImport::toRow).toList());
        in.batch(
                UPDATE,
                changed.stream()
                        .map(m -> new @Nullable Object[] {
                            m.lastUpdateTime(),
                            StoredEnums.LOGGED_MODEL_STATUS.encode(m.status()),
                            StoredEnums.LIFECYCLE_STAGE.encode(m.stage()),
                            m.statusMessage(),
                            m.id()
                        })
                        .toList());
        List<LoggedModelRecord> written = new ArrayList<>(added);
        written.addAll(changed);
        if (!in.checkOnly()) {
            putDetails(in, written);
        }
        in.putDigests(RecordKind.LOGGED_MODEL, digests);
        in.result().added(RecordKind.LOGGED_MODEL, added.size());
        in.result().updated(RecordKind.LOGGED_MODEL, changed.size());
    }

    private static Map<String, StoredModel> find(ImportTransaction in, Collection<String> ids) throws SQLException {
        Map<String, StoredModel> found = new HashMap<>();
        for (List<String> chunk : PageQuery.chunks(List.copyOf(ids))) {
            in.tx()
                    .queryEach(
                            Sql.of("select model_id, model_key, experiment_id from logged_models where model_id in ")
                                    .addIn(chunk),
                            row -> found.put(
                                    row.getString("model_id"),
                                    new StoredModel(row.getLong("model_key"), row.getLong("experiment_id"))));
        }
        return found;
    }

    private static @Nullable Object[] toRow(LoggedModelRecord m) {
        return new @Nullable Object[] {
            m.id(),
            m.experimentId(),
            m.name(),
            m.artifactLocation(),
            m.creationTime(),
            m.lastUpdateTime(),
            StoredEnums.LOGGED_MODEL_STATUS.encode(m.status()),
            StoredEnums.LIFECYCLE_STAGE.encode(m.stage()),
            m.modelType(),
            m.sourceRunId(),
            m.statusMessage()
        };
    }

    private static void putDetails(ImportTransaction in, List<LoggedModelRecord> models) throws SQLException {
        Map<String, StoredModel> keys =
                find(in, models.stream().map(LoggedModelRecord::id).toList());
        in.insertIfAbsent(
                "insert into logged_model_params (model_key, key, value) values (?, ?, ?)",
                pairs(models, keys, LoggedModelRecord::params));
        in.batch(
                in.tx()
                        .dialect()
                        .upsert(
                                "insert into logged_model_tags (model_key, key, value) values (?, ?, ?)",
                                "model_key, key",
                                "value"),
                pairs(models, keys, LoggedModelRecord::tags));
        for (LoggedModelRecord model : models) {
            for (Metric metric : model.metrics()) {
                SqlLoggedModelStore.addMetrics(
                        in.tx(),
                        Objects.requireNonNull(metric.runId()),
                        List.of(new Metric(
                                metric.key(),
                                metric.value(),
                                metric.timestamp(),
                                metric.step(),
                                metric.datasetName(),
                                metric.datasetDigest(),
                                model.id(),
                                metric.runId())));
            }
        }
    }

    private static List<@Nullable Object[]> pairs(
            List<LoggedModelRecord> models,
            Map<String, StoredModel> keys,
            Function<LoggedModelRecord, List<KeyValue>> pairs) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (LoggedModelRecord model : models) {
            long key = Objects.requireNonNull(keys.get(model.id())).key;
            for (KeyValue pair : pairs.apply(model)) {
                rows.add(new @Nullable Object[] {key, pair.key(), pair.value()});
            }
        }
        return rows;
    }

    private static RecordDigest digest(LoggedModelRecord m) {
        return RecordDigest.of(
                m.name(),
                m.lastUpdateTime(),
                m.status(),
                m.stage(),
                m.modelType(),
                m.sourceRunId(),
                m.statusMessage(),
                m.params(),
                m.tags(),
                m.metrics());
    }
}
