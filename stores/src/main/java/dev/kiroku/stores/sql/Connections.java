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
final class Connections implements AutoCloseable {
    /** More than the server has texts without lists of values. */
    private static final int KEPT_STATEMENTS = 128;

    private final Dialect dialect;
    private final HikariDataSource pool;
    private final Map<Connection, Statements> statements = new ConcurrentHashMap<>();

    Connections(Dialect dialect, HikariConfig config) {
        this.dialect = dialect;
        if (dialect == Dialect.SQLITE) {
            // A file does not drop connections: they stay, and so do their statements.
            config.setMaxLifetime(0);
            config.setIdleTimeout(0);
        }
        this.pool = new HikariDataSource(config);
    }

    /** @throws SQLException when none is free in time, or the database is away */
    Connection take() throws SQLException {
        return pool.getConnection();
    }

    /** Begins a transaction on a connection that was taken. */
    Tx begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        return on(connection);
    }

    /** Statements on a connection that was taken, each a transaction of its own, unless one was begun. */
    Tx on(Connection connection) throws SQLException {
        if (dialect != Dialect.SQLITE) {
            return new Tx(new Statements(connection, 0), dialect);
        }
        Connection physical = connection.unwrap(SQLiteConnection.class);
        return new Tx(statements.computeIfAbsent(physical, c -> new Statements(c, KEPT_STATEMENTS)), dialect);
    }

    /** Rolls back. A connection that cannot even do that is not used again: who knows what transaction it is in, if any. */
    void end(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            discard(connection);
        }
    }

    void commit(Connection connection) throws SQLException {
        try {
            connection.commit();
        } catch (SQLException e) {
            // It may be without a transaction afterwards, in which each statement would be one of its own.
            discard(connection);
            throw e;
        }
    }

    private void discard(Connection connection) {
        try {
            statements.remove(connection.unwrap(Connection.class));
        } catch (SQLException e) {
            // it is closed already
        }
        pool.evictConnection(connection);
    }

    DataSource source() {
        return pool;
    }

    Database.Pool state() {
        var now = pool.getHikariPoolMXBean();
        return new Database.Pool(
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
