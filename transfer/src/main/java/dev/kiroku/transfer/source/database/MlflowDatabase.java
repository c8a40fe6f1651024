package dev.kiroku.transfer.source.database;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A connection that only reads. To be used by one thread. */
final class MlflowDatabase implements AutoCloseable {
    private static final int FETCH_SIZE = 10_000;

    private final DatabaseUri uri;
    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    /** Maps the current row. */
    interface Mapper<T> {
        T map(ResultSet row) throws SQLException;
    }

    /** Consumes the current row. */
    interface RowConsumer {
        void accept(ResultSet row) throws SQLException;
    }

    private MlflowDatabase(DatabaseUri uri, Connection connection) {
        this.uri = uri;
        this.connection = connection;
    }

    /**
     * Connects.
     *
     * @throws KirokuException if the database cannot be reached
     */
    static MlflowDatabase open(DatabaseUri uri) {
        try {
            Connection connection = DriverManager.getConnection(uri.jdbcUrl(), uri.properties());
            if (uri.kind() != DatabaseUri.Kind.SQLITE) {
                connection.setReadOnly(true);
                connection.setAutoCommit(false); // or the PostgreSQL driver reads whole results into memory
            }
            return new MlflowDatabase(uri, connection);
        } catch (SQLException e) {
            throw failure(uri, e);
        }
    }

    static KirokuException failure(DatabaseUri uri, SQLException e) {
        return new KirokuException(
                ErrorCode.TEMPORARILY_UNAVAILABLE,
                "The database " + uri.shown() + " cannot be read: " + e.getMessage(),
                e);
    }

    DatabaseUri uri() {
        return uri;
    }

    /** Returns the columns of each table, in lower case. */
    Map<String, Set<String>> columns() throws SQLException {
        Map<String, Set<String>> columns = new HashMap<>();
        if (uri.kind()
                == DatabaseUri.Kind
                        .SQLITE) { // whose driver asks for all tables in one statement, which may be too long
            each(
                    "select m.name, c.name from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table'",
                    row -> columns.computeIfAbsent(row.getString(1), _ -> new HashSet<>())
                            .add(row.getString(2)));
            return columns;
        }
        try (ResultSet rows =
                connection.getMetaData().getColumns(connection.getCatalog(), connection.getSchema(), "%", "%")) {
            while (rows.next()) {
                columns.computeIfAbsent(rows.getString("TABLE_NAME").toLowerCase(Locale.ROOT), _ -> new HashSet<>())
                        .add(rows.getString("COLUMN_NAME").toLowerCase(Locale.ROOT));
            }
        }
        return columns;
    }

    /** Returns the rows of a query. */
    <T> List<T> list(String sql, Mapper<T> mapper, Object... parameters) throws SQLException {
        List<T> list = new ArrayList<>();
        each(sql, row -> list.add(mapper.map(row)), parameters);
        return list;
    }

    /** Passes the rows of a query to a consumer; the consumer must not run other queries. */
    void each(String sql, RowConsumer consumer, Object... parameters) throws SQLException {
        if (parameters.length == 0) {
            try (PreparedStatement statement = prepare(sql)) {
                forEach(statement, consumer);
            }
            return;
        }
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = prepare(sql);
            statements.put(sql, statement);
        }
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
        forEach(statement, consumer);
    }

    private PreparedStatement prepare(String sql) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statement.setFetchSize(FETCH_SIZE);
        return statement;
    }

    private void forEach(PreparedStatement statement, RowConsumer consumer) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                consumer.accept(rows);
            }
        }
        endRead();
    }

    long count(String from) throws SQLException {
        return list("select count(*) from " + from, row -> row.getLong(1)).getFirst();
    }

    /** Ends the transaction, so that the next query sees what was written meanwhile and nothing is locked. */
    private void endRead() throws SQLException {
        if (!connection.getAutoCommit()) {
            connection.commit();
        }
    }

    /** Returns a list of texts as an SQL list. The texts are ids that the database itself has returned, quoted all the same. */
    static String in(Collection<String> ids) {
        StringBuilder list = new StringBuilder("(");
        for (String id : ids) {
            list.append(list.length() == 1 ? "'" : ", '")
                    .append(id.replace("'", "''"))
                    .append('\'');
        }
        return list.append(list.length() == 1 ? "null)" : ")").toString();
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failure(uri, e);
        }
    }
}
