package dev.kiroku.stores.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The statements that one connection has prepared, the latest used ones kept for the next time: to parse and plan a short statement takes
 * SQLite as long as to run it. (PostgreSQL's driver keeps its own.) As a connection, to be used by one thread at a time.
 */
final class StatementCache {
    /** Uses a statement whose parameters are not set yet. */
    interface StatementFunction<T> {
        T apply(PreparedStatement statement) throws SQLException;
    }

    /** Longer ones name many values, and hardly come again with as many. */
    private static final int MAX_CACHED_LENGTH = 4096;

    private final Connection connection;
    private final int capacity;
    /** The longest unused one first. */
    private final Map<String, PreparedStatement> idle = new LinkedHashMap<>();

    /** @param kept how many at the most; 0 keeps none */
    StatementCache(Connection connection, int kept) {
        this.connection = connection;
        this.capacity = kept;
    }

    <T> T withStatement(String text, StatementFunction<T> use) throws SQLException {
        // Taken out while in use: the same text may be needed again before its rows are all read.
        PreparedStatement statement = idle.remove(text);
        if (statement == null) {
            statement = connection.prepareStatement(text);
        }
        boolean done = false;
        try {
            T result = use.apply(statement);
            done = true;
            return result;
        } finally {
            // What failed may hold a half-read result or a half-filled batch.
            if (done && text.length() <= MAX_CACHED_LENGTH && capacity > 0) {
                release(text, statement);
            } else {
                statement.close();
            }
        }
    }

    private void release(String text, PreparedStatement statement) throws SQLException {
        PreparedStatement twin = idle.put(text, statement);
        if (twin != null) {
            twin.close();
        } else if (idle.size() > capacity) {
            var longest = idle.entrySet().iterator();
            PreparedStatement old = longest.next().getValue();
            longest.remove();
            old.close();
        }
    }
}
