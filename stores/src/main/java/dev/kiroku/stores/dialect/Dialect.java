package dev.kiroku.stores.dialect;

import com.zaxxer.hikari.HikariConfig;
import dev.kiroku.stores.StoreUri;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What differs between databases: connection settings, migrations, error codes and the SQL that is not common to all of them. Everything
 * else is written once. To support another database, implement this interface, add its case to {@link Dialects} and to {@link StoreUri}, and
 * provide its migrations.
 *
 * <p>The interface does not assume {@code RETURNING} or {@code ON CONFLICT}: {@link #supportsReturning} says whether inserts and updates
 * can return rows, and the upsert methods return whole statements, so that a dialect may write {@code ON DUPLICATE KEY UPDATE}.
 */
public interface Dialect {
    /**
     * The duration after which a read, or a statement of a write, is cancelled. Clients of MLflow wait for up to 120 seconds. What depends on a
     * request must not hold locks for longer.
     */
    Duration TIMEOUT = Duration.ofSeconds(60);

    // Connections

    /** Returns the URI of the database; its text contains no password. */
    StoreUri uri();

    /**
     * Creates what must exist before a connection is opened, for example a directory.
     *
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if it cannot be created
     */
    void prepare();

    /** Sets the JDBC URL and the properties of connections that only read. A transaction of such a connection reads one snapshot. */
    void configureReadPool(HikariConfig config);

    /** Sets the JDBC URL and the properties of connections that write. */
    void configureWritePool(HikariConfig config);

    /**
     * Limits the duration of a read or of a transaction that begins now. Called before each; a dialect whose connections have a statement
     * timeout does nothing.
     *
     * @param physical the driver's connection
     */
    void limitDuration(Connection physical) throws SQLException;

    /** Returns the statement with which a connection of the write pool begins a migration of the schema, which may take any time; or null. */
    default @Nullable String beginMigration() {
        return null;
    }

    /** Returns how many transactions may write at the same time. */
    int writeConnections();

    /** Returns how many prepared statements are kept for each connection; 0 if the driver keeps them itself. */
    int statementCacheSize();

    /** Returns the kind of an error. */
    DatabaseErrorKind classify(SQLException error);

    /**
     * Returns whether a failed attempt to connect may succeed later without anybody doing something: the database is starting, cannot be reached
     * or does not answer in time. A wrong password, for example, stays wrong.
     */
    boolean mayConnectLater(SQLException error);

    // Migrations

    /** Returns the location of the migrations, as Flyway takes it. */
    String migrationsLocation();

    /** Returns the values of the placeholders in the migrations. */
    Map<String, String> migrationPlaceholders();

    // Statements

    /**
     * Returns a statement with quotation marks around the names of tables and columns that are reserved words of the database, such as
     * {@code key} in MySQL. Called when a statement is prepared. By default the statement is unchanged.
     */
    default String quoteReservedWords(String statement) {
        return statement;
    }

    /** Returns whether INSERT and UPDATE take a RETURNING clause. */
    boolean supportsReturning();

    /**
     * Returns an insert that skips rows whose key exists.
     *
     * @param insert a statement that begins with {@code insert into}
     */
    String insertIfAbsent(String insert);

    /**
     * Returns an insert that updates the existing row if the key exists.
     *
     * @param insert a statement that begins with {@code insert into}
     * @param key the columns of the primary key or of a unique constraint, separated by commas
     * @param columns the columns to overwrite with the inserted values
     */
    default String upsert(String insert, String key, String... columns) {
        List<String> assignments = Arrays.stream(columns)
                .map(column -> column + " = " + inserted(column))
                .toList();
        return upsert(insert, key, assignments, "");
    }

    /**
     * Returns an insert that updates the existing row if the key exists.
     *
     * @param insert a statement that begins with {@code insert into}
     * @param key the columns of the primary key or of a unique constraint, separated by commas
     * @param assignments of the form {@code column = expression}; {@link #inserted} gives the new value of a column, the name of the table
     *     and of the column its old value. They change nothing where {@code condition} is false
     * @param condition allows the database to skip the update; empty for none. A dialect without such a clause ignores it
     */
    String upsert(String insert, String key, List<String> assignments, String condition);

    /** Returns the expression of the value that an upsert tried to insert into a column. */
    String inserted(String column);

    /**
     * Returns a table expression named {@code v} of the rows, whose columns are named by {@link #rowColumn}.
     *
     * @param rows at least one; all of one length
     */
    Sql rows(List<@Nullable Object[]> rows);

    /**
     * Returns the name of a column of {@link #rows}.
     *
     * @param index of the column, from 1
     */
    String rowColumn(int index);

    /**
     * Returns a table expression named {@code p} of texts, with the columns {@code c1}, {@code c2} …. The texts are bound as few values: neither
     * the text of the statement nor the number of its parameters depends on how many they are.
     *
     * @param columns the columns; all of one length
     */
    Sql textTable(List<List<String>> columns);

    /** Returns the clause at the end of a SELECT that locks its rows until the end of the transaction; empty where no lock is needed. */
    String forUpdate();

    /** Returns the keyword that joins two tables and makes the planner read the left one first, where it heeds that at all. */
    String orderedJoin();

    /**
     * Returns the beginning of a statement that defines {@code chosen(id)}, the distinct non-null values of an index column, found by one index
     * lookup for each distinct value and not by reading all rows.
     *
     * @param column the first column of an index that {@code where} does not compare
     * @param where compares the columns before it
     * @param limit the number of values after which the search stops
     */
    Sql distinctValues(String table, String column, Sql where, int limit);

    /**
     * Returns a query that makes the generated values of a column continue after the greatest one in the table, for rows that were inserted with
     * values of their own; null if they do so anyway.
     */
    default @Nullable String continueIdentity(String table, String column) {
        return null;
    }

    // Expressions

    /**
     * Returns the condition that a text matches a pattern, case-sensitive. Nothing escapes the wildcards of the pattern.
     *
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if the pattern is too long
     */
    Sql like(String expression, String pattern);

    /** As {@link #like}, case-insensitive. */
    Sql ilike(String expression, String pattern);

    /** Returns the decimal text of a number. */
    String castToText(String expression);

    /** Returns the current time of the database in milliseconds since 1970: the one clock that all servers on a database share. */
    String currentTimeMillis();
}
