package dev.kiroku.stores.registry;

import static dev.kiroku.core.registry.store.RegistrySnapshot.modelNotFound;
import static dev.kiroku.core.registry.store.RegistrySnapshot.versionNotFound;
import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.stores.registry.UncheckedSqlException.unwrapped;

import dev.kiroku.core.registry.store.ModelRow;
import dev.kiroku.core.registry.store.RegistrySnapshot;
import dev.kiroku.core.registry.store.RegistryStore;
import dev.kiroku.core.registry.store.RegistryTransaction;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.RegisteredModel;
import dev.kiroku.stores.audit.SqlAuditLog;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.Row;
import dev.kiroku.stores.sql.Transaction;
import dev.kiroku.stores.sql.VersionedCache;
import dev.kiroku.stores.webhooks.WebhookOutbox;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The model registry in SQL: transactions, searches, and reads through caches. */
public final class SqlRegistryStore implements RegistryStore {
    /** Models, versions, tags and aliases in each cache; about 20 MB. */
    private static final int CACHE_WEIGHT = 20_000;

    private final Database database;
    private final SqlAuditLog audit;
    private final WebhookOutbox outbox;
    private final VersionFactsReader factsReader;
    // An entry is valid for the row that it was read with while the audit log has no further entry: each change of what
    // is cached appends an audit log entry in its transaction or, if a version is assigned the stage that it has,
    // changes the time in the row.
    private final VersionedCache<ModelRow, RegisteredModel> models =
            new VersionedCache<>(CACHE_WEIGHT, SqlRegistryStore::weight);
    private final VersionedCache<VersionRow, ModelVersion> versions = new VersionedCache<>(
            CACHE_WEIGHT,
            version -> 1 + version.tags().size() + version.aliases().size());

    /**
     * Creates the store of a database.
     *
     * @param trustedArtifactRoots as in {@link dev.kiroku.stores.StoreSettings}
     */
    public SqlRegistryStore(
            Database database, SqlAuditLog audit, WebhookOutbox outbox, List<String> trustedArtifactRoots) {
        this.database = database;
        this.audit = audit;
        this.outbox = outbox;
        this.factsReader = new VersionFactsReader(trustedArtifactRoots);
    }

    private static int weight(RegisteredModel model) {
        return 1
                + model.latestVersions().size()
                + model.tags().size()
                + model.aliases().size();
    }

    @Override
    public <T> T inSnapshot(Function<RegistrySnapshot, T> work) {
        return database.read(tx -> unwrapped(() -> work.apply(new SqlRegistrySnapshot(tx, factsReader))));
    }

    @Override
    public <T> T inTransaction(String subject, Function<RegistryTransaction, T> work) {
        return database.write(
                subject, tx -> unwrapped(() -> work.apply(new SqlRegistryTransaction(tx, factsReader, audit, outbox))));
    }

    @Override
    public RegisteredModel get(String name) {
        return database.read(
                tx -> loadCached(tx, List.of(requireModel(tx, name))).getFirst());
    }

    private static ModelRow requireModel(Transaction tx, String name) throws SQLException {
        return ModelTable.find(tx, name).orElseThrow(() -> modelNotFound(name));
    }

    @Override
    public ModelVersion getVersion(String name, long version) {
        return database.read(tx -> {
            ModelRow model = ModelTable.find(tx, name).orElseThrow(() -> versionNotFound(name, version));
            return VersionTable.find(tx, model, version).orElseThrow(() -> versionNotFound(name, version));
        });
    }

    @Override
    public String getStorageLocation(String name, long version) {
        return database.read(tx ->
                VersionTable.findStorageLocation(tx, name, version).orElseThrow(() -> versionNotFound(name, version)));
    }

    /** A cached version costs one query: model servers ask for aliases again and again. */
    @Override
    public ModelVersion getVersionByAlias(String name, String alias) {
        Optional<ModelVersion> cached =
                database.readAutoCommit(tx -> findAliasHolder(tx, name, alias)).flatMap(this::findCached);
        return cached.orElseGet(() -> database.read(tx -> {
            AliasHolder holder = findAliasHolder(tx, name, alias).orElse(null);
            if (holder == null) {
                requireModel(tx, name);
                throw invalid("Registered model alias %s not found.", alias);
            }
            ModelVersion version =
                    VersionTable.loadWithAliases(tx, List.of(holder.version())).getFirst();
            Long auditEntries = holder.auditEntries();
            if (auditEntries != null) {
                tx.afterCommit(() -> versions.put(holder.version(), auditEntries, version));
            }
            return version;
        }));
    }

    /**
     * The version that an alias points at.
     *
     * @param auditEntries the length of the audit log, which is the version of a cache entry; null if there is no log
     */
    private record AliasHolder(VersionRow version, @Nullable Long auditEntries) {
        static AliasHolder read(Row row) throws SQLException {
            return new AliasHolder(VersionRow.read(row), row.getLongOrNull("entries"));
        }
    }

    private static Optional<AliasHolder> findAliasHolder(Transaction tx, String name, String alias)
            throws SQLException {
        return tx.queryFirst(Sql.of("select " + VersionRow.COLUMNS + """
                                , h.entries from registered_models m
                                join registered_model_aliases a on a.model_key = m.model_key and a.alias = ?
                                join model_versions v on v.model_key = a.model_key and v.version = a.version
                                left join audit_head h on h.id = 1 where m.name = ?""", alias, name), AliasHolder::read);
    }

    private Optional<ModelVersion> findCached(AliasHolder holder) {
        Long auditEntries = holder.auditEntries();
        return auditEntries == null
                ? Optional.empty()
                : Optional.ofNullable(versions.get(holder.version(), auditEntries));
    }

    @Override
    public Page<RegisteredModel> search(Query query) {
        return database.read(tx -> {
            var search = RegistrySearch.models(tx.dialect(), query);
            Page<ModelRow> page = PageQuery.read(
                    tx,
                    "select " + ModelTable.COLUMNS,
                    search.where(),
                    search.order(),
                    query.maxResults(),
                    query.pageToken(),
                    ModelTable::read);
            return new Page<>(loadCached(tx, page.items()), page.nextPageToken());
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
                    VersionRow::read);
            return new Page<>(VersionTable.load(tx, page.items()), page.nextPageToken());
        });
    }

    /**
     * As {@link ModelTable#load}, reading only what is not cached. While nothing changes, equal records are the same
     * objects.
     */
    private List<RegisteredModel> loadCached(Transaction tx, List<ModelRow> rows) throws SQLException {
        Long auditEntries = audit.countEntries(tx).orElse(null);
        if (auditEntries == null) {
            return ModelTable.load(tx, rows);
        }
        Map<ModelRow, RegisteredModel> found = new HashMap<>();
        List<ModelRow> missing = new ArrayList<>();
        for (ModelRow row : rows) {
            RegisteredModel cached = models.get(row, auditEntries);
            if (cached != null) {
                found.put(row, cached);
            } else {
                missing.add(row);
            }
        }
        List<RegisteredModel> read = ModelTable.load(tx, missing);
        for (int i = 0; i < read.size(); i++) {
            ModelRow row = missing.get(i);
            RegisteredModel model = read.get(i);
            found.put(row, model);
            tx.afterCommit(() -> models.put(row, auditEntries, model));
        }
        return rows.stream().map(found::get).toList();
    }
}
