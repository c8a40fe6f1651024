package dev.kiroku.stores.sql;

import com.zaxxer.hikari.HikariConfig;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.stores.StoreUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.sqlite.SQLiteConfig;

/**
 * The connections to one database. A read sees everything that was acknowledged before it began; a write is acknowledged when it is
 * durable, and shares its transaction with others that come at the same time (see {@link GroupCommit}).
 */
public final class Database implements AutoCloseable {
    /** What is done within a transaction. A write may be done again from the start when others were in its way, so it must not leave traces elsewhere. */
    public interface TransactionCallback<T> {
        T run(Transaction tx) throws SQLException;
    }

    /**
     * How many connections of a pool are in use.
     *
     * @param awaited threads that wait for one
     */
    public record PoolStats(String name, int active, int maxSize, int waiting) {}

    /**
     * What the writers have done since the start.
     *
     * @param queued writes that wait
     * @param transactions that the committed ones shared
     * @param failures transactions that were not committed
     */
    public record WriteStats(int queued, long committed, long transactions, long failures) {
        private WriteStats plus(WriteStats more) {
            return new WriteStats(
                    queued + more.queued,
                    committed + more.committed,
                    transactions + more.transactions,
                    failures + more.failures);
        }
    }

    private static final int POSTGRES_WRITERS = 4;
    private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

    private final Dialect dialect;
    private final ConnectionPool readPool;
    private final ConnectionPool writePool;
    private final List<GroupCommit> groupCommits;

    private Database(Dialect dialect, ConnectionPool readers, ConnectionPool writers, int lanes) {
        this.dialect = dialect;
        this.readPool = readers;
        this.writePool = writers;
        this.groupCommits = IntStream.range(0, lanes)
                .mapToObj(i -> new GroupCommit("store-writer-" + i, writers))
                .toList();
    }

    /**
     * Connects. The schema is the caller's affair (see {@code Migrations}).
     *
     * @param readers how many connections read at a time
     */
    public static Database open(StoreUri uri, int readers) {
        return switch (uri) {
            case StoreUri.Sqlite sqlite -> sqlite(sqlite.file(), readers);
            case StoreUri.Postgres postgres -> postgres(postgres, readers);
        };
    }

    private static Database sqlite(Path file, int readers) {
        Path absolute = file.toAbsolutePath();
        try {
            Files.createDirectories(absolute.getParent());
        } catch (IOException e) {
            throw KirokuException.invalid(
                    "The folder %s for the database cannot be made: %s", absolute.getParent(), e.getMessage());
        }
        Properties reading = sqlite(SQLiteConfig.TransactionMode.DEFERRED);
        Properties writing = sqlite(SQLiteConfig.TransactionMode.IMMEDIATE);
        String url = "jdbc:sqlite:" + absolute;
        ConnectionPool writers = new ConnectionPool(Dialect.SQLITE, pool("writers", url, writing, 1));
        return new Database(
                Dialect.SQLITE, new ConnectionPool(Dialect.SQLITE, pool("readers", url, reading, readers)), writers, 1);
    }

    /** @param mode whether a transaction waits at its beginning for the one writer that there can be, as a writer has to and a reader must not */
    private static Properties sqlite(SQLiteConfig.TransactionMode mode) {
        SQLiteConfig config = new SQLiteConfig(); // one for each: its properties are a view of it, not a copy
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(CONNECT_TIMEOUT_MILLIS);
        config.setTempStore(SQLiteConfig.TempStore.MEMORY);
        config.enableCaseSensitiveLike(true);
        config.setTransactionMode(mode);
        return config.toProperties();
    }

    private static Database postgres(StoreUri.Postgres uri, int readerCount) {
        Properties properties = uri.driverProperties();
        properties.putIfAbsent("ApplicationName", "kiroku");
        properties.putIfAbsent("reWriteBatchedInserts", "true");
        properties.putIfAbsent("tcpKeepAlive", "true");
        HikariConfig reading = pool("readers", uri.jdbcUrl(), properties, readerCount);
        // The statements of a read agree with each other, as they do in SQLite anyway.
        reading.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
        // Which index a search walks, and how far, is decided before it is asked (see RunSearch): to gather rows first
        // and sort them then, as
        // the planner would for a filter that it takes to be rare, reads the whole stretch for a page from its
        // beginning.
        reading.setConnectionInitSql("set enable_bitmapscan = off");
        ConnectionPool readers = new ConnectionPool(Dialect.POSTGRESQL, reading);
        ConnectionPool writers =
                new ConnectionPool(Dialect.POSTGRESQL, pool("writers", uri.jdbcUrl(), properties, POSTGRES_WRITERS));
        return new Database(Dialect.POSTGRESQL, readers, writers, POSTGRES_WRITERS);
    }

    private static HikariConfig pool(String name, String url, Properties properties, int size) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(url);
        config.setDataSourceProperties(properties);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECT_TIMEOUT_MILLIS);
        // Connections are made when they are first needed: start-up does not wait for the pool, and a database that is
        // away is told of then.
        config.setInitializationFailTimeout(-1);
        return config;
    }

    public Dialect dialect() {
        return dialect;
    }

    /** For migrations, which bring their own transactions. */
    public DataSource writeDataSource() {
        return writePool.dataSource();
    }

    public List<PoolStats> poolStats() {
        return Stream.of(readPool, writePool).map(ConnectionPool::stats).toList();
    }

    public WriteStats writeStats() {
        return groupCommits.stream()
                .map(GroupCommit::stats)
                .reduce(WriteStats::plus)
                .orElseThrow();
    }

    public <T> T read(TransactionCallback<T> work) {
        try (Connection connection = readPool.acquire()) {
            Transaction tx = readPool.begin(connection);
            try {
                T result = work.run(tx);
                tx.runAfterCommit();
                return result;
            } finally {
                readPool.rollback(connection);
            }
        } catch (SQLException e) {
            throw toKirokuException(e);
        }
    }

    /** The same for what asks a single question, and so needs no transaction: to end one would be a way to the database and back. */
    public <T> T readAutoCommit(TransactionCallback<T> work) {
        try (Connection connection = readPool.acquire()) {
            return work.run(readPool.autoCommit(connection));
        } catch (SQLException e) {
            throw toKirokuException(e);
        }
    }

    /**
     * @param about what is written to; writes about the same thing are done one after the other, in the order in which they came
     */
    public <T> T write(Object about, TransactionCallback<T> work) {
        return groupCommitFor(about)
                .submit(new GroupCommit.WriteCall<>(null, null, work))
                .join();
    }

    /**
     * The same of a call for which {@code first} reads or locks something together with what it does for others of the same transaction; the call
     * finds it with {@link Transaction#prefetched}.
     *
     * @param about what is written to, which is also what {@code first} is asked for
     */
    public <K, T> T write(K about, Transaction.BatchPrefetch<K, ?> first, TransactionCallback<T> work) {
        return groupCommitFor(about)
                .submit(new GroupCommit.WriteCall<>(first, about, work))
                .join();
    }

    /** Writes for each of some things what {@code work} makes of it, all at once, and waits for all. */
    public <T> void writeAll(
            Collection<T> things, Function<T, Object> about, Function<T, TransactionCallback<?>> work) {
        List<GroupCommit.PendingResult<?>> answers = new ArrayList<>(things.size());
        for (T thing : things) {
            answers.add(groupCommitFor(about.apply(thing))
                    .submit(new GroupCommit.WriteCall<>(null, null, work.apply(thing))));
        }
        answers.forEach(GroupCommit.PendingResult::join);
    }

    private GroupCommit groupCommitFor(Object about) {
        return groupCommits.get(Math.floorMod(about.hashCode(), groupCommits.size()));
    }

    /** Whether the same may succeed when it is tried again at once: a deadlock, a conflict of concurrent changes. */
    static boolean isRetryable(SQLException e) {
        String state = e.getSQLState();
        return state != null && (state.equals("40001") || state.equals("40P01") || state.equals("23505"));
    }

    static KirokuException toKirokuException(SQLException e) {
        String state = e.getSQLState();
        boolean away = state != null && (state.startsWith("08") || state.startsWith("57P"))
                || e instanceof java.sql.SQLTransientException
                || e instanceof org.sqlite.SQLiteException s
                        && s.getResultCode().name().startsWith("SQLITE_BUSY");
        if (away) {
            return new KirokuException(
                    ErrorCode.TEMPORARILY_UNAVAILABLE,
                    "The database cannot be reached at the moment; try again soon.",
                    e);
        }
        return new KirokuException(ErrorCode.INTERNAL_ERROR, "The database refused a statement.", e);
    }

    @Override
    public void close() {
        groupCommits.forEach(GroupCommit::close);
        readPool.close();
        writePool.close();
    }
}
