package dev.kiroku.stores.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.kiroku.model.KirokuException;
import dev.kiroku.stores.dialect.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The connections to one database. A read sees every write that was acknowledged before the read began. A write is acknowledged when it is
 * durable; it shares its transaction with concurrent writes (see {@link GroupCommit}). Thread-safe.
 */
public final class Database implements AutoCloseable {
    /**
     * Work within a transaction. A write may run again from its start after concurrent changes, so it must have no effect outside the
     * database, except by {@link Transaction#afterCommit}.
     */
    @FunctionalInterface
    public interface TransactionCallback<T> {
        /** Runs the work; returns its result. */
        T run(Transaction tx) throws SQLException;
    }

    /** Work within a transaction without a result; otherwise as {@link TransactionCallback}. */
    @FunctionalInterface
    public interface TransactionAction {
        /** Runs the work. */
        void run(Transaction tx) throws SQLException;
    }

    /**
     * The use of a connection pool.
     *
     * @param active connections in use
     * @param maxSize connections that there may be
     * @param waiting threads that wait for a connection
     */
    public record PoolStats(String name, int active, int maxSize, int waiting) {}

    /**
     * The writes since the start.
     *
     * @param queued writes that wait for a transaction
     * @param committed writes that were committed
     * @param transactions transactions in which they were committed
     * @param failures transactions that were rolled back
     */
    public record WriteStats(int queued, long committed, long transactions, long failures) {
        private WriteStats plus(WriteStats other) {
            return new WriteStats(
                    queued + other.queued,
                    committed + other.committed,
                    transactions + other.transactions,
                    failures + other.failures);
        }
    }

    private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

    private final Dialect dialect;
    private final ConnectionPool readPool;
    private final ConnectionPool writePool;
    private final List<GroupCommit> groupCommits;
    private final AtomicLong sharedChanges;

    private Database(
            Dialect dialect,
            ConnectionPool readPool,
            ConnectionPool writePool,
            List<GroupCommit> groupCommits,
            AtomicLong sharedChanges) {
        this.dialect = dialect;
        this.readPool = readPool;
        this.writePool = writePool;
        this.groupCommits = groupCommits;
        this.sharedChanges = sharedChanges;
    }

    /**
     * Opens a database and migrates its schema. If that fails, everything that was opened is closed.
     *
     * @param readConnections how many connections read at the same time
     * @param wait how long to wait for a database that cannot be reached yet; zero for a single attempt
     * @throws KirokuException if the database cannot be reached or opened, belongs to MLflow, or has a newer schema
     */
    public static Database open(Dialect dialect, int readConnections, Duration wait) {
        dialect.prepare();
        List<AutoCloseable> opened = new ArrayList<>();
        try {
            HikariConfig write = pool("writers", dialect.writeConnections());
            dialect.configureWritePool(write);
            HikariDataSource writeSource;
            try (Connection first = FirstConnection.open(dialect, write, wait)) {
                writeSource = new HikariDataSource(write);
                opened.addFirst(writeSource);
                Migrations.migrate(first, writeSource, dialect);
            }
            PageTokens pageTokens = PageTokens.load(writeSource, dialect);

            HikariConfig read = pool("readers", readConnections);
            dialect.configureReadPool(read);
            HikariDataSource readSource = new HikariDataSource(read);
            opened.addFirst(readSource);
            AtomicLong sharedChanges = new AtomicLong();
            ConnectionPool readPool = new ConnectionPool(dialect, readSource, pageTokens, sharedChanges);
            ConnectionPool writePool = new ConnectionPool(dialect, writeSource, pageTokens, sharedChanges);
            List<GroupCommit> groupCommits = new ArrayList<>();
            for (int i = 0; i < dialect.writeConnections(); i++) {
                GroupCommit groupCommit = new GroupCommit("store-writer-" + i, dialect, writePool);
                opened.addFirst(groupCommit);
                groupCommits.add(groupCommit);
            }
            return new Database(dialect, readPool, writePool, List.copyOf(groupCommits), sharedChanges);
        } catch (SQLException e) {
            KirokuException failure = DatabaseErrors.cannotBeOpened(dialect, e);
            opened.forEach(closeAfter(failure));
            throw failure;
        } catch (RuntimeException | Error e) {
            opened.forEach(closeAfter(e));
            throw e;
        }
    }

    private static Consumer<AutoCloseable> closeAfter(Throwable failure) {
        return opened -> {
            try {
                opened.close();
            } catch (Exception e) {
                failure.addSuppressed(e);
            }
        };
    }

    private static HikariConfig pool(String name, int size) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECT_TIMEOUT_MILLIS);
        // Connections are made when they are first needed: the start does not wait for the pool, and an unreachable
        // database is reported
        // by the first use.
        config.setInitializationFailTimeout(-1);
        return config;
    }

    /** Returns the dialect of the database. */
    public Dialect dialect() {
        return dialect;
    }

    /** Returns the use of the connection pools. */
    public List<PoolStats> poolStats() {
        return Stream.of(readPool, writePool).map(ConnectionPool::stats).toList();
    }

    /** Returns what was written since the start. */
    public WriteStats writeStats() {
        return groupCommits.stream()
                .map(GroupCommit::stats)
                .reduce(WriteStats::plus)
                .orElseThrow();
    }

    /**
     * Runs a read in a transaction: all its statements see one snapshot.
     *
     * @throws KirokuException TEMPORARILY_UNAVAILABLE if the database cannot be reached, INVALID_PARAMETER_VALUE if the read takes longer than
     *     {@link Dialect#TIMEOUT}
     */
    public <T> T read(TransactionCallback<T> callback) {
        try (Connection connection = readPool.acquire()) {
            Transaction tx = readPool.begin(connection);
            try {
                T result = callback.run(tx);
                tx.runAfterCommit();
                return result;
            } finally {
                readPool.rollback(connection);
            }
        } catch (SQLException e) {
            throw dialect.classify(e).toException(e);
        }
    }

    /** Runs a read of a single statement without a transaction, which on PostgreSQL saves the round trip that ends one. */
    public <T> T readAutoCommit(TransactionCallback<T> callback) {
        try (Connection connection = readPool.acquire()) {
            return callback.run(readPool.beginSingleRead(connection));
        } catch (SQLException e) {
            throw dialect.classify(e).toException(e);
        }
    }

    /**
     * Returns a read of a single statement that concurrent callers share.
     *
     * @param maxAge how old a result may be; that of a change in this process, see {@link Transaction#changeShared}, is never
     */
    public <T> SharedRead<T> sharedRead(Duration maxAge, TransactionCallback<T> callback) {
        return new SharedRead<>(() -> readAutoCommit(callback), maxAge, sharedChanges::get);
    }

    /**
     * Runs a write and returns its result after it was committed.
     *
     * @param orderKey what is written to; writes with equal keys are applied one after the other, in the order of their arrival
     * @throws KirokuException as the callback throws it; TEMPORARILY_UNAVAILABLE if the database cannot be reached
     */
    public <T> T write(Object orderKey, TransactionCallback<T> callback) {
        return groupCommitFor(orderKey)
                .submit(GroupCommit.WriteCall.of(callback))
                .join();
    }

    /** Runs a write without a result and returns after it was committed; otherwise as {@link #write(Object, TransactionCallback)}. */
    public void run(Object orderKey, TransactionAction action) {
        write(orderKey, tx -> {
            action.run(tx);
            return Boolean.TRUE;
        });
    }

    /**
     * Runs a write that shares locks and final statements with others of its transaction, and returns its result after it was committed.
     *
     * @param key what is written to, which orders writes as in {@link #write(Object, TransactionCallback)}, and what {@code grouped} locks
     */
    public <K, S, T> T write(K key, GroupedWrite<K, S> grouped, GroupedWrite.Callback<S, T> callback) {
        return groupCommitFor(key)
                .submit(new GroupCommit.WriteCall<>(grouped, key, callback))
                .join();
    }

    /** Runs a write without a result that shares locks and final statements with others of its transaction. */
    public <K, S> void run(K key, GroupedWrite<K, S> grouped, GroupedWrite.Action<S> action) {
        write(key, grouped, (tx, state) -> {
            action.run(tx, state);
            return Boolean.TRUE;
        });
    }

    /** Runs a write for each item, all concurrently, and returns after all were committed. */
    public <I> void runAll(Collection<I> items, Function<I, Object> orderKey, Function<I, TransactionAction> action) {
        List<GroupCommit.PendingResult<?>> results = new ArrayList<>(items.size());
        for (I item : items) {
            results.add(groupCommitFor(orderKey.apply(item)).submit(GroupCommit.WriteCall.of(tx -> {
                action.apply(item).run(tx);
                return Boolean.TRUE;
            })));
        }
        results.forEach(GroupCommit.PendingResult::join);
    }

    private GroupCommit groupCommitFor(Object orderKey) {
        return groupCommits.get(Math.floorMod(orderKey.hashCode(), groupCommits.size()));
    }

    /** Finishes the queued writes, then closes all connections. */
    @Override
    public void close() {
        groupCommits.forEach(GroupCommit::close);
        readPool.close();
        writePool.close();
    }
}
