package dev.kiroku.stores.registry;

import static dev.kiroku.model.KirokuException.alreadyExists;
import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.registry.RegistryStore;
import dev.kiroku.core.registry.Stage;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.RegisteredModel;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.Pages;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The model registry in SQL. All writes about one model wait for each other: the model's row is locked first. */
public final class SqlRegistryStore implements RegistryStore {
    private final Database database;

    public SqlRegistryStore(Database database) {
        this.database = database;
    }

    /** A model as far as its own table knows it. */
    record Model(long key, String name, String description, long created, long updated) {
        static final String COLUMNS = "m.model_key, m.name, m.description, m.creation_time, m.last_update_time";

        static Model of(ResultSet row) throws SQLException {
            return new Model(row.getLong(1), row.getString(2), row.getString(3), row.getLong(4), row.getLong(5));
        }
    }

    @Override
    public RegisteredModel create(String name, String description, List<KeyValue> tags, long now) {
        return database.write(name, tx -> {
            if (find(tx, name).isPresent()) {
                throw nameTaken(name);
            }
            tx.update(Sql.of(
                    "insert into registered_models (name, description, creation_time, last_update_time, last_version) values (?, ?, ?, ?, 0)",
                    name, description, now, now));
            Model model = require(tx, name);
            for (KeyValue tag : tags) {
                putTag(tx, model.key, tag);
            }
            return load(tx, model);
        });
    }

    @Override
    public RegisteredModel get(String name) {
        return database.read(tx -> load(tx, require(tx, name)));
    }

    @Override
    public RegisteredModel rename(String name, String newName, long now) {
        return database.write(name, tx -> {
            Model model = lock(tx, name);
            if (!newName.equals(name) && find(tx, newName).isPresent()) {
                throw nameTaken(newName);
            }
            tx.update(Sql.of("update registered_models set name = ?, last_update_time = ? where model_key = ?", newName, now, model.key));
            tx.update(Sql.of("update model_versions set last_update_time = ? where model_key = ?", now, model.key));
            return load(tx, require(tx, newName));
        });
    }

    @Override
    public RegisteredModel describe(String name, String description, long now) {
        return database.write(name, tx -> {
            Model model = lock(tx, name);
            tx.update(Sql.of("update registered_models set description = ?, last_update_time = ? where model_key = ?", description, now, model.key));
            return load(tx, require(tx, name));
        });
    }

    @Override
    public void delete(String name) {
        database.write(name, tx -> {
            Model model = lock(tx, name);
            for (String table : List.of(
                    "model_version_tags", "model_versions", "registered_model_aliases", "registered_model_tags", "registered_models")) {
                tx.update(Sql.of("delete from " + table + " where model_key = ?", model.key));
            }
            return null;
        });
    }

    @Override
    public void setTag(String name, KeyValue tag) {
        database.write(name, tx -> {
            putTag(tx, lock(tx, name).key, tag);
            return null;
        });
    }

    @Override
    public void deleteTag(String name, String key) {
        database.write(name, tx -> tx.update(
                Sql.of("delete from registered_model_tags where model_key = ? and key = ?", lock(tx, name).key, key)));
    }

    @Override
    public void setAlias(String name, String alias, long version) {
        database.write(name, tx -> {
            Model model = lock(tx, name);
            requireVersion(tx, model, version);
            return tx.update(Sql.of(
                    "insert into registered_model_aliases (model_key, alias, version) values (?, ?, ?)"
                            + " on conflict (model_key, alias) do update set version = excluded.version",
                    model.key, alias, version));
        });
    }

    @Override
    public void deleteAlias(String name, String alias) {
        database.write(name, tx -> tx.update(
                Sql.of("delete from registered_model_aliases where model_key = ? and alias = ?", lock(tx, name).key, alias)));
    }

    @Override
    public ModelVersion byAlias(String name, String alias) {
        return database.read(tx -> {
            Model model = require(tx, name);
            long version = tx.first(
                            Sql.of("select version from registered_model_aliases where model_key = ? and alias = ?", model.key, alias),
                            row -> row.getLong(1))
                    .orElseThrow(() -> invalid("Registered model alias %s not found.", alias));
            return requireVersion(tx, model, version);
        });
    }

    @Override
    public Page<RegisteredModel> search(Query query) {
        return database.read(tx -> {
            var search = RegistrySearch.models(tx.dialect(), query);
            Page<Model> page =
                    Pages.read(tx, "select " + Model.COLUMNS, search.where(), search.order(), query.maxResults(), query.pageToken(), Model::of);
            List<RegisteredModel> models = new ArrayList<>();
            for (Model model : page.items()) {
                models.add(load(tx, model));
            }
            return new Page<>(models, page.nextPageToken());
        });
    }

    @Override
    public ModelVersion createVersion(NewVersion v, long now) {
        return database.write(v.name(), tx -> {
            Model model = lock(tx, v.name());
            long version = tx.first(
                            Sql.of(
                                    "update registered_models set last_version = last_version + 1, last_update_time = ? where model_key = ?"
                                            + " returning last_version",
                                    now, model.key),
                            row -> row.getLong(1))
                    .orElseThrow();
            tx.update(Sql.of(
                    "insert into model_versions (model_key, version, creation_time, last_update_time, description, stage, source, storage_location,"
                            + " run_id, run_link) values (?, ?, ?, ?, ?, 0, ?, ?, ?, ?)",
                    model.key, version, now, now, v.description(), v.source(), v.storageLocation(), v.runId(), v.runLink()));
            for (KeyValue tag : v.tags()) {
                putVersionTag(tx, model.key, version, tag);
            }
            return requireVersion(tx, model, version);
        });
    }

    @Override
    public ModelVersion version(String name, long version) {
        return database.read(tx -> requireVersion(tx, versionsModel(tx, name, version), version));
    }

    @Override
    public String storageLocation(String name, long version) {
        return database.read(tx -> tx.first(
                        Sql.of(
                                "select v.storage_location from model_versions v join registered_models m on m.model_key = v.model_key"
                                        + " where m.name = ? and v.version = ?",
                                name, version),
                        row -> row.getString(1))
                .orElseThrow(() -> missing(name, version)));
    }

    @Override
    public ModelVersion describeVersion(String name, long version, String description, long now) {
        return changeVersion(name, version, (tx, model) -> tx.update(Sql.of(
                "update model_versions set description = ?, last_update_time = ? where model_key = ? and version = ?",
                description, now, model.key, version)));
    }

    @Override
    public ModelVersion moveVersion(String name, long version, Stage stage, boolean archiveOthers, long now) {
        return changeVersion(name, version, (tx, model) -> {
            if (archiveOthers) {
                tx.update(Sql.of(
                        "update model_versions set stage = ?, last_update_time = ? where model_key = ? and version <> ? and stage = ?",
                        Stage.ARCHIVED.ordinal(), now, model.key, version, stage.ordinal()));
            }
            tx.update(Sql.of(
                    "update model_versions set stage = ?, last_update_time = ? where model_key = ? and version = ?",
                    stage.ordinal(), now, model.key, version));
            tx.update(Sql.of("update registered_models set last_update_time = ? where model_key = ?", now, model.key));
        });
    }

    @Override
    public void deleteVersion(String name, long version, long now) {
        database.write(name, tx -> {
            Model model = lock(tx, name, version);
            requireVersion(tx, model, version);
            for (String table : List.of("model_version_tags", "registered_model_aliases", "model_versions")) {
                tx.update(Sql.of("delete from " + table + " where model_key = ? and version = ?", model.key, version));
            }
            return tx.update(Sql.of("update registered_models set last_update_time = ? where model_key = ?", now, model.key));
        });
    }

    @Override
    public void setVersionTag(String name, long version, KeyValue tag) {
        changeVersion(name, version, (tx, model) -> putVersionTag(tx, model.key, version, tag));
    }

    @Override
    public void deleteVersionTag(String name, long version, String key) {
        changeVersion(name, version, (tx, model) -> tx.update(
                Sql.of("delete from model_version_tags where model_key = ? and version = ? and key = ?", model.key, version, key)));
    }

    @Override
    public Page<ModelVersion> searchVersions(Query query) {
        return database.read(tx -> {
            var search = RegistrySearch.versions(tx.dialect(), query);
            Page<Version> page =
                    Pages.read(tx, "select " + Version.COLUMNS, search.where(), search.order(), query.maxResults(), query.pageToken(), Version::of);
            return new Page<>(Version.load(tx, page.items()), page.nextPageToken());
        });
    }

    private interface Change {
        void make(Tx tx, Model model) throws SQLException;
    }

    private ModelVersion changeVersion(String name, long version, Change change) {
        return database.write(name, tx -> {
            Model model = lock(tx, name, version);
            requireVersion(tx, model, version);
            change.make(tx, model);
            return requireVersion(tx, model, version);
        });
    }

    private static void putTag(Tx tx, long modelKey, KeyValue tag) throws SQLException {
        tx.update(Sql.of(
                "insert into registered_model_tags (model_key, key, value) values (?, ?, ?)"
                        + " on conflict (model_key, key) do update set value = excluded.value",
                modelKey, tag.key(), tag.value()));
    }

    private static void putVersionTag(Tx tx, long modelKey, long version, KeyValue tag) throws SQLException {
        tx.update(Sql.of(
                "insert into model_version_tags (model_key, version, key, value) values (?, ?, ?, ?)"
                        + " on conflict (model_key, version, key) do update set value = excluded.value",
                modelKey, version, tag.key(), tag.value()));
    }

    private static Optional<Model> find(Tx tx, String name) throws SQLException {
        return tx.first(Sql.of("select " + Model.COLUMNS + " from registered_models m where m.name = ?", name), Model::of);
    }

    private static Model require(Tx tx, String name) throws SQLException {
        return find(tx, name).orElseThrow(() -> missing(name));
    }

    /** The model, kept from being changed by others until the end of the transaction. */
    private static Model lock(Tx tx, String name) throws SQLException {
        return tx.first(Sql.of("select " + Model.COLUMNS + " from registered_models m where m.name = ?" + tx.dialect().forUpdate(), name), Model::of)
                .orElseThrow(() -> missing(name));
    }

    /** The same, where what is asked for is one of its versions. */
    private static Model lock(Tx tx, String name, long version) throws SQLException {
        versionsModel(tx, name, version);
        return lock(tx, name);
    }

    private static Model versionsModel(Tx tx, String name, long version) throws SQLException {
        return find(tx, name).orElseThrow(() -> missing(name, version));
    }

    private static ModelVersion requireVersion(Tx tx, Model model, long version) throws SQLException {
        Sql one = Sql.of(
                "select " + Version.COLUMNS + " from model_versions v join registered_models m on m.model_key = v.model_key"
                        + " where v.model_key = ? and v.version = ?",
                model.key, version);
        return Version.load(tx, tx.list(one, Version::of)).stream().findFirst().orElseThrow(() -> missing(model.name, version));
    }

    private static KirokuException missing(String name) {
        return notFound("Registered Model with name=%s not found", name);
    }

    private static KirokuException missing(String name, long version) {
        return notFound("Model Version (name=%s, version=%d) not found", name, version);
    }

    private static KirokuException nameTaken(String name) {
        return alreadyExists("Registered Model (name=%s) already exists.", name);
    }

    private static RegisteredModel load(Tx tx, Model model) throws SQLException {
        List<Version> latest = tx.list(
                Sql.of(
                        "select " + Version.COLUMNS + " from model_versions v join registered_models m on m.model_key = v.model_key"
                                + " where v.model_key = ? and v.version in"
                                + " (select max(l.version) from model_versions l where l.model_key = ? group by l.stage) order by v.version",
                        model.key, model.key),
                Version::of);
        return new RegisteredModel(
                model.name,
                model.created,
                model.updated,
                null,
                model.description,
                Version.load(tx, latest),
                tx.list(
                        Sql.of("select key, value from registered_model_tags where model_key = ? order by key", model.key),
                        row -> new KeyValue(row.getString(1), row.getString(2))),
                tx.list(
                        Sql.of("select alias, version from registered_model_aliases where model_key = ? order by alias", model.key),
                        row -> new RegisteredModel.Alias(row.getString(1), Long.toString(row.getLong(2)))),
                null);
    }
}
