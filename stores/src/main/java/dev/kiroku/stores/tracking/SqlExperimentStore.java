package dev.kiroku.stores.tracking;

import static dev.kiroku.model.KirokuException.alreadyExists;
import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.registry.gates.RunFreeze.RunChange;
import dev.kiroku.core.search.Condition;
import dev.kiroku.core.search.OrderTerm;
import dev.kiroku.core.search.SearchField;
import dev.kiroku.core.tracking.ExperimentStore;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.access.VisibleResources;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.tracking.DatasetSummary;
import dev.kiroku.model.tracking.Experiment;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.ViewType;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.Keyset;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.Row;
import dev.kiroku.stores.sql.SqlConditions;
import dev.kiroku.stores.sql.StoredEnums;
import dev.kiroku.stores.sql.Transaction;
import dev.kiroku.stores.sql.VisibilityCondition;
import dev.kiroku.stores.sql.VisibilityCondition.ResourceTable;
import dev.kiroku.stores.users.ResourceGrants;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.Predicate;

/** Experiments in SQL. Thread-safe. */
public final class SqlExperimentStore implements ExperimentStore {
    private static final String COLUMNS =
            "e.id, e.name, e.artifact_location, e.stage, e.last_update_time, e.creation_time";
    /** Writes of experiments are ordered: names are unique. */
    private static final String WRITE_ORDER_KEY = "experiments";

    /** With so few patterns, a lookup for each is not slower than a scan of the first experiments. */
    private static final int FEW_PATTERNS = 10;

    private static final int ACTIVE = StoredEnums.LIFECYCLE_STAGE.encode(LifecycleStage.ACTIVE);

    private final Database database;

    /** Creates the store. */
    public SqlExperimentStore(Database database) {
        this.database = database;
    }

    /** Creates the experiment Default if it is missing. */
    public void createDefault(LongFunction<String> artifactRoot, long now) {
        boolean exists =
                database.read(tx -> select(tx, Sql.of("e.id = ?", DEFAULT_ID)).isPresent());
        if (exists) {
            return;
        }
        String insert = database.dialect().insertIfAbsent("""
                        insert into experiments (id, name, artifact_location, stage, creation_time, last_update_time)
                        values (?, ?, ?, ?, ?, ?)""");
        database.write(
                WRITE_ORDER_KEY,
                tx -> tx.update(
                        Sql.of(insert, DEFAULT_ID, "Default", artifactRoot.apply(DEFAULT_ID), ACTIVE, now, now)));
    }

    @Override
    public long create(String name, LongFunction<String> artifactRoot, List<KeyValue> tags, Caller creator, long now) {
        return database.write(WRITE_ORDER_KEY, tx -> {
            if (select(tx, Sql.of("e.name = ?", name)).isPresent()) {
                throw nameTaken(name);
            }
            long id = tx.insertReturningKey(Sql.of("""
                            insert into experiments (name, artifact_location, stage, creation_time, last_update_time)
                            values (?, '', ?, ?, ?)""", name, ACTIVE, now, now), "id");
            tx.update(Sql.of("update experiments set artifact_location = ? where id = ?", artifactRoot.apply(id), id));
            for (KeyValue tag : tags) {
                putTag(tx, id, tag);
            }
            ResourceGrants.addCreator(tx, creator, ResourceType.EXPERIMENT, Long.toString(id), now);
            return id;
        });
    }

    @Override
    public Experiment get(long id) {
        return database.read(tx -> withTags(tx, List.of(require(tx, id))).getFirst());
    }

    @Override
    public Optional<Experiment> findByName(String name) {
        return database.read(tx -> {
            Optional<Experiment> found = select(tx, Sql.of("e.name = ?", name));
            return found.isEmpty()
                    ? found
                    : Optional.of(withTags(tx, List.of(found.get())).getFirst());
        });
    }

    @Override
    public Map<Long, String> findNames(Collection<Long> ids) {
        Map<Long, String> names = new HashMap<>();
        for (List<Long> chunk : PageQuery.chunks(List.copyOf(ids))) {
            Sql query = Sql.of("select id, name from experiments where id in ").addIn(chunk);
            names.putAll(database.readAutoCommit(tx -> {
                Map<Long, String> found = new HashMap<>();
                tx.queryEach(query, row -> found.put(row.getLong("id"), row.getString("name")));
                return found;
            }));
        }
        return names;
    }

    @Override
    public void rename(long id, String name, long now) {
        database.write(WRITE_ORDER_KEY, tx -> {
            Experiment before = require(tx, id);
            if (!isActive(before)) {
                throw new KirokuException(ErrorCode.BAD_REQUEST, "Cannot rename a non-active experiment.");
            }
            Optional<Experiment> holder = select(tx, Sql.of("e.name = ?", name));
            if (holder.isPresent() && !holder.get().experimentId().equals(Long.toString(id))) {
                throw nameTaken(name);
            }
            ResourceGrants.renameExperiment(tx, before.name(), name);
            return tx.update(
                    Sql.of("update experiments set name = ?, last_update_time = ? where id = ?", name, now, id));
        });
    }

    @Override
    public void setLifecycleStage(long id, LifecycleStage stage, long now) {
        int stageCode = StoredEnums.LIFECYCLE_STAGE.encode(stage);
        database.run(WRITE_ORDER_KEY, tx -> {
            int updated = tx.update(Sql.of(
                    "update experiments set stage = ?, last_update_time = ? where id = ? and stage <> ?",
                    stageCode,
                    now,
                    id,
                    stageCode));
            if (updated == 0) {
                throw experimentNotFound(id);
            }
            Long deletedTime = stage == LifecycleStage.DELETED ? now : null;
            tx.update(Sql.of(
                    "update runs set stage = ?, deleted_time = ? where experiment_id = ?", stageCode, deletedTime, id));
            if (stage == LifecycleStage.DELETED) {
                for (String run : tx.queryList(
                        Sql.of("select run_id from runs where experiment_id = ? and watched = 1", id),
                        row -> row.getString("run_id"))) {
                    WatchedRuns.requireUnfrozen(tx, run, RunChange.DELETION);
                }
            }
        });
    }

    @Override
    public void setTag(long id, KeyValue tag) {
        database.run(WRITE_ORDER_KEY, tx -> {
            requireActive(tx, id);
            putTag(tx, id, tag);
        });
    }

    @Override
    public void deleteTag(long id, String key) {
        database.run(WRITE_ORDER_KEY, tx -> {
            requireActive(tx, id);
            if (tx.update(Sql.of("delete from experiment_tags where experiment_id = ? and key = ?", id, key)) == 0) {
                throw notFound("No tag with name: %s in experiment with id %d", key, id);
            }
        });
    }

    @Override
    public Page<Experiment> search(Query query) {
        return database.read(tx -> {
            Page<Experiment> page = readPage(tx, query);
            return new Page<>(withTags(tx, page.items()), page.nextPageToken());
        });
    }

    /** Returns a page without tags of experiments. */
    private static Page<Experiment> readPage(Transaction tx, Query query) throws SQLException {
        VisibleResources visible = query.visible();
        Keyset keyset = order(query.order());
        Sql matching = new Sql();
        if (query.view() != ViewType.ALL) {
            LifecycleStage stage =
                    query.view() == ViewType.ACTIVE_ONLY ? LifecycleStage.ACTIVE : LifecycleStage.DELETED;
            matching.add(" and e.stage = ?", StoredEnums.LIFECYCLE_STAGE.encode(stage));
        }
        for (Condition condition : query.filter().conditions()) {
            matching.add(" and ").add(compile(tx, condition));
        }
        if (!visible.isAll() && (visible.byDefault() || visible.allowed().size() > FEW_PATTERNS)) {
            // Who has many grants can usually read many of the experiments. So the page is among the first ones, and
            // the patterns of all
            // other experiments need not be looked up.
            Predicate<ResourceKey> filter = visible.filter();
            Optional<Page<Experiment>> page = PageQuery.readPassing(
                    tx,
                    "select " + COLUMNS,
                    Sql.of(" from experiments e where 1 = 1").add(matching),
                    keyset,
                    query.maxResults(),
                    query.pageToken(),
                    SqlExperimentStore::experiment,
                    row -> filter.test(
                            ResourceKey.experiment(Long.toString(row.getLong("id")), row.getString("name"))));
            if (page.isPresent()) {
                return page.get();
            }
        }
        return PageQuery.read(
                tx,
                "select " + COLUMNS,
                VisibilityCondition.from(visible, ResourceTable.EXPERIMENTS, "e", tx.dialect())
                        .add(matching),
                keyset,
                query.maxResults(),
                query.pageToken(),
                SqlExperimentStore::experiment);
    }

    private static Sql compile(Transaction tx, Condition condition) {
        SearchField field = condition.field();
        if (field.kind() == SearchField.Kind.TAG) {
            Sql tag = Sql.of("select 1 from experiment_tags t where t.experiment_id = e.id and t.key = ?", field.key());
            return SqlConditions.exists(tag, "t.value", condition, tx.dialect());
        }
        // The search language compares ids as texts; the table has numbers.
        String column = field.key().equals("experiment_id") ? tx.dialect().castToText("e.id") : column(field.key());
        return SqlConditions.compare(column, condition, tx.dialect());
    }

    private static Keyset order(List<OrderTerm> terms) {
        Keyset keyset = new Keyset("experiments " + terms);
        boolean unique = false;
        for (OrderTerm term : terms) {
            String key = term.field().key();
            keyset.addKey(
                    column(key), key.equals("name") ? Keyset.ValueType.TEXT : Keyset.ValueType.LONG, term.ascending());
            unique |= key.equals("experiment_id");
        }
        if (terms.isEmpty()) {
            keyset.addKey("e.creation_time", Keyset.ValueType.LONG, false).addKey("e.id", Keyset.ValueType.LONG, true);
        } else if (!unique) {
            keyset.addKey("e.id", Keyset.ValueType.LONG, false);
        }
        return keyset;
    }

    private static String column(String attribute) {
        return switch (attribute) {
            case "experiment_id" -> "e.id";
            case "name" -> "e.name";
            case "creation_time" -> "e.creation_time";
            case "last_update_time" -> "e.last_update_time";
            default -> throw invalid("Experiments cannot be searched by the attribute '%s'.", attribute);
        };
    }

    @Override
    public List<DatasetSummary> findDatasets(List<Long> experimentIds, int limit) {
        Sql query = Sql.of("""
                        select distinct d.experiment_id, d.name, d.digest, t.value as context
                        from datasets d join run_datasets r on r.dataset_id = d.id
                        left join run_dataset_tags t
                          on t.run_key = r.run_key and t.dataset_id = r.dataset_id and t.key = 'mlflow.data.context'
                        where d.experiment_id in\s""").addIn(experimentIds).add(" limit " + limit);
        return database.read(tx -> tx.queryList(
                query,
                row -> new DatasetSummary(
                        Long.toString(row.getLong("experiment_id")),
                        row.getString("name"),
                        row.getString("digest"),
                        row.getStringOrNull("context"))));
    }

    private static void putTag(Transaction tx, long id, KeyValue tag) throws SQLException {
        String upsert = tx.dialect()
                .upsert(
                        "insert into experiment_tags (experiment_id, key, value) values (?, ?, ?)",
                        "experiment_id, key",
                        "value");
        tx.update(Sql.of(upsert, id, tag.key(), tag.value()));
    }

    /**
     * Returns an experiment without its tags.
     *
     * @throws KirokuException RESOURCE_DOES_NOT_EXIST if there is none
     */
    static Experiment require(Transaction tx, long id) throws SQLException {
        return select(tx, Sql.of("e.id = ?", id)).orElseThrow(() -> experimentNotFound(id));
    }

    /**
     * Returns an active experiment without its tags.
     *
     * @throws KirokuException RESOURCE_DOES_NOT_EXIST if there is none, INVALID_PARAMETER_VALUE if it is deleted
     */
    static Experiment requireActive(Transaction tx, long id) throws SQLException {
        Experiment experiment = require(tx, id);
        if (!isActive(experiment)) {
            throw invalid(
                    "The experiment %d must be in the 'active' state. Current state is %s.",
                    id, experiment.lifecycleStage());
        }
        return experiment;
    }

    private static boolean isActive(Experiment experiment) {
        return experiment.lifecycleStage().equals(LifecycleStage.ACTIVE.wireName());
    }

    private static KirokuException experimentNotFound(long id) {
        return notFound("No Experiment with id=%d exists", id);
    }

    private static KirokuException nameTaken(String name) {
        return alreadyExists(
                "Experiment(name=%s) already exists. Choose another name; or restore it if it was deleted.", name);
    }

    private static Optional<Experiment> select(Transaction tx, Sql where) throws SQLException {
        return tx.queryFirst(
                Sql.of("select " + COLUMNS + " from experiments e where ").add(where), SqlExperimentStore::experiment);
    }

    private static Experiment experiment(Row row) throws SQLException {
        return new Experiment(
                Long.toString(row.getLong("id")),
                row.getString("name"),
                row.getString("artifact_location"),
                row.get("stage", StoredEnums.LIFECYCLE_STAGE).wireName(),
                row.getLong("last_update_time"),
                row.getLong("creation_time"),
                List.of(),
                Experiment.DEFAULT_WORKSPACE);
    }

    private static List<Experiment> withTags(Transaction tx, List<Experiment> experiments) throws SQLException {
        Map<String, List<KeyValue>> tags = new HashMap<>();
        for (List<Experiment> chunk : PageQuery.chunks(experiments)) {
            Sql query = Sql.of("select experiment_id, key, value from experiment_tags where experiment_id in ")
                    .addIn(chunk.stream()
                            .map(e -> Long.valueOf(e.experimentId()))
                            .toList());
            tx.queryEach(
                    query,
                    row -> tags.computeIfAbsent(Long.toString(row.getLong("experiment_id")), _ -> new ArrayList<>())
                            .add(new KeyValue(row.getString("key"), row.getString("value"))));
        }
        return experiments.stream()
                .map(e -> new Experiment(
                        e.experimentId(),
                        e.name(),
                        e.artifactLocation(),
                        e.lifecycleStage(),
                        e.lastUpdateTime(),
                        e.creationTime(),
                        tags.getOrDefault(e.experimentId(), List.of()),
                        e.workspace()))
                .toList();
    }
}
