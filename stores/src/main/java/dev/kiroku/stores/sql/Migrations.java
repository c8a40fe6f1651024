package dev.kiroku.stores.sql;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.stores.dialect.Dialect;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** Migrates the schema of a database to the version of this program. */
final class Migrations {
    /** The greatest version among the migrations. */
    private static final int LATEST_VERSION = 12;

    private static final String HISTORY_TABLE = "kiroku_schema";

    private Migrations() {}

    /**
     * Creates the schema in an empty database, or upgrades an older one.
     *
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if the database belongs to MLflow, cannot be opened, or has a newer
     *     schema
     */
    static void migrate(DataSource connections, Dialect dialect) {
        int version = schemaVersion(connections);
        if (version > LATEST_VERSION) {
            throw invalid(
                    "The database has schema version %d, but this Kiroku supports at most version %d. Start the version of Kiroku that last"
                            + " used the database or a newer one, or restore the backup from before the upgrade.",
                    version, LATEST_VERSION);
        }
        // Reading the version costs one query; Flyway costs a part of the start that every user waits for.
        if (version < LATEST_VERSION) {
            Flyway.configure(Migrations.class.getClassLoader())
                    .dataSource(connections)
                    .locations(dialect.migrationsLocation())
                    .table(HISTORY_TABLE)
                    .placeholders(dialect.migrationPlaceholders())
                    .baselineOnMigrate(false)
                    .loggers("slf4j")
                    .load()
                    .migrate();
        }
    }

    /** Returns the version of the schema; 0 if the database has none. */
    private static int schemaVersion(DataSource connections) {
        try (Connection connection = connections.getConnection()) {
            if (tableExists(connection, "alembic_version")) {
                throw invalid(
                        "This database was made by MLflow itself and Kiroku does not touch it. Give --backend-store-uri an empty database (for"
                                + " PostgreSQL: createdb kiroku), and keep MLflow's for MLflow.");
            }
            if (!tableExists(connection, HISTORY_TABLE)) {
                return 0;
            }
            try (Statement statement = connection.createStatement();
                    ResultSet rows =
                            statement.executeQuery("select version from " + HISTORY_TABLE + " where success")) {
                int latest = 0;
                while (rows.next()) {
                    latest = Math.max(latest, Integer.parseInt(rows.getString("version")));
                }
                return latest;
            }
        } catch (SQLException e) {
            throw invalid("The database cannot be opened: %s", rootMessage(e));
        }
    }

    /** Returns the message of the driver and of what caused it: pools wrap the helpful message in others. */
    private static String rootMessage(SQLException thrown) {
        String message = String.valueOf(thrown.getMessage());
        Throwable root = thrown;
        for (Throwable cause = thrown.getCause(); cause != null; cause = cause.getCause()) {
            root = cause;
            if (cause instanceof SQLException) {
                message = String.valueOf(cause.getMessage());
            }
        }
        return root instanceof SQLException ? message : message + " (" + root + ")";
    }

    private static boolean tableExists(Connection connection, String table) throws SQLException {
        DatabaseMetaData metaData = connection.getMetaData();
        try (ResultSet tables = metaData.getTables(
                connection.getCatalog(), connection.getSchema(), table.toLowerCase(Locale.ROOT), null)) {
            return tables.next();
        }
    }
}
