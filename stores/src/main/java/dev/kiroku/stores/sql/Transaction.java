package dev.kiroku.stores.sql;

import dev.kiroku.model.KirokuException;
import dev.kiroku.stores.dialect.Dialect;
import dev.kiroku.stores.dialect.Sql;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The statements of a transaction: the small part of JDBC that the stores need. Values are bound as parameters; columns are read by name.
 * To be used by one thread, and only within the callback that it is passed to.
 */
public final class Transaction {
    /** Maps a row of a result to a value. */
    @FunctionalInterface
    public interface RowMapper<T> {
        /** Returns the value of the current row. */
        T map(Row row) throws SQLException;
    }

    /** Consumes the rows of a result. */
    @FunctionalInterface
    public interface RowConsumer {
        /** Consumes the current row. */
        void accept(Row row) throws SQLException;
    }

    /** Writes items at the end of a transaction, such as entries of a log that all writers lock. */
    public interface DeferredWriter<T> {
        /** Writes the items, in the order in which they were deferred. */
        void write(Transaction tx, List<T> items) throws SQLException;
    }

    /** SQLite takes 32,766 parameters in a statement, PostgreSQL 65,535. */
    private static final int MAX_PARAMETERS = 32_000;

    private final StatementCache statements;
    private final Dialect dialect;
    private final PageTokens pageTokens;
    private final AtomicLong sharedChanges;
    private final List<Runnable> afterCommit = new ArrayList<>();
    private final Map<DeferredWriter<?>, List<Object>> deferred = new LinkedHashMap<>();
    private final Set<Object> notes = new HashSet<>();
    private int changes;

    Transaction(StatementCache statements, Dialect dialect, PageTokens pageTokens, AtomicLong sharedChanges) {
        this.statements = statements;
        this.dialect = dialect;
        this.pageTokens = pageTokens;
        this.sharedChanges = sharedChanges;
    }

    /** Returns the dialect of the database. */
    public Dialect dialect() {
        return dialect;
    }

    /** Returns the signer of page tokens. */
    public PageTokens pageTokens() {
        return pageTokens;
    }

    /**
     * Runs an action after the transaction was committed, or after a read ended; never if it fails. For caches, which must not hold more than
     * the database.
     */
    public void afterCommit(Runnable action) {
        afterCommit.add(action);
    }

    /** Notes a fact about this transaction, for other calls that share it. */
    public void note(Object fact) {
        notes.add(fact);
    }

    /** Returns whether an equal fact was noted. */
    public boolean isNoted(Object fact) {
        return notes.contains(fact);
    }

    /** Returns the rows of a query. */
    public <T> List<T> queryList(Sql query, RowMapper<T> mapper) throws SQLException {
        List<T> list = new ArrayList<>();
        queryEach(query, row -> list.add(mapper.map(row)));
        return list;
    }

    /** Returns the first row of a query, or empty if it has none. */
    public <T> Optional<T> queryFirst(Sql query, RowMapper<T> mapper) throws SQLException {
        List<T> rows = queryList(query, mapper);
        return rows.isEmpty() ? Optional.empty() : Optional.of(rows.getFirst());
    }

    /** Returns the only column of the first row of a query, or empty if it has no row. */
    public Optional<Long> queryLong(Sql query) throws SQLException {
        return queryFirst(query, Row::getLong);
    }

    /** Passes each row of a query to a consumer. */
    public void queryEach(Sql query, RowConsumer consumer) throws SQLException {
        execute(query, statement -> forEach(statement, statement.prepared().executeQuery(), consumer));
    }

    /** Executes an insert, update or delete; returns the number of rows that it changed. */
    public int update(Sql statement) throws SQLException {
        changes++;
        return execute(statement, s -> s.prepared().executeUpdate());
    }

    /**
     * Executes one statement once for each row of parameters.
     *
     * @param rows the parameters; does nothing if empty
     */
    public void batch(String text, List<@Nullable Object[]> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        changes++;
        statements.withStatement(text, statement -> {
            for (Object[] row : rows) {
                for (int i = 0; i < row.length; i++) {
                    bind(statement.prepared(), i + 1, row[i]);
                }
                statement.prepared().addBatch();
            }
            return statement.prepared().executeBatch();
        });
    }

    /**
     * Executes an insert and passes each row that it inserted to a consumer. Only for databases that {@linkplain Dialect#supportsReturning
     * can do so}.
     *
     * @param columns the expressions to return, separated by commas
     * @return the number of rows
     */
    public int insertReturning(Sql insert, String columns, RowConsumer consumer) throws SQLException {
        return executeReturning(new Sql().add(insert).add(" returning " + columns), consumer);
    }

    /** Executes an insert of one row; returns the generated key of the row. */
    public long insertReturningKey(Sql insert, String keyColumn) throws SQLException {
        if (dialect.supportsReturning()) {
            List<Long> keys = new ArrayList<>(1);
            insertReturning(insert, keyColumn, row -> keys.add(row.getLong(keyColumn)));
            return keys.getFirst();
        }
        changes++;
        return statements.withGeneratedKeys(insert.text(), statement -> {
            bindAll(statement.prepared(), insert.parameters());
            statement.prepared().executeUpdate();
            try (ResultSet keys = statement.prepared().getGeneratedKeys()) {
                keys.next();
                return keys.getLong(1);
            }
        });
    }

    /**
     * Updates rows, which locks them until the end of the transaction, and returns them as they are afterwards.
     *
     * @param where the condition; must hold for the same rows after the update
     * @param columns the columns to return, separated by commas
     */
    public <T> List<T> updateReturning(String table, Sql assignments, Sql where, String columns, RowMapper<T> mapper)
            throws SQLException {
        Sql update = Sql.of("update " + table + " set ")
                .add(assignments)
                .add(" where ")
                .add(where);
        if (!dialect.supportsReturning()) {
            return update(update) == 0
                    ? List.of()
                    : queryList(
                            Sql.of("select " + columns + " from " + table + " where ")
                                    .add(where),
                            mapper);
        }
        List<T> updated = new ArrayList<>();
        executeReturning(update.add(" returning " + columns), row -> updated.add(mapper.map(row)));
        return updated;
    }

    private int executeReturning(Sql statement, RowConsumer consumer) throws SQLException {
        return execute(
                statement,
                s -> forEach(s, s.prepared().executeQuery(), row -> {
                    changes++; // a statement that returns no row changed nothing
                    consumer.accept(row);
                }));
    }

    /** Counts a change that is written later in the transaction, so that a failure of the caller rolls back. */
    public void markChanged() {
        changes++;
    }

    /** Has an item written by {@link #flushDeferred}, together with the other items of the writer. */
    public <T extends Object> void defer(DeferredWriter<T> writer, T item) {
        changes++;
        deferred.computeIfAbsent(writer, _ -> new ArrayList<>()).add(item);
    }

    /** Writes the deferred items; the last statements before the commit. */
    void flushDeferred() throws SQLException {
        for (Map.Entry<DeferredWriter<?>, List<Object>> each : deferred.entrySet()) {
            writeDeferred(each.getKey(), each.getValue());
        }
        deferred.clear();
    }

    @SuppressWarnings("unchecked") // defer() adds only items of the writer's type
    private <T> void writeDeferred(DeferredWriter<T> writer, List<Object> items) throws SQLException {
        writer.write(this, (List<T>) items);
    }

    /** Returns how many statements so far changed something, or may have. */
    int changes() {
        return changes;
    }

    /** Makes {@link SharedRead}s of this process read again, when the transaction is committed. */
    public void changeShared() {
        afterCommit(sharedChanges::incrementAndGet);
    }

    /** Runs the actions of {@link #afterCommit}. */
    void runAfterCommit() {
        afterCommit.forEach(Runnable::run);
    }

    private static int forEach(StatementCache.CachedStatement statement, ResultSet result, RowConsumer consumer)
            throws SQLException {
        try (result) {
            int count = 0;
            @Nullable Row row = null;
            while (result.next()) {
                if (row == null) {
                    row = new Row(result, statement.columns(result));
                }
                consumer.accept(row);
                count++;
            }
            return count;
        }
    }

    private <T> T execute(Sql sql, StatementCache.StatementFunction<T> function) throws SQLException {
        List<@Nullable Object> parameters = sql.parameters();
        if (parameters.size() > MAX_PARAMETERS) {
            throw KirokuException.invalid(
                    "The request names %d values, but a statement takes at most %d. Send it in parts.",
                    parameters.size(), MAX_PARAMETERS);
        }
        return statements.withStatement(sql.text(), statement -> {
            bindAll(statement.prepared(), parameters);
            return function.apply(statement);
        });
    }

    private static void bindAll(PreparedStatement statement, List<@Nullable Object> parameters) throws SQLException {
        for (int i = 0; i < parameters.size(); i++) {
            bind(statement, i + 1, parameters.get(i));
        }
    }

    private static void bind(PreparedStatement statement, int index, @Nullable Object value) throws SQLException {
        switch (value) {
            case null -> statement.setNull(index, Types.NULL);
            case String text -> statement.setString(index, text);
            case Long number -> statement.setLong(index, number);
            case Integer number -> statement.setInt(index, number);
            case Double number -> statement.setDouble(index, number);
            case byte[] bytes -> statement.setBytes(index, bytes);
            case String[] texts ->
                statement.setArray(index, statement.getConnection().createArrayOf("text", texts));
            default -> throw new IllegalArgumentException("no column type for " + value.getClass());
        }
    }
}
