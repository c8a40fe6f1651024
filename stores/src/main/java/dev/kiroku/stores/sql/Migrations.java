package dev.kiroku.stores.sql;

import static dev.kiroku.model.KirokuException.invalid;

import com.zaxxer.hikari.HikariDataSource;
import dev.kiroku.stores.dialect.Dialect;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Migrates the schema of a database to the version of this program. */
final class Migrations {
    /** The greatest version among the migrations. */
    private static final int LATEST_VERSION = 23;

    private static final String HISTORY_TABLE = "kiroku_schema";

    private Migrations() {}

    /**
     * Creates the schema in an empty database, or upgrades an older one.
     *
     * @param connection reads the version of the schema
     * @param connections for the migration
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if the database belongs to MLflow, has a newer schema, or does not
     *     allow the migration
     */
    static void migrate(Connection connection, HikariDataSource connections, Dialect dialect) throws SQLException {
        int version = schemaVersion(connection);
        if (version > LATEST_VERSION) {
            throw invalid(
                    "The database has schema version %d, but this Kiroku supports at most version %d. Start the version of Kiroku that last"
                            + " used the database or a newer one, or restore the backup from before the upgrade.",
                    version, LATEST_VERSION);
        }
        // Reading the version costs one query; Flyway costs a part of the start that every user waits for.
        if (version < LATEST_VERSION) {
            try {
                Flyway.configure(Migrations.class.getClassLoader())
                        .dataSource(connections)
                        .locations(dialect.migrationsLocation())
                        .table(HISTORY_TABLE)
                        .placeholders(dialect.migrationPlaceholders())
                        .javaMigrations(new CanonicalNamesMigration(dialect))
                        .baselineOnMigrate(false)
                        .initSql(dialect.beginMigration())
                        .loggers("slf4j")
                        .load()
                        .migrate();
                connections.getHikariPoolMXBean().softEvictConnections(); // the migration has changed their settings
            } catch (FlywayException e) {
                throw DatabaseErrors.cannotBeOpened(dialect, e);
            }
        }
    }

    /** Returns the version of the schema; 0 if the database has none. */
    private static int schemaVersion(Connection connection) throws SQLException {
        if (tableExists(connection, "alembic_version")) {
            throw invalid(
                    "This database was made by MLflow itself and Kiroku does not touch it. Give --backend-store-uri an empty database (for"
                            + " PostgreSQL: createdb kiroku), and keep MLflow's for MLflow. To bring its runs and models over: kiroku import URI.");
        }
        if (!tableExists(connection, HISTORY_TABLE)) {
            return 0;
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select version from " + HISTORY_TABLE + " where success")) {
            int latest = 0;
            while (rows.next()) {
                latest = Math.max(latest, Integer.parseInt(rows.getString("version")));
            }
            return latest;
        }
    }

    private static boolean tableExists(Connection connection, String table) throws SQLException {
        DatabaseMetaData metaData = connection.getMetaData();
        try (ResultSet tables = metaData.getTables(
                connection.getCatalog(), connection.getSchema(), table.toLowerCase(Locale.ROOT), null)) {
            return tables.next();
        }
    }
}
