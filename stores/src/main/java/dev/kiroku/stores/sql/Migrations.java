package dev.kiroku.stores.sql;

import static dev.kiroku.model.KirokuException.invalid;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** Brings a database's schema to the version that this program knows. */
public final class Migrations {
    /** The newest version among {@code db/kiroku/V*.sql}. */
    private static final int LATEST_VERSION = 10;

    private static final String HISTORY_TABLE = "kiroku_schema";

    private Migrations() {}

    /**
     * Makes an empty database ready, and an older one new.
     *
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE when the database is MLflow's own, or newer than this program
     */
    public static void migrate(Database database) {
        DataSource connections = database.writeDataSource();
        int version = schemaVersion(connections);
        if (version > LATEST_VERSION) {
            throw invalid(
                    "The database has schema version %d, and this Kiroku knows up to %d: start a Kiroku that is at least as new as the one that "
                            + "last used it, or restore the backup from before it was upgraded.",
                    version, LATEST_VERSION);
        }
        // Looking costs a query; Flyway costs a part of the start-up that every user waits for.
        if (version < LATEST_VERSION) {
            Flyway.configure(Migrations.class.getClassLoader())
                    .dataSource(connections)
                    .locations("classpath:db/kiroku")
                    .table(HISTORY_TABLE)
                    .placeholders(database.dialect().migrationPlaceholders())
                    .baselineOnMigrate(false)
                    .loggers("slf4j")
                    .load()
                    .migrate();
        }
    }

    /** @return 0 for a database without a schema of ours */
    private static int schemaVersion(DataSource connections) {
        try (Connection connection = connections.getConnection()) {
            if (tableExists(connection, "alembic_version")) {
                throw invalid(
                        "This database was made by MLflow itself and Kiroku does not touch it. Give --backend-store-uri an empty database (for "
                                + "PostgreSQL: createdb kiroku), and keep MLflow's for MLflow.");
            }
            if (!tableExists(connection, HISTORY_TABLE)) {
                return 0;
            }
            try (Statement statement = connection.createStatement();
                    ResultSet rows =
                            statement.executeQuery("select version from " + HISTORY_TABLE + " where success")) {
                int newest = 0;
                while (rows.next()) {
                    newest = Math.max(newest, Integer.parseInt(rows.getString(1)));
                }
                return newest;
            }
        } catch (SQLException e) {
            throw invalid("The database cannot be opened: %s", rootMessage(e));
        }
    }

    /** What the driver says, and what lies behind that: pools wrap the one that helps in others. */
    private static String rootMessage(SQLException thrown) {
        String said = thrown.getMessage();
        Throwable last = thrown;
        for (Throwable cause = thrown.getCause(); cause != null; cause = cause.getCause()) {
            last = cause;
            if (cause instanceof SQLException) {
                said = cause.getMessage();
            }
        }
        return last instanceof SQLException ? said : said + " (" + last + ")";
    }

    private static boolean tableExists(Connection connection, String table) throws SQLException {
        DatabaseMetaData metaData = connection.getMetaData();
        try (ResultSet tables =
                metaData.getTables(null, connection.getSchema(), table.toLowerCase(Locale.ROOT), null)) {
            return tables.next();
        }
    }
}
