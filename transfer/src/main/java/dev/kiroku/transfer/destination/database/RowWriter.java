package dev.kiroku.transfer.destination.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes rows in batches. Rows of one statement are written together and in their order; {@link #flush} keeps the order between statements. */
final class RowWriter implements AutoCloseable {
    private static final int BATCH = 2_000;

    private final Connection connection;
    private final Map<String, Batch> batches = new LinkedHashMap<>();

    private static final class Batch {
        private final PreparedStatement statement;
        private int size;

        Batch(PreparedStatement statement) {
            this.statement = statement;
        }
    }

    RowWriter(Connection connection) {
        this.connection = connection;
    }

    /** Adds a row unless one with its key exists. */
    void insert(String table, List<String> columns, @Nullable Object... values) throws SQLException {
        String names = columns.stream().map(RowWriter::quote).collect(Collectors.joining(", "));
        String marks = columns.stream().map(column -> "?").collect(Collectors.joining(", "));
        add("insert into " + table + " (" + names + ") values (" + marks + ") on conflict do nothing", values);
    }

    /** Adds a row, or replaces the values of the one with its key, which are the first columns. */
    void put(String table, int keys, List<String> columns, @Nullable Object... values) throws SQLException {
        insert(table, columns, values);
        String changes = columns.subList(keys, columns.size()).stream()
                .map(column -> quote(column) + " = ?")
                .collect(Collectors.joining(", "));
        String key = columns.subList(0, keys).stream()
                .map(column -> quote(column) + " = ?")
                .collect(Collectors.joining(" and "));
        Object[] reordered = new Object[values.length];
        System.arraycopy(values, keys, reordered, 0, values.length - keys);
        System.arraycopy(values, 0, reordered, values.length - keys, keys);
        add("update " + table + " set " + changes + " where " + key, reordered);
    }

    /** Executes a statement with the rows before it. */
    void execute(String sql, @Nullable Object... values) throws SQLException {
        flush();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            statement.execute();
        }
    }

    /** Returns the first column of the first row of a query, after the rows before it are written. */
    Optional<String> find(String sql, @Nullable Object... values) throws SQLException {
        flush();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            try (var rows = statement.executeQuery()) {
                return rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty();
            }
        }
    }

    private void add(String sql, @Nullable Object... values) throws SQLException {
        Batch batch = batches.get(sql);
        if (batch == null) {
            batch = new Batch(connection.prepareStatement(sql));
            batches.put(sql, batch);
        }
        bind(batch.statement, values);
        batch.statement.addBatch();
        if (++batch.size == BATCH) {
            flush();
        }
    }

    private static void bind(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }

    /** Writes all rows, those of a statement that was used earlier first. */
    void flush() throws SQLException {
        for (Batch batch : batches.values()) {
            if (batch.size > 0) {
                batch.statement.executeBatch();
                batch.size = 0;
            }
        }
    }

    private static String quote(String column) {
        return '"' + column + '"';
    }

    @Override
    public void close() throws SQLException {
        for (Batch batch : new HashMap<>(batches).values()) {
            batch.statement.close();
        }
    }
}
