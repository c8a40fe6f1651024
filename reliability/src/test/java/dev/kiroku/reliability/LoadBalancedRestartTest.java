package dev.kiroku.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two servers on one PostgreSQL behind nginx are restarted one after the other, while MLflow's own clients create runs and log metrics. None of
 * their calls may fail. {@code -Dmlflow.clients=2.22.4,3.17.2,3.18.0} chooses the releases of the clients.
 */
@Timeout(900)
class LoadBalancedRestartTest {
    private static final List<String> RELEASES =
            List.of(System.getProperty("mlflow.clients", "3.17.2,3.18.0").split(","));

    private static final int ROUNDS = Integer.getInteger("kiroku.rounds", 1);

    @TempDir
    private Path folder;

    @Test
    void noCallOfAClientFails() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            String store = "postgresql://postgres:postgres@127.0.0.1:" + postgres.getPort() + "/postgres";
            try (KirokuProcess one = KirokuProcess.start(folder.resolve("one"), store);
                    KirokuProcess two = KirokuProcess.start(folder.resolve("two"), store);
                    NginxProcess nginx = NginxProcess.start(folder, List.of(one.url(), two.url()));
                    LoggingClients clients = LoggingClients.start(folder, nginx.url(), RELEASES)) {
                for (int i = 0; i < ROUNDS; i++) {
                    for (KirokuProcess server : List.of(one, two)) {
                        clients.awaitRuns(5);
                        assertEquals(0, server.terminate(), server.log());
                        clients.awaitRuns(2); // by the other server
                        server.start();
                        awaitUse(server);
                    }
                }
                clients.awaitRuns(5);
                clients.assertNothingFailed(one.api());
            } catch (AssertionError e) {
                throw new AssertionError(Files.readString(folder.resolve("nginx.log")), e);
            }
        }
    }

    /** Waits until nginx, which avoids a server for ten seconds after it was down, sends requests to it again. */
    private static void awaitUse(KirokuProcess server) throws Exception {
        while (countRequests(server) < 20) {
            Thread.sleep(100);
        }
    }

    private static double countRequests(KirokuProcess server) throws Exception {
        return server.api().metrics().entrySet().stream()
                .filter(metric -> metric.getKey().startsWith("kiroku_http_request_duration_seconds_count")
                        && metric.getKey().contains("runs/log"))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }
}
