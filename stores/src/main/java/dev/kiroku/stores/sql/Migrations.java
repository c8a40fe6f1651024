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
    private static final int NEWEST = 10;

    private static final String HISTORY = "kiroku_schema";

    private Migrations() {}

    /**
     * Makes an empty database ready, and an older one new.
     *
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE when the database is MLflow's own, or newer than this program
     */
    public static void apply(Database database) {
        DataSource connections = database.writers();
        int version = version(connections);
        if (version > NEWEST) {
            throw invalid(
                    "The database has schema version %d, and this Kiroku knows up to %d: start a Kiroku that is at least as new as the one that "
                            + "last used it, or restore the backup from before it was upgraded.",
                    version, NEWEST);
        }
        // Looking costs a query; Flyway costs a part of the start-up that every user waits for.
        if (version < NEWEST) {
            Flyway.configure(Migrations.class.getClassLoader())
                    .dataSource(connections)
                    .locations("classpath:db/kiroku")
                    .table(HISTORY)
                    .placeholders(database.dialect().typeNames())
                    .baselineOnMigrate(false)
                    .loggers("slf4j")
                    .load()
                    .migrate();
        }
    }

    /** @return 0 for a database without a schema of ours */
    private static int version(DataSource connections) {
        try (Connection connection = connections.getConnection()) {
            if (exists(connection, "alembic_version")) {
                throw invalid(
                        "This database was made by MLflow itself and Kiroku does not touch it. Give --backend-store-uri an empty database (for "
                                + "PostgreSQL: createdb kiroku), and keep MLflow's for MLflow.");
            }
            if (!exists(connection, HISTORY)) {
                return 0;
            }
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("select version from " + HISTORY + " where success")) {
                int newest = 0;
                while (rows.next()) {
                    newest = Math.max(newest, Integer.parseInt(rows.getString(1)));
                }
                return newest;
            }
        } catch (SQLException e) {
            throw invalid("The database cannot be opened: %s", reason(e));
        }
    }

    /** What the driver says, and what lies behind that: pools wrap the one that helps in others. */
    private static String reason(SQLException thrown) {
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

    private static boolean exists(Connection connection, String table) throws SQLException {
        DatabaseMetaData metaData = connection.getMetaData();
        try (ResultSet tables =
                metaData.getTables(null, connection.getSchema(), table.toLowerCase(Locale.ROOT), null)) {
            return tables.next();
        }
    }
}
