package dev.kiroku.stores.sql;

import dev.kiroku.stores.dialect.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Cache of the prepared statements of one connection; the least recently used ones are closed. Parsing and planning a short statement takes
 * SQLite as long as executing it. (PostgreSQL's driver has its own cache.) Like the connection, to be used by one thread at a time.
 */
final class StatementCache {
    /** Uses a prepared statement whose parameters are not set yet. */
    interface StatementFunction<T> {
        T apply(CachedStatement statement) throws SQLException;
    }

    /** A prepared statement with the names of its columns. */
    static final class CachedStatement {
        private final PreparedStatement prepared;
        private String @Nullable [] columns;

        private CachedStatement(PreparedStatement prepared) {
            this.prepared = prepared;
        }

        PreparedStatement prepared() {
            return prepared;
        }

        /** Returns the names of the columns of a result of this statement. */
        String[] columns(ResultSet rows) throws SQLException {
            if (columns == null) {
                columns = Row.columns(rows);
            }
            return columns;
        }
    }

    /** Longer texts hold lists of values, and hardly occur again with the same length. */
    private static final int MAX_CACHED_LENGTH = 4096;

    private final Connection connection;
    private final Dialect dialect;
    private final int capacity;
    /** The least recently used one first. */
    private final Map<String, CachedStatement> idle = new LinkedHashMap<>();

    /** Creates a cache without statements. */
    StatementCache(Connection connection, Dialect dialect) {
        this.connection = connection;
        this.dialect = dialect;
        this.capacity = dialect.statementCacheSize();
    }

    /** Runs a function with a prepared statement of this text. */
    <T> T withStatement(String text, StatementFunction<T> function) throws SQLException {
        // Removed while in use: the same text may be needed again before all its rows are read.
        CachedStatement statement = idle.remove(text);
        if (statement == null) {
            statement = new CachedStatement(connection.prepareStatement(dialect.quoteReservedWords(text)));
        }
        boolean done = false;
        try {
            T result = function.apply(statement);
            done = true;
            return result;
        } finally {
            // A statement that failed may hold a half-read result or a half-filled batch.
            if (done && text.length() <= MAX_CACHED_LENGTH && capacity > 0) {
                release(text, statement);
            } else {
                statement.prepared.close();
            }
        }
    }

    /** Runs a function with an uncached statement that keeps the keys it generates. */
    <T> T withGeneratedKeys(String text, StatementFunction<T> function) throws SQLException {
        String quoted = dialect.quoteReservedWords(text);
        try (PreparedStatement prepared = connection.prepareStatement(quoted, Statement.RETURN_GENERATED_KEYS)) {
            return function.apply(new CachedStatement(prepared));
        }
    }

    private void release(String text, CachedStatement statement) throws SQLException {
        CachedStatement same = idle.put(text, statement);
        if (same != null) {
            same.prepared.close();
        } else if (idle.size() > capacity) {
            var eldest = idle.entrySet().iterator();
            CachedStatement evicted = eldest.next().getValue();
            eldest.remove();
            evicted.prepared.close();
        }
    }
}
