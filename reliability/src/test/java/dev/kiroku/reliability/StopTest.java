package dev.kiroku.reliability;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A stop ends within its limit while a statement runs that does not end: another process holds a lock until the server is gone. */
@Timeout(300)
class StopTest {
    private static final String[] SHORT_GRACE = {"--shutdown-timeout", "1"};

    @TempDir
    private Path folder;

    @Test
    void stopsWhileStatementRunsOnSqlite() throws Exception {
        try (KirokuProcess server = KirokuProcess.start(folder, "sqlite:///kiroku.db", SHORT_GRACE);
                Connection other = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("kiroku.db"))) {
            assertStops(server, other, "begin immediate");
        }
    }

    @Test
    void stopsWhileStatementRunsOnPostgres() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                KirokuProcess server = KirokuProcess.start(
                        folder,
                        "postgresql://postgres:postgres@127.0.0.1:" + postgres.getPort() + "/postgres",
                        SHORT_GRACE);
                Connection other = postgres.getPostgresDatabase().getConnection()) {
            other.setAutoCommit(false);
            assertStops(server, other, "lock table runs in access exclusive mode");
        }
    }

    private static void assertStops(KirokuProcess server, Connection other, String lock) throws Exception {
        try (Statement statement = other.createStatement()) {
            statement.execute(lock);
            Thread request = Thread.startVirtualThread(() -> {
                try {
                    assertFalse(server.api()
                            .post("runs/create", Map.of("experiment_id", "0"))
                            .isOk());
                } catch (IOException e) {
                    // the server is gone
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            while (server.api().metrics().get("kiroku_store_connections_active{pool=\"writers\"}") == 0) {
                Thread.sleep(20);
            }
            server.terminate();
            assertTrue(server.log().contains("Stopped"), server.log());
            request.join();
        } catch (SQLException e) {
            throw new IllegalStateException(server.log(), e);
        }
    }
}
