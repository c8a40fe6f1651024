package dev.kiroku.stores.sql;

import com.zaxxer.hikari.HikariConfig;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.stores.dialect.Dialect;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the first connection to a database. Waits for a database that cannot be reached yet, because servers and databases are often started
 * together; reports everything that waiting does not mend at once. A connection pool does neither.
 */
final class FirstConnection {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** How often the wait is logged. */
    private static final Duration REPORT_INTERVAL = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(FirstConnection.class);

    private FirstConnection() {}

    /**
     * Returns a connection, which the caller closes.
     *
     * @param config URL and properties of the connection
     * @param wait how long attempts are repeated; zero for a single attempt
     * @throws KirokuException INVALID_PARAMETER_VALUE if the database refuses the connection for a reason that stays, TEMPORARILY_UNAVAILABLE
     *     if it cannot be reached in time
     */
    static Connection open(Dialect dialect, HikariConfig config, Duration wait) {
        long start = System.nanoTime();
        long reportAfter = 0;
        while (true) {
            try {
                return DriverManager.getConnection(config.getJdbcUrl(), config.getDataSourceProperties());
            } catch (SQLException e) {
                String reason = DatabaseErrors.rootMessage(e);
                if (!dialect.mayConnectLater(e)) {
                    throw DatabaseErrors.cannotBeOpened(dialect, e);
                }
                long elapsed = System.nanoTime() - start;
                if (elapsed >= wait.toNanos()) {
                    throw new KirokuException(
                            ErrorCode.TEMPORARILY_UNAVAILABLE,
                            "The database %s cannot be reached: %s. Check that it runs and that its address is right."
                                    .formatted(dialect.uri(), reason),
                            e);
                }
                if (elapsed >= reportAfter) {
                    LOG.warn(
                            "The database {} cannot be reached: {}. Waiting for it, for up to {} more seconds.",
                            dialect.uri(),
                            reason,
                            wait.minusNanos(elapsed).toSeconds());
                    reportAfter = elapsed + REPORT_INTERVAL.toNanos();
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KirokuException(
                    ErrorCode.TEMPORARILY_UNAVAILABLE, "The wait for the database was interrupted.", e);
        }
    }
}
