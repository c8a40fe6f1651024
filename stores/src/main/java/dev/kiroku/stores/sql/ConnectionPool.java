package dev.kiroku.stores.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.sqlite.SQLiteConnection;

/** A pool of connections to one database, each with the statements that it has prepared. */
final class ConnectionPool implements AutoCloseable {
    /** More than the server has texts without lists of values. */
    private static final int STATEMENT_CACHE_SIZE = 128;

    private final Dialect dialect;
    private final HikariDataSource pool;
    private final Map<Connection, StatementCache> statements = new ConcurrentHashMap<>();

    ConnectionPool(Dialect dialect, HikariConfig config) {
        this.dialect = dialect;
        if (dialect == Dialect.SQLITE) {
            // A file does not drop connections: they stay, and so do their statements.
            config.setMaxLifetime(0);
            config.setIdleTimeout(0);
        }
        this.pool = new HikariDataSource(config);
    }

    /** @throws SQLException when none is free in time, or the database is away */
    Connection acquire() throws SQLException {
        return pool.getConnection();
    }

    /** Begins a transaction on a connection that was taken. */
    Transaction begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        return autoCommit(connection);
    }

    /** Statements on a connection that was taken, each a transaction of its own, unless one was begun. */
    Transaction autoCommit(Connection connection) throws SQLException {
        if (dialect != Dialect.SQLITE) {
            return new Transaction(new StatementCache(connection, 0), dialect);
        }
        Connection physical = connection.unwrap(SQLiteConnection.class);
        return new Transaction(
                statements.computeIfAbsent(physical, c -> new StatementCache(c, STATEMENT_CACHE_SIZE)), dialect);
    }

    /** Rolls back. A connection that cannot even do that is not used again: who knows what transaction it is in, if any. */
    void rollback(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            evict(connection);
        }
    }

    void commit(Connection connection) throws SQLException {
        try {
            connection.commit();
        } catch (SQLException e) {
            // It may be without a transaction afterwards, in which each statement would be one of its own.
            evict(connection);
            throw e;
        }
    }

    private void evict(Connection connection) {
        try {
            statements.remove(connection.unwrap(Connection.class));
        } catch (SQLException e) {
            // it is closed already
        }
        pool.evictConnection(connection);
    }

    DataSource dataSource() {
        return pool;
    }

    Database.PoolStats stats() {
        var now = pool.getHikariPoolMXBean();
        return new Database.PoolStats(
                pool.getPoolName(),
                now.getActiveConnections(),
                pool.getMaximumPoolSize(),
                now.getThreadsAwaitingConnection());
    }

    @Override
    public void close() {
        pool.close();
    }
}
