package dev.kiroku.stores.registry;

import static dev.kiroku.model.KirokuException.alreadyExists;
import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.AuditSubjects;
import dev.kiroku.core.registry.RegistryStore;
import dev.kiroku.core.registry.Stage;
import dev.kiroku.core.registry.approvals.Assignment;
import dev.kiroku.core.registry.gates.GateEvaluator;
import dev.kiroku.core.registry.gates.GateTarget;
import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.RegisteredModel;
import dev.kiroku.stores.audit.SqlAuditLog;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.Transaction;
import dev.kiroku.stores.sql.VersionedCache;
import dev.kiroku.stores.webhooks.WebhookOutbox;
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
    private final AssignmentWriter assignments;
    private final WebhookOutbox outbox;
    // Copies are known by the row that they were read with, and good while the audit log has no further entry: a change
    // of what is copied leaves an
    // entry in its transaction or, where a version is moved to the stage that it has, another time in the row.
    private final VersionedCache<ModelRow, RegisteredModel> models =
            new VersionedCache<>(MAX_ITEMS, SqlRegistryStore::items);
    private final VersionedCache<VersionRow, ModelVersion> versions = new VersionedCache<>(
            MAX_ITEMS, version -> 1 + version.tags().size() + version.aliases().size());

    public SqlRegistryStore(Database database, SqlAuditLog audit, WebhookOutbox outbox) {
        this.database = database;
        this.audit = audit;
        this.assignments = new AssignmentWriter(audit, outbox);
        this.outbox = outbox;
    }

    /** A model as far as its own table knows it. */
    record ModelRow(long key, String name, String description, long created, long updated) {
        static final String COLUMNS = "m.model_key, m.name, m.description, m.creation_time, m.last_update_time";

        static ModelRow of(ResultSet row) throws SQLException {
            return new ModelRow(row.getLong(1), row.getString(2), row.getString(3), row.getLong(4), row.getLong(5));
        }
    }

    private static int items(RegisteredModel model) {
        return 1
                + model.latestVersions().size()
                + model.tags().size()
                + model.aliases().size();
    }

    @Override
    public RegisteredModel create(String name, String description, List<KeyValue> tags, ChangeContext change) {
        return database.write(name, tx -> {
            if (find(tx, name).isPresent()) {
                throw nameTaken(name);
            }
            tx.update(Sql.of(
                    "insert into registered_models (name, description, creation_time, last_update_time, last_version) values (?, ?, ?, ?, 0)",
                    name,
                    description,
                    change.timestamp(),
                    change.timestamp()));
            ModelRow model = require(tx, name);
            for (KeyValue tag : tags) {
                putTag(tx, model.key, tag);
            }
            RegisteredModel created = load(tx, model);
            log(tx, change, "model.create", AuditSubjects.model(name), name, null, AuditContent.of(created));
            outbox.emit(tx, WebhookMessage.modelCreated(name, tags, description), change.timestamp());
            return created;
        });
    }

    @Override
    public RegisteredModel get(String name) {
        return database.read(tx -> loadCached(tx, List.of(require(tx, name))).getFirst());
    }

    @Override
    public RegisteredModel rename(String name, String newName, ChangeContext change) {
        return database.write(name, tx -> {
            ModelRow model = lock(tx, name);
            if (!newName.equals(name) && find(tx, newName).isPresent()) {
                throw nameTaken(newName);
            }
            GateEvaluator.requireSameGates(new SqlGateContext(tx, model), newName);
            tx.update(Sql.of(
                    "update registered_models set name = ?, last_update_time = ? where model_key = ?",
                    newName,
                    change.timestamp(),
                    model.key));
            tx.update(Sql.of(
                    "update model_versions set last_update_time = ? where model_key = ?",
                    change.timestamp(),
                    model.key));
            tx.update(Sql.of("update approval_requests set model = ? where model_key = ?", newName, model.key));
            log(
                    tx,
                    change,
                    "model.rename",
                    AuditSubjects.model(name),
                    name,
                    Map.of("name", name),
                    Map.of("name", newName));
            return load(tx, require(tx, newName));
        });
    }

    @Override
    public RegisteredModel updateDescription(String name, String description, ChangeContext change) {
        return database.write(name, tx -> {
            ModelRow model = lock(tx, name);
            tx.update(Sql.of(
                    "update registered_models set description = ?, last_update_time = ? where model_key = ?",
                    description,
                    change.timestamp(),
                    model.key));
            log(
                    tx,
                    change,
                    "model.update",
                    AuditSubjects.model(name),
                    name,
                    field("description", model.description),
                    field("description", description));
            return load(tx, require(tx, name));
        });
    }

    @Override
    public void delete(String name, ChangeContext change) {
        database.write(name, tx -> {
            ModelRow model = lock(tx, name);
            var view = new SqlGateContext(tx, model);
            GateEvaluator.requireUnprotected(view, view.listTargets(), "Model '" + name + "'");
            log(tx, change, "model.delete", AuditSubjects.model(name), name, AuditContent.of(load(tx, model)), null);
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
    public void setTag(String name, KeyValue tag, ChangeContext change) {
        database.write(name, tx -> {
            ModelRow model = lock(tx, name);
            String before = modelTag(tx, model, tag.key()).orElse(null);
            putTag(tx, model.key, tag);
            log(
                    tx,
                    change,
                    "model.tag.set",
                    AuditSubjects.model(name),
                    name,
                    field(tag.key(), before),
                    field(tag.key(), tag.value()));
            if (AssignmentWriter.isPrompt(tx, model)) {
                outbox.emit(tx, WebhookMessage.promptTagSet(name, tag), change.timestamp());
            }
            return null;
        });
    }

    @Override
    public void deleteTag(String name, String key, ChangeContext change) {
        database.write(name, tx -> {
            ModelRow model = lock(tx, name);
            Optional<String> before = modelTag(tx, model, key);
            if (before.isPresent()) {
                tx.update(Sql.of("delete from registered_model_tags where model_key = ? and key = ?", model.key, key));
                log(tx, change, "model.tag.delete", AuditSubjects.model(name), name, field(key, before.get()), null);
            }
            if (AssignmentWriter.isPrompt(tx, model)) {
                outbox.emit(tx, WebhookMessage.promptTagDeleted(name, key), change.timestamp());
            }
            return null;
        });
    }

    @Override
    public void setAlias(String name, String alias, long version, Long expected, ChangeContext change) {
        refuse(database.write(name, tx -> {
            ModelRow model = lock(tx, name);
            long holder = expectedHolder(tx, model, alias, expected);
            requireVersion(tx, model, version);
            if (holder == version) { // MLflow tells of it even so
                outbox.emit(
                        tx,
                        WebhookMessage.aliasSet(
                                AssignmentWriter.isPrompt(tx, model), name, alias, Long.toString(version)),
                        change.timestamp());
                return null;
            }
            return assignments.assign(tx, model, new Assignment(GateTarget.alias(alias), version, false), change);
        }));
    }

    @Override
    public void deleteAlias(String name, String alias, Long expected, ChangeContext change) {
        refuse(database.write(name, tx -> {
            ModelRow model = lock(tx, name);
            long holder = expectedHolder(tx, model, alias, expected);
            if (holder == 0) {
                outbox.emit(
                        tx,
                        WebhookMessage.aliasDeleted(AssignmentWriter.isPrompt(tx, model), name, alias),
                        change.timestamp());
                return null;
            }
            return assignments.assign(tx, model, new Assignment(GateTarget.alias(alias), 0, false), change);
        }));
    }

    /** Tells of a refusal after what it has left behind, a request for approval, is committed. */
    private static void refuse(KirokuException refusal) {
        if (refusal != null) {
            throw refusal;
        }
    }

    /** @return the version that an alias points at, or 0; RESOURCE_CONFLICT when it is not the one that was expected */
    private static long expectedHolder(Transaction tx, ModelRow model, String alias, Long expected)
            throws SQLException {
        long holder = AssignmentWriter.holder(tx, model, alias);
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
    public ModelVersion getVersionByAlias(String name, String alias) {
        // Whatever serves models asks for it again and again.
        Optional<ModelVersion> copy =
                database.readAutoCommit(tx -> holder(tx, name, alias)).flatMap(this::findCached);
        return copy.orElseGet(() -> database.read(tx -> {
            AliasHolder holder = holder(tx, name, alias).orElse(null);
            if (holder == null) {
                require(tx, name);
                throw invalid("Registered model alias %s not found.", alias);
            }
            ModelVersion read = VersionRow.load(tx, List.of(holder.row)).getFirst();
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
    private record AliasHolder(VersionRow row, Long entries) {}

    private static Optional<AliasHolder> holder(Transaction tx, String name, String alias) throws SQLException {
        return tx.queryFirst(
                Sql.of(
                        "select " + VersionRow.COLUMNS + ", h.entries from registered_models m"
                                + " join registered_model_aliases a on a.model_key = m.model_key and a.alias = ?"
                                + " join model_versions v on v.model_key = a.model_key and v.version = a.version"
                                + " left join audit_head h on h.id = 1 where m.name = ?",
                        alias,
                        name),
                row -> new AliasHolder(VersionRow.of(row), entries(row)));
    }

    private Optional<ModelVersion> findCached(AliasHolder holder) {
        return holder.entries == null
                ? Optional.empty()
                : Optional.ofNullable(versions.get(holder.row, holder.entries));
    }

    private static Long entries(ResultSet row) throws SQLException {
        long entries = row.getLong(VersionRow.WIDTH + 1);
        return row.wasNull() ? null : (Long) entries;
    }

    @Override
    public Page<RegisteredModel> search(Query query) {
        return database.read(tx -> {
            var search = RegistrySearch.models(tx.dialect(), query);
            Page<ModelRow> page = PageQuery.read(
                    tx,
                    "select " + ModelRow.COLUMNS,
                    search.where(),
                    search.order(),
                    query.maxResults(),
                    query.pageToken(),
                    ModelRow::of);
            return new Page<>(loadCached(tx, page.items()), page.nextPageToken());
        });
    }

    @Override
    public ModelVersion createVersion(NewVersion v, ChangeContext change) {
        return database.write(v.name(), tx -> {
            ModelRow model = lock(tx, v.name());
            long version = tx.queryFirst(
                            Sql.of(
                                    "update registered_models set last_version = last_version + 1, last_update_time = ? where model_key = ?"
                                            + " returning last_version",
                                    change.timestamp(),
                                    model.key),
                            row -> row.getLong(1))
                    .orElseThrow();
            tx.update(Sql.of(
                    "insert into model_versions (model_key, version, creation_time, last_update_time, description, stage, source, storage_location,"
                            + " run_id, run_link) values (?, ?, ?, ?, ?, 0, ?, ?, ?, ?)",
                    model.key,
                    version,
                    change.timestamp(),
                    change.timestamp(),
                    v.description(),
                    v.source(),
                    v.storageLocation(),
                    v.runId(),
                    v.runLink()));
            for (KeyValue tag : v.tags()) {
                putVersionTag(tx, model.key, version, tag);
            }
            if (v.mlmodel() != null) {
                tx.update(Sql.of(
                        "insert into model_version_contents (model_key, version, has_signature, flavors) values (?, ?, ?, ?)",
                        model.key,
                        version,
                        v.mlmodel().hasSignature() ? 1 : 0,
                        String.join("\n", v.mlmodel().flavors())));
            }
            ModelVersion created = requireVersion(tx, model, version);
            log(
                    tx,
                    change,
                    "version.create",
                    AuditSubjects.version(v.name(), version),
                    v.name(),
                    null,
                    AuditContent.of(created));
            outbox.emit(
                    tx,
                    WebhookMessage.versionCreated(
                            v.name(), created.version(), v.source(), v.runId(), v.tags(), v.description()),
                    change.timestamp());
            return created;
        });
    }

    @Override
    public ModelVersion getVersion(String name, long version) {
        return database.read(tx -> requireVersion(tx, versionsModel(tx, name, version), version));
    }

    @Override
    public String getStorageLocation(String name, long version) {
        return database.read(tx -> tx.queryFirst(
                        Sql.of(
                                "select v.storage_location from model_versions v join registered_models m on m.model_key = v.model_key"
                                        + " where m.name = ? and v.version = ?",
                                name,
                                version),
                        row -> row.getString(1))
                .orElseThrow(() -> missing(name, version)));
    }

    @Override
    public ModelVersion updateVersionDescription(String name, long version, String description, ChangeContext change) {
        return changeVersion(name, version, (tx, model, before) -> {
            tx.update(Sql.of(
                    "update model_versions set description = ?, last_update_time = ? where model_key = ? and version = ?",
                    description,
                    change.timestamp(),
                    model.key,
                    version));
            log(
                    tx,
                    change,
                    "version.update",
                    AuditSubjects.version(name, version),
                    name,
                    field("description", before.description()),
                    field("description", description));
        });
    }

    @Override
    public ModelVersion transitionStage(
            String name, long version, Stage stage, boolean archiveOthers, ChangeContext change) {
        refuse(database.write(name, tx -> {
            ModelRow model = lock(tx, name, version);
            ModelVersion before = requireVersion(tx, model, version);
            var move = new Assignment(GateTarget.stage(stage), version, archiveOthers);
            if (before.currentStage().equals(stage.wireName()) && !archiveOthers) {
                assignments.apply(tx, model, move, change, null);
                return null;
            }
            return assignments.assign(tx, model, move, change);
        }));
        return getVersion(name, version);
    }

    @Override
    public void deleteVersion(String name, long version, ChangeContext change) {
        database.write(name, tx -> {
            ModelRow model = lock(tx, name, version);
            ModelVersion before = requireVersion(tx, model, version);
            var view = new SqlGateContext(tx, model);
            GateEvaluator.requireUnprotected(
                    view, view.listTargetsOf(before), "Version " + version + " of model '" + name + "'");
            for (String table : List.of(
                    "model_version_tags", "model_version_contents", "registered_model_aliases", "model_versions")) {
                tx.update(Sql.of("delete from " + table + " where model_key = ? and version = ?", model.key, version));
            }
            AssignmentWriter.touch(tx, model, change);
            log(
                    tx,
                    change,
                    "version.delete",
                    AuditSubjects.version(name, version),
                    name,
                    AuditContent.of(before),
                    null);
            return null;
        });
    }

    @Override
    public void setVersionTag(String name, long version, KeyValue tag, ChangeContext change) {
        changeVersion(name, version, (tx, model, before) -> {
            putVersionTag(tx, model.key, version, tag);
            log(
                    tx,
                    change,
                    "version.tag.set",
                    AuditSubjects.version(name, version),
                    name,
                    field(tag.key(), versionTag(before, tag.key())),
                    field(tag.key(), tag.value()));
            outbox.emit(
                    tx,
                    WebhookMessage.versionTagSet(AssignmentWriter.isPrompt(tx, model), name, before.version(), tag),
                    change.timestamp());
        });
    }

    @Override
    public void deleteVersionTag(String name, long version, String key, ChangeContext change) {
        changeVersion(name, version, (tx, model, before) -> {
            String value = versionTag(before, key);
            if (value != null) {
                tx.update(Sql.of(
                        "delete from model_version_tags where model_key = ? and version = ? and key = ?",
                        model.key,
                        version,
                        key));
                log(
                        tx,
                        change,
                        "version.tag.delete",
                        AuditSubjects.version(name, version),
                        name,
                        field(key, value),
                        null);
            }
            outbox.emit(
                    tx,
                    WebhookMessage.versionTagDeleted(AssignmentWriter.isPrompt(tx, model), name, before.version(), key),
                    change.timestamp());
        });
    }

    @Override
    public Page<ModelVersion> searchVersions(Query query) {
        return database.read(tx -> {
            var search = RegistrySearch.versions(tx.dialect(), query);
            Page<VersionRow> page = PageQuery.read(
                    tx,
                    "select " + VersionRow.COLUMNS,
                    search.where(),
                    search.order(),
                    query.maxResults(),
                    query.pageToken(),
                    VersionRow::of);
            return new Page<>(VersionRow.load(tx, page.items()), page.nextPageToken());
        });
    }

    private interface Step {
        void make(Transaction tx, ModelRow model, ModelVersion before) throws SQLException;
    }

    private ModelVersion changeVersion(String name, long version, Step step) {
        return database.write(name, tx -> {
            ModelRow model = lock(tx, name, version);
            step.make(tx, model, requireVersion(tx, model, version));
            return requireVersion(tx, model, version);
        });
    }

    private void log(
            Transaction tx,
            ChangeContext change,
            String action,
            String subject,
            String model,
            Object before,
            Object after) {
        audit.append(tx, AuditEvent.of(change, action, subject, model, before, after));
    }

    /** One field for the audit log; null when it has no value. */
    private static Map<String, String> field(String name, String value) {
        return value == null ? null : Map.of(name, value);
    }

    private static Optional<String> modelTag(Transaction tx, ModelRow model, String key) throws SQLException {
        return tx.queryFirst(
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

    private static void putTag(Transaction tx, long modelKey, KeyValue tag) throws SQLException {
        tx.update(Sql.of(
                "insert into registered_model_tags (model_key, key, value) values (?, ?, ?)"
                        + " on conflict (model_key, key) do update set value = excluded.value",
                modelKey,
                tag.key(),
                tag.value()));
    }

    private static void putVersionTag(Transaction tx, long modelKey, long version, KeyValue tag) throws SQLException {
        tx.update(Sql.of(
                "insert into model_version_tags (model_key, version, key, value) values (?, ?, ?, ?)"
                        + " on conflict (model_key, version, key) do update set value = excluded.value",
                modelKey,
                version,
                tag.key(),
                tag.value()));
    }

    private static Optional<ModelRow> find(Transaction tx, String name) throws SQLException {
        return tx.queryFirst(
                Sql.of("select " + ModelRow.COLUMNS + " from registered_models m where m.name = ?", name),
                ModelRow::of);
    }

    private static ModelRow require(Transaction tx, String name) throws SQLException {
        return find(tx, name).orElseThrow(() -> missing(name));
    }

    /** The model, kept from being changed by others until the end of the transaction. */
    static ModelRow lock(Transaction tx, String name) throws SQLException {
        return tx.queryFirst(
                        Sql.of(
                                "select " + ModelRow.COLUMNS + " from registered_models m where m.name = ?"
                                        + tx.dialect().forUpdate(),
                                name),
                        ModelRow::of)
                .orElseThrow(() -> missing(name));
    }

    /** The same, where what is asked for is one of its versions. */
    private static ModelRow lock(Transaction tx, String name, long version) throws SQLException {
        versionsModel(tx, name, version);
        return lock(tx, name);
    }

    static ModelRow versionsModel(Transaction tx, String name, long version) throws SQLException {
        return find(tx, name).orElseThrow(() -> missing(name, version));
    }

    static ModelVersion requireVersion(Transaction tx, ModelRow model, long version) throws SQLException {
        Sql one = Sql.of(
                "select " + VersionRow.COLUMNS
                        + " from model_versions v join registered_models m on m.model_key = v.model_key"
                        + " where v.model_key = ? and v.version = ?",
                model.key,
                version);
        return VersionRow.load(tx, tx.queryList(one, VersionRow::of)).stream()
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

    private static RegisteredModel load(Transaction tx, ModelRow model) throws SQLException {
        return load(tx, List.of(model)).getFirst();
    }

    /** As {@link #load}, from memory as far as it is at hand. While nothing changes, the same records are handed out. */
    private List<RegisteredModel> loadCached(Transaction tx, List<ModelRow> rows) throws SQLException {
        Long entries = audit.countEntries(tx).orElse(null);
        if (entries == null) {
            return load(tx, rows);
        }
        Map<ModelRow, RegisteredModel> found = new HashMap<>();
        List<ModelRow> missing = new ArrayList<>();
        for (ModelRow row : rows) {
            RegisteredModel copy = models.get(row, entries);
            if (copy != null) {
                found.put(row, copy);
            } else {
                missing.add(row);
            }
        }
        List<RegisteredModel> read = load(tx, missing);
        for (int i = 0; i < read.size(); i++) {
            ModelRow row = missing.get(i);
            RegisteredModel whole = read.get(i);
            found.put(row, whole);
            tx.afterCommit(() -> models.put(row, entries, whole));
        }
        return rows.stream().map(found::get).toList();
    }

    /** Adds to models what other tables know of them, table by table for all of them at once. */
    private static List<RegisteredModel> load(Transaction tx, List<ModelRow> models) throws SQLException {
        Map<Long, List<ModelVersion>> latest = new HashMap<>();
        Map<Long, List<KeyValue>> tags = new HashMap<>();
        Map<Long, List<RegisteredModel.Alias>> aliases = new HashMap<>();
        for (List<ModelRow> chunk : PageQuery.chunks(models)) {
            List<Long> keys = chunk.stream().map(ModelRow::key).toList();
            // A join, because SQLite would read the versions of all models for "in (select …)".
            Sql latestOfStages = Sql.of("select " + VersionRow.COLUMNS
                            + " from (select l.model_key, max(l.version) as version from model_versions l"
                            + " where l.model_key in ")
                    .addIn(keys)
                    .add(" group by l.model_key, l.stage) latest"
                            + " join model_versions v on v.model_key = latest.model_key and v.version = latest.version"
                            + " join registered_models m on m.model_key = v.model_key order by v.version");
            List<VersionRow> versions = tx.queryList(latestOfStages, VersionRow::of);
            List<ModelVersion> whole = VersionRow.load(tx, versions);
            for (int i = 0; i < versions.size(); i++) {
                latest.computeIfAbsent(versions.get(i).modelKey(), k -> new ArrayList<>())
                        .add(whole.get(i));
            }
            tx.queryEach(
                    Sql.of("select model_key, key, value from registered_model_tags where model_key in ")
                            .addIn(keys)
                            .add(" order by key"),
                    row -> tags.computeIfAbsent(row.getLong(1), k -> new ArrayList<>())
                            .add(new KeyValue(row.getString(2), row.getString(3))));
            tx.queryEach(
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
