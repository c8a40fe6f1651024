package dev.kiroku.stores;

import dev.kiroku.core.access.AccessStore;
import dev.kiroku.core.audit.AuditStore;
import dev.kiroku.core.guard.ResourceIndex;
import dev.kiroku.core.registry.store.RegistryStore;
import dev.kiroku.core.reports.ReportStore;
import dev.kiroku.core.tracking.ExperimentStore;
import dev.kiroku.core.tracking.LoggedModelStore;
import dev.kiroku.core.tracking.OverviewStore;
import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.core.transfer.AccountTransferStore;
import dev.kiroku.core.transfer.ImportStore;
import dev.kiroku.core.transfer.RelocationStore;
import dev.kiroku.core.transfer.TransferStore;
import dev.kiroku.core.users.DeviceLoginStore;
import dev.kiroku.core.users.SessionStore;
import dev.kiroku.core.users.UserStore;
import dev.kiroku.core.webhooks.WebhookStore;
import dev.kiroku.stores.audit.SqlAuditLog;
import dev.kiroku.stores.dialect.Dialect;
import dev.kiroku.stores.dialect.Dialects;
import dev.kiroku.stores.guard.SqlResourceIndex;
import dev.kiroku.stores.registry.SqlRegistryStore;
import dev.kiroku.stores.reports.SqlReportStore;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.TextDictionary;
import dev.kiroku.stores.tracking.Compactor;
import dev.kiroku.stores.tracking.SqlExperimentStore;
import dev.kiroku.stores.tracking.SqlLoggedModelStore;
import dev.kiroku.stores.tracking.SqlOverviewStore;
import dev.kiroku.stores.tracking.SqlRunStore;
import dev.kiroku.stores.transfer.SqlAccountTransferStore;
import dev.kiroku.stores.transfer.SqlImportStore;
import dev.kiroku.stores.transfer.SqlRelocationStore;
import dev.kiroku.stores.transfer.SqlTransferStore;
import dev.kiroku.stores.users.SqlAccessStore;
import dev.kiroku.stores.users.SqlDeviceLoginStore;
import dev.kiroku.stores.users.SqlSessionStore;
import dev.kiroku.stores.users.SqlUserStore;
import dev.kiroku.stores.webhooks.SqlWebhookStore;
import dev.kiroku.stores.webhooks.WebhookOutbox;
import java.time.Duration;
import java.util.function.LongFunction;

/**
 * The stores of one database. Thread-safe; closing them closes the database.
 *
 * @param experiments with the experiment Default in it
 */
public record Stores(
        Database database,
        ExperimentStore experiments,
        RunStore runs,
        OverviewStore overviews,
        LoggedModelStore loggedModels,
        RegistryStore registry,
        AuditStore audit,
        ReportStore reports,
        UserStore users,
        SessionStore sessions,
        DeviceLoginStore deviceLogins,
        AccessStore access,
        ResourceIndex resources,
        WebhookStore webhooks,
        WebhookOutbox outbox,
        TransferStore transfer,
        AccountTransferStore accountTransfer,
        RelocationStore relocations,
        ImportStore imports)
        implements AutoCloseable {
    /** Cached ids of texts, so that a key or a common value is not looked up for each request. */
    private static final int KEY_CACHE_SIZE = 50_000;

    private static final int TEXT_CACHE_SIZE = 20_000;

    /** Opens a database with default settings; otherwise as {@link #open(Dialect, StoreSettings, LongFunction, long)}. */
    public static Stores open(StoreUri uri, LongFunction<String> artifactRoot, long now) {
        return open(Dialects.of(uri), StoreSettings.DEFAULT, artifactRoot, now);
    }

    /**
     * Opens a database, migrates its schema and creates the experiment Default if it is missing. If that fails, everything that was opened is
     * closed.
     *
     * @param artifactRoot returns the artifact location of an experiment id; called only for the experiment Default
     * @param now milliseconds since 1970
     * @throws dev.kiroku.model.KirokuException if the database cannot be reached, belongs to MLflow, or has a newer schema
     */
    public static Stores open(Dialect dialect, StoreSettings settings, LongFunction<String> artifactRoot, long now) {
        Stores stores = open(dialect, settings);
        try {
            new SqlExperimentStore(stores.database).createDefault(artifactRoot, now);
            return stores;
        } catch (RuntimeException | Error e) {
            stores.close();
            throw e;
        }
    }

    /**
     * Opens a database without creating the experiment Default, for commands that maintain a database.
     *
     * @param wait how long to wait for a database that cannot be reached yet; zero for a single attempt
     */
    public static Stores open(StoreUri uri, Duration wait) {
        return open(Dialects.of(uri), StoreSettings.DEFAULT.withWait(wait));
    }

    private static Stores open(Dialect dialect, StoreSettings settings) {
        Database database = Database.open(dialect, settings.readConnections(), settings.connectWait());
        try {
            var keys = new TextDictionary("keys", KEY_CACHE_SIZE);
            var texts = new TextDictionary("texts", TEXT_CACHE_SIZE);
            var audit = new SqlAuditLog(database);
            var outbox = new WebhookOutbox();
            var users = new SqlUserStore(database, audit);
            var access = new SqlAccessStore(database, audit);
            return new Stores(
                    database,
                    new SqlExperimentStore(database),
                    new SqlRunStore(database, keys, texts),
                    new SqlOverviewStore(database, keys, texts),
                    new SqlLoggedModelStore(database),
                    new SqlRegistryStore(database, audit, outbox, settings.trustedArtifactRoots()),
                    audit,
                    new SqlReportStore(database, audit),
                    users,
                    new SqlSessionStore(database, audit),
                    new SqlDeviceLoginStore(database, audit),
                    access,
                    new SqlResourceIndex(database),
                    new SqlWebhookStore(database, audit),
                    outbox,
                    new SqlTransferStore(database, keys, texts),
                    new SqlAccountTransferStore(database, audit, users, access),
                    new SqlRelocationStore(database),
                    new SqlImportStore(database));
        } catch (RuntimeException | Error e) {
            database.close();
            throw e;
        }
    }

    /**
     * Starts the compaction of metric points. Of all servers on a database one compacts at a time. Close the compactor before the stores.
     *
     * @param age how long a run has uncompacted blocks before it is compacted
     */
    public Compactor startCompactor(Duration age) {
        return new Compactor(database, age);
    }

    @Override
    public void close() {
        database.close();
    }
}
