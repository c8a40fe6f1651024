package dev.kiroku.bench.seed;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** Loads many rows into a table: with COPY into PostgreSQL, with prepared statements in one transaction into SQLite. */
public final class BulkLoader {
    private static final int COPY_BYTES = 64 << 10;
    private static final int BATCH = 1000;

    private BulkLoader() {}

    /** Loads rows. @param table the table with its columns, such as {@code runs (run_key, run_id)} */
    public static void load(Connection connection, String table, Stream<Object[]> rows) throws SQLException {
        if (connection.isWrapperFor(PGConnection.class)) {
            copy(connection.unwrap(PGConnection.class), table, rows);
        } else {
            insert(connection, table, rows);
        }
    }

    private static void copy(PGConnection connection, String table, Stream<Object[]> rows) throws SQLException {
        CopyIn copy = connection.getCopyAPI().copyIn("copy " + table + " from stdin");
        StringBuilder text = new StringBuilder(COPY_BYTES + 1000);
        for (var all = rows.iterator(); all.hasNext(); ) {
            Object[] row = all.next();
            for (int i = 0; i < row.length; i++) {
                text.append(i == 0 ? "" : "\t").append(copied(row[i]));
            }
            text.append('\n');
            if (text.length() >= COPY_BYTES || !all.hasNext()) {
                byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
                copy.writeToCopy(bytes, 0, bytes.length);
                text.setLength(0);
            }
        }
        copy.endCopy();
    }

    private static String copied(Object value) {
        return switch (value) {
            case null -> "\\N";
            case byte[] bytes -> "\\\\x" + HexFormat.of().formatHex(bytes);
            default -> value.toString();
        };
    }

    private static void insert(Connection connection, String table, Stream<Object[]> rows) throws SQLException {
        boolean before = connection.getAutoCommit();
        connection.setAutoCommit(false);
        int columns = (int) table.chars().filter(c -> c == ',').count() + 1;
        String sql = "insert into " + table + " values (?" + ", ?".repeat(columns - 1) + ")";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int waiting = 0;
            for (var all = rows.iterator(); all.hasNext(); ) {
                Object[] row = all.next();
                for (int i = 0; i < row.length; i++) {
                    statement.setObject(i + 1, row[i]);
                }
                statement.addBatch();
                if (++waiting % BATCH == 0) {
                    statement.executeBatch();
                }
            }
            statement.executeBatch();
        }
        connection.commit();
        connection.setAutoCommit(before);
    }

    /** Runs statements in sequence. */
    public static void execute(Connection connection, List<String> statements) throws SQLException {
        try (var statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Returns the number that a query selects. */
    public static long number(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            if (!rows.next()) {
                throw new SQLException("nothing found: " + sql, new IOException());
            }
            return rows.getLong(1);
        }
    }
}
