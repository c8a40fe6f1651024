package dev.kiroku.stores.sql;

import dev.kiroku.model.KirokuException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A transaction under way: the small part of JDBC that stores need. */
public final class Transaction {
    /** Reads the current row. */
    public interface RowMapper<T> {
        T map(ResultSet row) throws SQLException;
    }

    /** Takes the current row. */
    public interface RowConsumer {
        void accept(ResultSet row) throws SQLException;
    }

    /** Reads or locks at the beginning of a transaction what several of its calls ask for, each by a key. */
    public interface BatchPrefetch<K, V> {
        Map<K, V> read(Transaction tx, Collection<K> keys) throws SQLException;
    }

    /** Writes what must come last in a transaction. */
    public interface DeferredWriter<T> {
        void write(Transaction tx, List<T> items) throws SQLException;
    }

    /** SQLite takes 32,766 in a statement, PostgreSQL 65,535. */
    private static final int MAX_PARAMETERS = 32_000;

    private final StatementCache statements;
    private final Dialect dialect;
    private final Map<BatchPrefetch<?, ?>, Map<?, ?>> prefetched = new HashMap<>();
    private final Map<DeferredWriter<?>, List<Object>> deferred = new LinkedHashMap<>();
    private final List<Runnable> afterCommit = new ArrayList<>();
    private int changes;

    Transaction(StatementCache statements, Dialect dialect) {
        this.statements = statements;
        this.dialect = dialect;
    }

    public Dialect dialect() {
        return dialect;
    }

    /** Has {@code action} run once the transaction is durable, and never if it fails: for caches that must not know more than the store. */
    public void afterCommit(Runnable action) {
        afterCommit.add(action);
    }

    /** Does what comes before the first call of the transaction. */
    <K> void prefetch(BatchPrefetch<K, ?> first, Collection<K> keys) throws SQLException {
        prefetched.put(first, first.read(this, keys));
    }

    /** @return what {@code first} gave for a key that the call was written with (see {@link Database#write(Object, BatchPrefetch, Database.TransactionCallback)}), or null */
    @SuppressWarnings("unchecked") // begin() keeps of each First what it has given
    public <K, V> V prefetched(BatchPrefetch<K, V> first, K key) {
        return ((Map<K, V>) prefetched.get(first)).get(key);
    }

    /** Has all items that were given with one {@code writer} written together, right before the commit. */
    public <T> void defer(DeferredWriter<T> writer, T item) {
        changes++;
        deferred.computeIfAbsent(writer, w -> new ArrayList<>()).add(item);
    }

    public <T> List<T> queryList(Sql sql, RowMapper<T> row) throws SQLException {
        List<T> rows = new ArrayList<>();
        queryEach(sql, r -> rows.add(row.map(r)));
        return rows;
    }

    public <T> Optional<T> queryFirst(Sql sql, RowMapper<T> row) throws SQLException {
        List<T> rows = queryList(sql, row);
        return rows.isEmpty() ? Optional.empty() : Optional.of(rows.getFirst());
    }

    public void queryEach(Sql sql, RowConsumer each) throws SQLException {
        boolean changing = !sql.text().startsWith("select");
        execute(sql, statement -> {
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    // What changes something returns it; what returned nothing found nothing to change.
                    if (changing) {
                        changes++;
                    }
                    each.accept(rows);
                }
            }
            return null;
        });
    }

    /** @return how many rows changed */
    public int update(Sql sql) throws SQLException {
        changes++;
        return execute(sql, PreparedStatement::executeUpdate);
    }

    /** Runs one statement for each row of parameters. */
    public void batch(String text, List<Object[]> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        changes++;
        statements.withStatement(text, statement -> {
            for (Object[] row : rows) {
                for (int i = 0; i < row.length; i++) {
                    bind(statement, i + 1, row[i]);
                }
                statement.addBatch();
            }
            return statement.executeBatch();
        });
    }

    /** How many statements so far were meant to change something. */
    int changes() {
        return changes;
    }

    /** Writes what was to come last; to be called once, before the commit. */
    void flushDeferred() throws SQLException {
        for (Map.Entry<DeferredWriter<?>, List<Object>> each : deferred.entrySet()) {
            writeDeferred(each.getKey(), each.getValue());
        }
        deferred.clear();
    }

    @SuppressWarnings("unchecked") // last() takes a writer only with items of its own
    private <T> void writeDeferred(DeferredWriter<T> writer, List<Object> items) throws SQLException {
        writer.write(this, (List<T>) items);
    }

    /** What was read or written holds for good now. */
    void runAfterCommit() {
        afterCommit.forEach(Runnable::run);
    }

    private <T> T execute(Sql sql, StatementCache.StatementFunction<T> use) throws SQLException {
        List<Object> parameters = sql.parameters();
        if (parameters.size() > MAX_PARAMETERS) {
            throw KirokuException.invalid(
                    "The request names %d values, and a search takes %d at the most: send it in parts.",
                    parameters.size(), MAX_PARAMETERS);
        }
        return statements.withStatement(sql.text(), statement -> {
            for (int i = 0; i < parameters.size(); i++) {
                bind(statement, i + 1, parameters.get(i));
            }
            return use.apply(statement);
        });
    }

    private static void bind(PreparedStatement statement, int index, Object value) throws SQLException {
        switch (value) {
            case null -> statement.setNull(index, Types.NULL);
            case String text -> statement.setString(index, text);
            case Long number -> statement.setLong(index, number);
            case Integer number -> statement.setInt(index, number);
            case Double number -> statement.setDouble(index, number);
            case byte[] bytes -> statement.setBytes(index, bytes);
            default -> throw new IllegalArgumentException("no column holds a " + value.getClass());
        }
    }
}
