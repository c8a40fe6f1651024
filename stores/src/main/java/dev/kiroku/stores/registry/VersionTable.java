package dev.kiroku.stores.registry;

import static dev.kiroku.model.Strings.nullToEmpty;

import dev.kiroku.core.registry.store.ModelRow;
import dev.kiroku.core.registry.store.NewVersion;
import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.core.registry.store.VersionFacts;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.ModelVersionStatus;
import dev.kiroku.stores.dialect.Dialect;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.StoredEnums;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The tables of model versions, their tags and the content of their MLmodel files. */
final class VersionTable {
    private record Key(long modelKey, long version) {}

    private VersionTable() {}

    static Optional<ModelVersion> find(Transaction tx, ModelRow model, long version) throws SQLException {
        Sql one = Sql.of(
                "select " + VersionRow.COLUMNS
                        + " from model_versions v join registered_models m on m.model_key = v.model_key"
                        + " where v.model_key = ? and v.version = ?",
                model.key(),
                version);
        return loadWithAliases(tx, tx.queryList(one, VersionRow::read)).stream().findFirst();
    }

    static boolean exists(Transaction tx, ModelRow model, long version) throws SQLException {
        return tx.queryFirst(
                        Sql.of(
                                "select 1 from model_versions where model_key = ? and version = ?",
                                model.key(),
                                version),
                        row -> true)
                .isPresent();
    }

    /** Returns the versions in a stage except one, in ascending order. */
    static List<Long> listOthersInStage(Transaction tx, ModelRow model, long version, Stage stage) throws SQLException {
        return tx.queryList(
                Sql.of("""
                        select version from model_versions where model_key = ? and version <> ? and stage = ?
                        order by version""", model.key(), version, StoredEnums.MODEL_VERSION_STAGE.encode(stage)),
                row -> row.getLong("version"));
    }

    /** Returns the newest version in a stage, or 0. */
    static long findNewest(Transaction tx, ModelRow model, Stage stage) throws SQLException {
        return tx.queryFirst(
                        Sql.of("""
                                select version from model_versions where model_key = ? and stage = ?
                                order by version desc limit 1""", model.key(), StoredEnums.MODEL_VERSION_STAGE.encode(stage)),
                        row -> row.getLong("version"))
                .orElse(0L);
    }

    /** Returns the stages other than None that have a version. */
    static List<Stage> listStages(Transaction tx, ModelRow model) throws SQLException {
        return tx.queryList(
                Sql.of(
                        "select distinct stage from model_versions where model_key = ? and stage <> ?",
                        model.key(),
                        StoredEnums.MODEL_VERSION_STAGE.encode(Stage.NONE)),
                row -> row.get("stage", StoredEnums.MODEL_VERSION_STAGE));
    }

    static Optional<String> findStorageLocation(Transaction tx, String name, long version) throws SQLException {
        return tx.queryFirst(Sql.of("""
                        select v.storage_location from model_versions v
                        join registered_models m on m.model_key = v.model_key
                        where m.name = ? and v.version = ?""", name, version), row -> row.getString("storage_location"));
    }

    /** Inserts a version with its tags, and returns its number. */
    static long insert(Transaction tx, ModelRow model, NewVersion version, long time) throws SQLException {
        long number = tx.updateReturning(
                        "registered_models",
                        Sql.of("last_version = last_version + 1, last_update_time = ?", time),
                        Sql.of("model_key = ?", model.key()),
                        "last_version",
                        row -> row.getLong("last_version"))
                .getFirst();
        tx.update(Sql.of(
                """
                insert into model_versions (model_key, version, creation_time, last_update_time, description, stage,
                source, storage_location, run_id, run_link) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                model.key(),
                number,
                time,
                time,
                version.description(),
                StoredEnums.MODEL_VERSION_STAGE.encode(Stage.NONE),
                version.source(),
                version.storageLocation(),
                version.runId(),
                version.runLink()));
        for (KeyValue tag : version.tags()) {
            putTag(tx, model, number, tag);
        }
        VersionFacts.MlmodelSummary mlmodel = version.mlmodel();
        if (mlmodel != null) {
            tx.update(Sql.of(
                    """
                    insert into model_version_contents (model_key, version, has_signature, flavors)
                    values (?, ?, ?, ?)""", model.key(), number, mlmodel.hasSignature() ? 1 : 0, String.join("\n", mlmodel.flavors())));
        }
        return number;
    }

    static void updateDescription(Transaction tx, ModelRow model, long version, @Nullable String description, long time)
            throws SQLException {
        tx.update(Sql.of("""
                update model_versions set description = ?, last_update_time = ?
                where model_key = ? and version = ?""", description, time, model.key(), version));
    }

    static void updateStage(Transaction tx, ModelRow model, long version, Stage stage, long time) throws SQLException {
        tx.update(Sql.of(
                "update model_versions set stage = ?, last_update_time = ? where model_key = ? and version = ?",
                StoredEnums.MODEL_VERSION_STAGE.encode(stage),
                time,
                model.key(),
                version));
    }

    static void putTag(Transaction tx, ModelRow model, long version, KeyValue tag) throws SQLException {
        tx.update(Sql.of(
                tx.dialect()
                        .upsert(
                                "insert into model_version_tags (model_key, version, key, value) values (?, ?, ?, ?)",
                                "model_key, version, key",
                                "value"),
                model.key(),
                version,
                tag.key(),
                tag.value()));
    }

    static void deleteTag(Transaction tx, ModelRow model, long version, String key) throws SQLException {
        tx.update(Sql.of(
                "delete from model_version_tags where model_key = ? and version = ? and key = ?",
                model.key(),
                version,
                key));
    }

    /** Deletes a version, its tags, and the aliases that point at it. */
    static void delete(Transaction tx, ModelRow model, long version) throws SQLException {
        for (String table :
                List.of("model_version_tags", "model_version_contents", "registered_model_aliases", "model_versions")) {
            tx.update(Sql.of("delete from " + table + " where model_key = ? and version = ?", model.key(), version));
        }
    }

    /** Returns versions with tags and aliases, in the order of {@code versions}, by one query per table. */
    static List<ModelVersion> loadWithAliases(Transaction tx, List<VersionRow> versions) throws SQLException {
        Map<Key, List<String>> aliases = new HashMap<>();
        for (List<VersionRow> chunk : PageQuery.chunks(versions)) {
            List<Long> models =
                    chunk.stream().map(VersionRow::modelKey).distinct().toList();
            tx.queryEach(
                    Sql.of("select model_key, version, alias from registered_model_aliases where model_key in ")
                            .addIn(models)
                            .add(" order by alias"),
                    row -> aliases.computeIfAbsent(
                                    new Key(row.getLong("model_key"), row.getLong("version")), k -> new ArrayList<>())
                            .add(row.getString("alias")));
        }
        return load(tx, versions, aliases);
    }

    /**
     * Returns versions with tags but without aliases, as lists of MLflow have them, in the order of {@code versions}.
     */
    static List<ModelVersion> load(Transaction tx, List<VersionRow> versions) throws SQLException {
        return load(tx, versions, Map.of());
    }

    private static List<ModelVersion> load(Transaction tx, List<VersionRow> versions, Map<Key, List<String>> aliases)
            throws SQLException {
        Map<Key, List<KeyValue>> tags = new HashMap<>();
        for (List<VersionRow> chunk : PageQuery.chunks(versions)) {
            List<@Nullable Object[]> keys = chunk.stream()
                    .map(version -> new @Nullable Object[] {version.modelKey(), version.number()})
                    .toList();
            Dialect dialect = tx.dialect();
            tx.queryEach(
                    // A join, because SQLite would read the whole table for "in (values …)"; and by version, because a
                    // model can have thousands of them.
                    Sql.of("select t.model_key, t.version, t.key, t.value from ")
                            .add(dialect.rows(keys))
                            .add(" join model_version_tags t on t.model_key = " + dialect.rowColumn(1)
                                    + " and t.version = " + dialect.rowColumn(2) + " order by t.key"),
                    row -> tags.computeIfAbsent(
                                    new Key(row.getLong("model_key"), row.getLong("version")), k -> new ArrayList<>())
                            .add(new KeyValue(row.getString("key"), row.getString("value"))));
        }
        return versions.stream()
                .map(version -> {
                    Key key = new Key(version.modelKey(), version.number());
                    return toModelVersion(
                            version, tags.getOrDefault(key, List.of()), aliases.getOrDefault(key, List.of()));
                })
                .toList();
    }

    private static ModelVersion toModelVersion(VersionRow row, List<KeyValue> tags, List<String> aliases) {
        return new ModelVersion(
                row.name(),
                Long.toString(row.number()),
                row.creationTime(),
                row.lastUpdateTime(),
                null,
                row.stage().wireName(),
                nullToEmpty(row.description()),
                row.source(),
                nullToEmpty(row.runId()),
                ModelVersionStatus.READY,
                null,
                tags,
                nullToEmpty(row.runLink()),
                aliases,
                null,
                List.of(),
                List.of());
    }
}
