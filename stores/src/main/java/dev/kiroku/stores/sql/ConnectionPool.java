package dev.kiroku.stores.sql;

import com.zaxxer.hikari.HikariDataSource;
import dev.kiroku.stores.dialect.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A pool of connections to one database, each with its cache of prepared statements. Thread-safe. */
final class ConnectionPool implements AutoCloseable {
    private final Dialect dialect;
    private final HikariDataSource pool;
    private final PageTokens pageTokens;
    private final AtomicLong sharedChanges;
    private final Map<Connection, StatementCache> statements = new ConcurrentHashMap<>();

    /** @param sharedChanges counts the changes of what {@link SharedRead}s read */
    ConnectionPool(Dialect dialect, HikariDataSource pool, PageTokens pageTokens, AtomicLong sharedChanges) {
        this.dialect = dialect;
        this.pool = pool;
        this.pageTokens = pageTokens;
        this.sharedChanges = sharedChanges;
    }

    /**
     * Returns a connection, which the caller closes.
     *
     * @throws SQLException if none becomes free in time, or the database cannot be reached
     */
    Connection acquire() throws SQLException {
        return pool.getConnection();
    }

    /** Returns access to an acquired connection for a read of a single statement, without a transaction. */
    Transaction beginSingleRead(Connection connection) throws SQLException {
        dialect.limitDuration(physical(connection));
        return autoCommit(connection);
    }

    /** Begins a transaction of limited duration on an acquired connection. */
    Transaction begin(Connection connection) throws SQLException {
        dialect.limitDuration(physical(connection));
        connection.setAutoCommit(false);
        return autoCommit(connection);
    }

    private Transaction autoCommit(Connection connection) throws SQLException {
        StatementCache cache = dialect.statementCacheSize() == 0
                ? new StatementCache(connection, dialect)
                : statements.computeIfAbsent(physical(connection), c -> new StatementCache(c, dialect));
        return new Transaction(cache, dialect, pageTokens, sharedChanges);
    }

    /** Rolls back. A connection that fails to do so is closed: the state of its transaction is unknown. */
    void rollback(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            evict(connection);
        }
    }

    /** Commits. */
    void commit(Connection connection) throws SQLException {
        try {
            connection.commit();
        } catch (SQLException e) {
            // The connection may be without a transaction now, so that each further statement would be one of its own.
            evict(connection);
            throw e;
        }
    }

    private void evict(Connection connection) {
        try {
            statements.remove(physical(connection));
        } catch (SQLException e) {
            // closed already
        }
        pool.evictConnection(connection);
    }

    /** Returns the driver's connection of a pooled one. */
    private static Connection physical(Connection connection) throws SQLException {
        return connection.unwrap(Connection.class);
    }

    /** Returns how many connections are in use. */
    Database.PoolStats stats() {
        var state = pool.getHikariPoolMXBean();
        return new Database.PoolStats(
                pool.getPoolName(),
                state.getActiveConnections(),
                pool.getMaximumPoolSize(),
                state.getThreadsAwaitingConnection());
    }

    @Override
    public void close() {
        pool.close();
    }
}
