package dev.kiroku.stores.registry;

import static dev.kiroku.model.KirokuException.alreadyExists;
import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.audit.Change;
import dev.kiroku.core.audit.Draft;
import dev.kiroku.core.registry.RegistryStore;
import dev.kiroku.core.registry.Stage;
import dev.kiroku.core.registry.Subject;
import dev.kiroku.core.registry.approvals.Move;
import dev.kiroku.core.registry.gates.Guard;
import dev.kiroku.core.registry.gates.Target;
import dev.kiroku.core.webhooks.Event;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.RegisteredModel;
import dev.kiroku.stores.audit.SqlAuditLog;
import dev.kiroku.stores.sql.Copies;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.Pages;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.Tx;
import dev.kiroku.stores.webhooks.Outbox;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The model registry in SQL. All writes about one model wait for each other: the model's row is locked first. */
public final class SqlRegistryStore implements RegistryStore {
    /** Models, versions, tags and aliases in memory; some 20 MB. */
    private static final int MAX_ITEMS = 20_000;

    private final Database database;
    private final SqlAuditLog audit;
    private final Moves moves;
    private final Outbox outbox;
    // Copies are known by the row that they were read with, and good while the audit log has no further entry: a change
    // of what is copied leaves an
    // entry in its transaction or, where a version is moved to the stage that it has, another time in the row.
    private final Copies<Model, RegisteredModel> models = new Copies<>(MAX_ITEMS, SqlRegistryStore::items);
    private final Copies<Version, ModelVersion> versions = new Copies<>(
            MAX_ITEMS, version -> 1 + version.tags().size() + version.aliases().size());

    public SqlRegistryStore(Database database, SqlAuditLog audit, Outbox outbox) {
        this.database = database;
        this.audit = audit;
        this.moves = new Moves(audit, outbox);
        this.outbox = outbox;
    }

    /** A model as far as its own table knows it. */
    record Model(long key, String name, String description, long created, long updated) {
        static final String COLUMNS = "m.model_key, m.name, m.description, m.creation_time, m.last_update_time";

        static Model of(ResultSet row) throws SQLException {
            return new Model(row.getLong(1), row.getString(2), row.getString(3), row.getLong(4), row.getLong(5));
        }
    }

    private static int items(RegisteredModel model) {
        return 1
                + model.latestVersions().size()
                + model.tags().size()
                + model.aliases().size();
    }

    @Override
    public RegisteredModel create(String name, String description, List<KeyValue> tags, Change change) {
        return database.write(name, tx -> {
            if (find(tx, name).isPresent()) {
                throw nameTaken(name);
            }
            tx.update(Sql.of(
                    "insert into registered_models (name, description, creation_time, last_update_time, last_version) values (?, ?, ?, ?, 0)",
                    name,
                    description,
                    change.at(),
                    change.at()));
            Model model = require(tx, name);
            for (KeyValue tag : tags) {
                putTag(tx, model.key, tag);
            }
            RegisteredModel created = load(tx, model);
            log(tx, change, "model.create", Subject.model(name), name, null, Content.of(created));
            outbox.emit(tx, Event.modelCreated(name, tags, description), change.at());
            return created;
        });
    }

    @Override
    public RegisteredModel get(String name) {
        return database.read(tx -> look(tx, List.of(require(tx, name))).getFirst());
    }

    @Override
    public RegisteredModel rename(String name, String newName, Change change) {
        return database.write(name, tx -> {
            Model model = lock(tx, name);
            if (!newName.equals(name) && find(tx, newName).isPresent()) {
                throw nameTaken(newName);
            }
            Guard.requireSameGates(new SqlView(tx, model), newName);
            tx.update(Sql.of(
                    "update registered_models set name = ?, last_update_time = ? where model_key = ?",
                    newName,
                    change.at(),
                    model.key));
            tx.update(Sql.of(
                    "update model_versions set last_update_time = ? where model_key = ?", change.at(), model.key));
            tx.update(Sql.of("update approval_requests set model = ? where model_key = ?", newName, model.key));
            log(tx, change, "model.rename", Subject.model(name), name, Map.of("name", name), Map.of("name", newName));
            return load(tx, require(tx, newName));
        });
    }

    @Override
    public RegisteredModel describe(String name, String description, Change change) {
        return database.write(name, tx -> {
            Model model = lock(tx, name);
            tx.update(Sql.of(
                    "update registered_models set description = ?, last_update_time = ? where model_key = ?",
                    description,
                    change.at(),
                    model.key));
            log(
                    tx,
                    change,
                    "model.update",
                    Subject.model(name),
                    name,
                    field("description", model.description),
                    field("description", description));
            return load(tx, require(tx, name));
        });
    }

    @Override
    public void delete(String name, Change change) {
        database.write(name, tx -> {
            Model model = lock(tx, name);
            var view = new SqlView(tx, model);
            Guard.requireUnprotected(view, view.held(), "Model '" + name + "'");
            log(tx, change, "model.delete", Subject.model(name), name, Content.of(load(tx, model)), null);
            for (String table : List.of(
                    "model_version_tags",
                    "model_version_contents",
                    "model_versions",
                    "registered_model_aliases",
                    "registered_model_tags",
                    "registered_models")) {
                tx.update(Sql.of("delete from " + table + " where model_key = ?", model.key));
            }
            return null;
        });
    }

    @Override
    public void setTag(String name, KeyValue tag, Change change) {
        database.write(name, tx -> {
            Model model = lock(tx, name);
            String before = modelTag(tx, model, tag.key()).orElse(null);
            putTag(tx, model.key, tag);
            log(
                    tx,
                    change,
                    "model.tag.set",
                    Subject.model(name),
                    name,
                    field(tag.key(), before),
                    field(tag.key(), tag.value()));
            if (Moves.isPrompt(tx, model)) {
                outbox.emit(tx, Event.promptTagSet(name, tag), change.at());
            }
            return null;
        });
    }

    @Override
    public void deleteTag(String name, String key, Change change) {
        database.write(name, tx -> {
            Model model = lock(tx, name);
            Optional<String> before = modelTag(tx, model, key);
            if (before.isPresent()) {
                tx.update(Sql.of("delete from registered_model_tags where model_key = ? and key = ?", model.key, key));
                log(tx, change, "model.tag.delete", Subject.model(name), name, field(key, before.get()), null);
            }
            if (Moves.isPrompt(tx, model)) {
                outbox.emit(tx, Event.promptTagDeleted(name, key), change.at());
            }
            return null;
        });
    }

    @Override
    public void setAlias(String name, String alias, long version, Long expected, Change change) {
        refuse(database.write(name, tx -> {
            Model model = lock(tx, name);
            long holder = expectedHolder(tx, model, alias, expected);
            requireVersion(tx, model, version);
            if (holder == version) { // MLflow tells of it even so
                outbox.emit(
                        tx,
                        Event.aliasSet(Moves.isPrompt(tx, model), name, alias, Long.toString(version)),
                        change.at());
                return null;
            }
            return moves.move(tx, model, new Move(Target.alias(alias), version, false), change);
        }));
    }

    @Override
    public void deleteAlias(String name, String alias, Long expected, Change change) {
        refuse(database.write(name, tx -> {
            Model model = lock(tx, name);
            long holder = expectedHolder(tx, model, alias, expected);
            if (holder == 0) {
                outbox.emit(tx, Event.aliasDeleted(Moves.isPrompt(tx, model), name, alias), change.at());
                return null;
            }
            return moves.move(tx, model, new Move(Target.alias(alias), 0, false), change);
        }));
    }

    /** Tells of a refusal after what it has left behind, a request for approval, is committed. */
    private static void refuse(KirokuException refusal) {
        if (refusal != null) {
            throw refusal;
        }
    }

    /** @return the version that an alias points at, or 0; RESOURCE_CONFLICT when it is not the one that was expected */
    private static long expectedHolder(Tx tx, Model model, String alias, Long expected) throws SQLException {
        long holder = Moves.holder(tx, model, alias);
        if (expected != null && expected != holder) {
            throw new KirokuException(
                    ErrorCode.RESOURCE_CONFLICT,
                    String.format(
                            Locale.ROOT,
                            "The alias '%s' of model '%s' %s, and not %s as expected: somebody else has moved it. Look at it again and decide anew.",
                            alias,
                            model.name,
                            holder == 0 ? "points at no version" : "points at version " + holder,
                            expected == 0 ? "at none" : "at version " + expected));
        }
        return holder;
    }

    @Override
    public ModelVersion byAlias(String name, String alias) {
        // Whatever serves models asks for it again and again.
        Optional<ModelVersion> copy =
                database.readOnce(tx -> holder(tx, name, alias)).flatMap(this::copy);
        return copy.orElseGet(() -> database.read(tx -> {
            Holder holder = holder(tx, name, alias).orElse(null);
            if (holder == null) {
                require(tx, name);
                throw invalid("Registered model alias %s not found.", alias);
            }
            ModelVersion read = Version.load(tx, List.of(holder.row)).getFirst();
            if (holder.entries != null) {
                tx.afterCommit(() -> versions.put(holder.row, holder.entries, read));
            }
            return read;
        }));
    }

    /**
     * The version that an alias points at.
     *
     * @param entries of the audit log, with which a copy changes; null when there is no log
     */
    private record Holder(Version row, Long entries) {}

    private static Optional<Holder> holder(Tx tx, String name, String alias) throws SQLException {
        return tx.first(
                Sql.of(
                        "select " + Version.COLUMNS + ", h.entries from registered_models m"
                                + " join registered_model_aliases a on a.model_key = m.model_key and a.alias = ?"
                                + " join model_versions v on v.model_key = a.model_key and v.version = a.version"
                                + " left join audit_head h on h.id = 1 where m.name = ?",
                        alias,
                        name),
                row -> new Holder(Version.of(row), entries(row)));
    }

    private Optional<ModelVersion> copy(Holder holder) {
        return holder.entries == null
                ? Optional.empty()
                : Optional.ofNullable(versions.get(holder.row, holder.entries));
    }

    private static Long entries(ResultSet row) throws SQLException {
        long entries = row.getLong(Version.WIDTH + 1);
        return row.wasNull() ? null : (Long) entries;
    }

    @Override
    public Page<RegisteredModel> search(Query query) {
        return database.read(tx -> {
            var search = RegistrySearch.models(tx.dialect(), query);
            Page<Model> page = Pages.read(
                    tx,
                    "select " + Model.COLUMNS,
                    search.where(),
                    search.order(),
                    query.maxResults(),
                    query.pageToken(),
                    Model::of);
            return new Page<>(look(tx, page.items()), page.nextPageToken());
        });
    }

    @Override
    public ModelVersion createVersion(NewVersion v, Change change) {
        return database.write(v.name(), tx -> {
            Model model = lock(tx, v.name());
            long version = tx.first(
                            Sql.of(
                                    "update registered_models set last_version = last_version + 1, last_update_time = ? where model_key = ?"
                                            + " returning last_version",
                                    change.at(),
                                    model.key),
                            row -> row.getLong(1))
                    .orElseThrow();
            tx.update(Sql.of(
                    "insert into model_versions (model_key, version, creation_time, last_update_time, description, stage, source, storage_location,"
                            + " run_id, run_link) values (?, ?, ?, ?, ?, 0, ?, ?, ?, ?)",
                    model.key,
                    version,
                    change.at(),
                    change.at(),
                    v.description(),
                    v.source(),
                    v.storageLocation(),
                    v.runId(),
                    v.runLink()));
            for (KeyValue tag : v.tags()) {
                putVersionTag(tx, model.key, version, tag);
            }
            if (v.contents() != null) {
                tx.update(Sql.of(
                        "insert into model_version_contents (model_key, version, has_signature, flavors) values (?, ?, ?, ?)",
                        model.key,
                        version,
                        v.contents().hasSignature() ? 1 : 0,
                        String.join("\n", v.contents().flavors())));
            }
            ModelVersion created = requireVersion(tx, model, version);
            log(tx, change, "version.create", Subject.version(v.name(), version), v.name(), null, Content.of(created));
            outbox.emit(
                    tx,
                    Event.versionCreated(v.name(), created.version(), v.source(), v.runId(), v.tags(), v.description()),
                    change.at());
            return created;
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
                                name,
                                version),
                        row -> row.getString(1))
                .orElseThrow(() -> missing(name, version)));
    }

    @Override
    public ModelVersion describeVersion(String name, long version, String description, Change change) {
        return changeVersion(name, version, (tx, model, before) -> {
            tx.update(Sql.of(
                    "update model_versions set description = ?, last_update_time = ? where model_key = ? and version = ?",
                    description,
                    change.at(),
                    model.key,
                    version));
            log(
                    tx,
                    change,
                    "version.update",
                    Subject.version(name, version),
                    name,
                    field("description", before.description()),
                    field("description", description));
        });
    }

    @Override
    public ModelVersion moveVersion(String name, long version, Stage stage, boolean archiveOthers, Change change) {
        refuse(database.write(name, tx -> {
            Model model = lock(tx, name, version);
            ModelVersion before = requireVersion(tx, model, version);
            var move = new Move(Target.stage(stage), version, archiveOthers);
            if (before.currentStage().equals(stage.wire()) && !archiveOthers) {
                moves.make(tx, model, move, change, null);
                return null;
            }
            return moves.move(tx, model, move, change);
        }));
        return version(name, version);
    }

    @Override
    public void deleteVersion(String name, long version, Change change) {
        database.write(name, tx -> {
            Model model = lock(tx, name, version);
            ModelVersion before = requireVersion(tx, model, version);
            var view = new SqlView(tx, model);
            Guard.requireUnprotected(view, view.heldBy(before), "Version " + version + " of model '" + name + "'");
            for (String table : List.of(
                    "model_version_tags", "model_version_contents", "registered_model_aliases", "model_versions")) {
                tx.update(Sql.of("delete from " + table + " where model_key = ? and version = ?", model.key, version));
            }
            Moves.touch(tx, model, change);
            log(tx, change, "version.delete", Subject.version(name, version), name, Content.of(before), null);
            return null;
        });
    }

    @Override
    public void setVersionTag(String name, long version, KeyValue tag, Change change) {
        changeVersion(name, version, (tx, model, before) -> {
            putVersionTag(tx, model.key, version, tag);
            log(
                    tx,
                    change,
                    "version.tag.set",
                    Subject.version(name, version),
                    name,
                    field(tag.key(), versionTag(before, tag.key())),
                    field(tag.key(), tag.value()));
            outbox.emit(tx, Event.versionTagSet(Moves.isPrompt(tx, model), name, before.version(), tag), change.at());
        });
    }

    @Override
    public void deleteVersionTag(String name, long version, String key, Change change) {
        changeVersion(name, version, (tx, model, before) -> {
            String value = versionTag(before, key);
            if (value != null) {
                tx.update(Sql.of(
                        "delete from model_version_tags where model_key = ? and version = ? and key = ?",
                        model.key,
                        version,
                        key));
                log(tx, change, "version.tag.delete", Subject.version(name, version), name, field(key, value), null);
            }
            outbox.emit(
                    tx, Event.versionTagDeleted(Moves.isPrompt(tx, model), name, before.version(), key), change.at());
        });
    }

    @Override
    public Page<ModelVersion> searchVersions(Query query) {
        return database.read(tx -> {
            var search = RegistrySearch.versions(tx.dialect(), query);
            Page<Version> page = Pages.read(
                    tx,
                    "select " + Version.COLUMNS,
                    search.where(),
                    search.order(),
                    query.maxResults(),
                    query.pageToken(),
                    Version::of);
            return new Page<>(Version.load(tx, page.items()), page.nextPageToken());
        });
    }

    private interface Step {
        void make(Tx tx, Model model, ModelVersion before) throws SQLException;
    }

    private ModelVersion changeVersion(String name, long version, Step step) {
        return database.write(name, tx -> {
            Model model = lock(tx, name, version);
            step.make(tx, model, requireVersion(tx, model, version));
            return requireVersion(tx, model, version);
        });
    }

    private void log(Tx tx, Change change, String action, String subject, String model, Object before, Object after) {
        audit.append(tx, Draft.of(change, action, subject, model, before, after));
    }

    /** One field for the audit log; null when it has no value. */
    private static Map<String, String> field(String name, String value) {
        return value == null ? null : Map.of(name, value);
    }

    private static Optional<String> modelTag(Tx tx, Model model, String key) throws SQLException {
        return tx.first(
                Sql.of("select value from registered_model_tags where model_key = ? and key = ?", model.key, key),
                row -> row.getString(1));
    }

    private static String versionTag(ModelVersion version, String key) {
        return version.tags().stream()
                .filter(tag -> tag.key().equals(key))
                .map(KeyValue::value)
                .findFirst()
                .orElse(null);
    }

    private static void putTag(Tx tx, long modelKey, KeyValue tag) throws SQLException {
        tx.update(Sql.of(
                "insert into registered_model_tags (model_key, key, value) values (?, ?, ?)"
                        + " on conflict (model_key, key) do update set value = excluded.value",
                modelKey,
                tag.key(),
                tag.value()));
    }

    private static void putVersionTag(Tx tx, long modelKey, long version, KeyValue tag) throws SQLException {
        tx.update(Sql.of(
                "insert into model_version_tags (model_key, version, key, value) values (?, ?, ?, ?)"
                        + " on conflict (model_key, version, key) do update set value = excluded.value",
                modelKey,
                version,
                tag.key(),
                tag.value()));
    }

    private static Optional<Model> find(Tx tx, String name) throws SQLException {
        return tx.first(
                Sql.of("select " + Model.COLUMNS + " from registered_models m where m.name = ?", name), Model::of);
    }

    private static Model require(Tx tx, String name) throws SQLException {
        return find(tx, name).orElseThrow(() -> missing(name));
    }

    /** The model, kept from being changed by others until the end of the transaction. */
    static Model lock(Tx tx, String name) throws SQLException {
        return tx.first(
                        Sql.of(
                                "select " + Model.COLUMNS + " from registered_models m where m.name = ?"
                                        + tx.dialect().forUpdate(),
                                name),
                        Model::of)
                .orElseThrow(() -> missing(name));
    }

    /** The same, where what is asked for is one of its versions. */
    private static Model lock(Tx tx, String name, long version) throws SQLException {
        versionsModel(tx, name, version);
        return lock(tx, name);
    }

    static Model versionsModel(Tx tx, String name, long version) throws SQLException {
        return find(tx, name).orElseThrow(() -> missing(name, version));
    }

    static ModelVersion requireVersion(Tx tx, Model model, long version) throws SQLException {
        Sql one = Sql.of(
                "select " + Version.COLUMNS
                        + " from model_versions v join registered_models m on m.model_key = v.model_key"
                        + " where v.model_key = ? and v.version = ?",
                model.key,
                version);
        return Version.load(tx, tx.list(one, Version::of)).stream()
                .findFirst()
                .orElseThrow(() -> missing(model.name, version));
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
        return load(tx, List.of(model)).getFirst();
    }

    /** As {@link #load}, from memory as far as it is at hand. While nothing changes, the same records are handed out. */
    private List<RegisteredModel> look(Tx tx, List<Model> rows) throws SQLException {
        Long entries = audit.entries(tx).orElse(null);
        if (entries == null) {
            return load(tx, rows);
        }
        Map<Model, RegisteredModel> found = new HashMap<>();
        List<Model> missing = new ArrayList<>();
        for (Model row : rows) {
            RegisteredModel copy = models.get(row, entries);
            if (copy != null) {
                found.put(row, copy);
            } else {
                missing.add(row);
            }
        }
        List<RegisteredModel> read = load(tx, missing);
        for (int i = 0; i < read.size(); i++) {
            Model row = missing.get(i);
            RegisteredModel whole = read.get(i);
            found.put(row, whole);
            tx.afterCommit(() -> models.put(row, entries, whole));
        }
        return rows.stream().map(found::get).toList();
    }

    /** Adds to models what other tables know of them, table by table for all of them at once. */
    private static List<RegisteredModel> load(Tx tx, List<Model> models) throws SQLException {
        Map<Long, List<ModelVersion>> latest = new HashMap<>();
        Map<Long, List<KeyValue>> tags = new HashMap<>();
        Map<Long, List<RegisteredModel.Alias>> aliases = new HashMap<>();
        for (List<Model> chunk : Pages.chunks(models)) {
            List<Long> keys = chunk.stream().map(Model::key).toList();
            // A join, because SQLite would read the versions of all models for "in (select …)".
            Sql latestOfStages = Sql.of("select " + Version.COLUMNS
                            + " from (select l.model_key, max(l.version) as version from model_versions l"
                            + " where l.model_key in ")
                    .addIn(keys)
                    .add(" group by l.model_key, l.stage) latest"
                            + " join model_versions v on v.model_key = latest.model_key and v.version = latest.version"
                            + " join registered_models m on m.model_key = v.model_key order by v.version");
            List<Version> versions = tx.list(latestOfStages, Version::of);
            List<ModelVersion> whole = Version.load(tx, versions);
            for (int i = 0; i < versions.size(); i++) {
                latest.computeIfAbsent(versions.get(i).modelKey(), k -> new ArrayList<>())
                        .add(whole.get(i));
            }
            tx.each(
                    Sql.of("select model_key, key, value from registered_model_tags where model_key in ")
                            .addIn(keys)
                            .add(" order by key"),
                    row -> tags.computeIfAbsent(row.getLong(1), k -> new ArrayList<>())
                            .add(new KeyValue(row.getString(2), row.getString(3))));
            tx.each(
                    Sql.of("select model_key, alias, version from registered_model_aliases where model_key in ")
                            .addIn(keys)
                            .add(" order by alias"),
                    row -> aliases.computeIfAbsent(row.getLong(1), k -> new ArrayList<>())
                            .add(new RegisteredModel.Alias(row.getString(2), Long.toString(row.getLong(3)))));
        }
        return models.stream()
                .map(model -> new RegisteredModel(
                        model.name,
                        model.created,
                        model.updated,
                        null,
                        model.description,
                        latest.getOrDefault(model.key, List.of()),
                        tags.getOrDefault(model.key, List.of()),
                        aliases.getOrDefault(model.key, List.of()),
                        null))
                .toList();
    }
}
