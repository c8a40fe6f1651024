package dev.kiroku.stores.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.kiroku.stores.dialect.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/** A pool of connections to one database, each with its cache of prepared statements. Thread-safe. */
final class ConnectionPool implements AutoCloseable {
    private final Dialect dialect;
    private final HikariDataSource pool;
    private final Map<Connection, StatementCache> statements = new ConcurrentHashMap<>();

    ConnectionPool(Dialect dialect, HikariConfig config) {
        this.dialect = dialect;
        this.pool = new HikariDataSource(config);
    }

    /**
     * Returns a connection, which the caller closes.
     *
     * @throws SQLException if none becomes free in time, or the database cannot be reached
     */
    Connection acquire() throws SQLException {
        return pool.getConnection();
    }

    /** Begins a transaction on an acquired connection. */
    Transaction begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        return autoCommit(connection);
    }

    /** Returns access to an acquired connection on which each statement is a transaction of its own, unless one was begun. */
    Transaction autoCommit(Connection connection) throws SQLException {
        int capacity = dialect.statementCacheSize();
        if (capacity == 0) {
            return new Transaction(new StatementCache(connection, 0), dialect);
        }
        return new Transaction(
                statements.computeIfAbsent(physical(connection), c -> new StatementCache(c, capacity)), dialect);
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

    /** Returns the driver's connection behind a pooled one. */
    private static Connection physical(Connection connection) throws SQLException {
        return connection.unwrap(Connection.class);
    }

    /** Returns the pool as a data source. */
    DataSource dataSource() {
        return pool;
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
