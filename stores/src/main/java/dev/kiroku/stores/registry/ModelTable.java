package dev.kiroku.stores.registry;

import dev.kiroku.core.registry.store.ModelRow;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.RegisteredModel;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.Row;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The tables of registered models and their tags. */
final class ModelTable {
    static final String COLUMNS = "m.model_key, m.name, m.description, m.creation_time, m.last_update_time";

    private ModelTable() {}

    /** Reads {@link #COLUMNS}. */
    static ModelRow read(Row row) throws SQLException {
        return new ModelRow(
                row.getLong("model_key"),
                row.getString("name"),
                row.getStringOrNull("description"),
                row.getLong("creation_time"),
                row.getLong("last_update_time"));
    }

    static Optional<ModelRow> find(Transaction tx, String name) throws SQLException {
        return select(tx, " where m.name = ?", name);
    }

    static Optional<ModelRow> find(Transaction tx, long modelKey) throws SQLException {
        return select(tx, " where m.model_key = ?", modelKey);
    }

    static Optional<ModelRow> lock(Transaction tx, String name) throws SQLException {
        return select(tx, " where m.name = ?" + tx.dialect().forUpdate(), name);
    }

    static Optional<ModelRow> lock(Transaction tx, long modelKey) throws SQLException {
        return select(tx, " where m.model_key = ?" + tx.dialect().forUpdate(), modelKey);
    }

    private static Optional<ModelRow> select(Transaction tx, String where, Object key) throws SQLException {
        return tx.queryFirst(Sql.of("select " + COLUMNS + " from registered_models m" + where, key), ModelTable::read);
    }

    static void insert(Transaction tx, String name, @Nullable String description, long time) throws SQLException {
        tx.update(Sql.of("""
                insert into registered_models (name, description, creation_time, last_update_time, last_version)
                values (?, ?, ?, ?, 0)""", name, description, time, time));
    }

    /** Renames a model and its approval requests. */
    static void rename(Transaction tx, ModelRow model, String newName, long time) throws SQLException {
        tx.update(Sql.of(
                "update registered_models set name = ?, last_update_time = ? where model_key = ?",
                newName,
                time,
                model.key()));
        tx.update(Sql.of("update model_versions set last_update_time = ? where model_key = ?", time, model.key()));
        tx.update(Sql.of("update approval_requests set model = ? where model_key = ?", newName, model.key()));
    }

    static void updateDescription(Transaction tx, ModelRow model, @Nullable String description, long time)
            throws SQLException {
        tx.update(Sql.of(
                "update registered_models set description = ?, last_update_time = ? where model_key = ?",
                description,
                time,
                model.key()));
    }

    static void touch(Transaction tx, ModelRow model, long time) throws SQLException {
        tx.update(Sql.of("update registered_models set last_update_time = ? where model_key = ?", time, model.key()));
    }

    static void delete(Transaction tx, ModelRow model) throws SQLException {
        for (String table : List.of(
                "model_version_tags",
                "model_version_contents",
                "model_versions",
                "registered_model_aliases",
                "registered_model_tags",
                "registered_models")) {
            tx.update(Sql.of("delete from " + table + " where model_key = ?", model.key()));
        }
    }

    static Optional<String> findTag(Transaction tx, ModelRow model, String key) throws SQLException {
        return tx.queryFirst(
                Sql.of("select value from registered_model_tags where model_key = ? and key = ?", model.key(), key),
                row -> row.getString("value"));
    }

    static void putTag(Transaction tx, ModelRow model, KeyValue tag) throws SQLException {
        tx.update(Sql.of(
                tx.dialect()
                        .upsert(
                                "insert into registered_model_tags (model_key, key, value) values (?, ?, ?)",
                                "model_key, key",
                                "value"),
                model.key(),
                tag.key(),
                tag.value()));
    }

    static void deleteTag(Transaction tx, ModelRow model, String key) throws SQLException {
        tx.update(Sql.of("delete from registered_model_tags where model_key = ? and key = ?", model.key(), key));
    }

    /**
     * Returns models with their latest versions, tags and aliases, in the order of {@code models}, by one query per
     * table.
     */
    static List<RegisteredModel> load(Transaction tx, List<ModelRow> models) throws SQLException {
        Map<Long, List<ModelVersion>> latest = new HashMap<>();
        Map<Long, List<KeyValue>> tags = new HashMap<>();
        Map<Long, List<RegisteredModel.Alias>> aliases = new HashMap<>();
        for (List<ModelRow> chunk : PageQuery.chunks(models)) {
            List<Long> keys = chunk.stream().map(ModelRow::key).toList();
            readLatestVersions(tx, keys, latest);
            tx.queryEach(
                    Sql.of("select model_key, key, value from registered_model_tags where model_key in ")
                            .addIn(keys)
                            .add(" order by key"),
                    row -> tags.computeIfAbsent(row.getLong("model_key"), k -> new ArrayList<>())
                            .add(new KeyValue(row.getString("key"), row.getString("value"))));
            tx.queryEach(
                    Sql.of("select model_key, alias, version from registered_model_aliases where model_key in ")
                            .addIn(keys)
                            .add(" order by alias"),
                    row -> aliases.computeIfAbsent(row.getLong("model_key"), k -> new ArrayList<>())
                            .add(new RegisteredModel.Alias(
                                    row.getString("alias"), Long.toString(row.getLong("version")))));
        }
        return models.stream()
                .map(model -> new RegisteredModel(
                        model.name(),
                        model.creationTime(),
                        model.lastUpdateTime(),
                        null,
                        model.description(),
                        latest.getOrDefault(model.key(), List.of()),
                        tags.getOrDefault(model.key(), List.of()),
                        aliases.getOrDefault(model.key(), List.of()),
                        null))
                .toList();
    }

    /** Reads the newest version of each stage, in MLflow's order: by the oldest version of the stage. */
    private static void readLatestVersions(Transaction tx, List<Long> modelKeys, Map<Long, List<ModelVersion>> latest)
            throws SQLException {
        // A join, because SQLite would read the versions of all models for "in (select …)".
        Sql latestOfStages = Sql.of("select " + VersionRow.COLUMNS
                        + " from (select l.model_key, max(l.version) as version, min(l.version) as first_version from model_versions l"
                        + " where l.model_key in ")
                .addIn(modelKeys)
                .add(" group by l.model_key, l.stage) latest"
                        + " join model_versions v on v.model_key = latest.model_key and v.version = latest.version"
                        + " join registered_models m on m.model_key = v.model_key order by latest.first_version");
        List<VersionRow> rows = tx.queryList(latestOfStages, VersionRow::read);
        List<ModelVersion> versions = VersionTable.load(tx, rows);
        for (int i = 0; i < rows.size(); i++) {
            latest.computeIfAbsent(rows.get(i).modelKey(), k -> new ArrayList<>())
                    .add(versions.get(i));
        }
    }
}
