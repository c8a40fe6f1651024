package dev.kiroku.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server is restarted while MLflow's own clients create runs and log metrics. None of their calls may fail. */
@Timeout(900)
class RollingRestartTest {
    /** The last one repeats requests that create something after status 429 only. */
    private static final List<String> RELEASES = List.of("2.22.4", "3.17.2", "3.18.0");

    private static final int RESTARTS = 3;

    @TempDir
    private Path folder;

    @Test
    void noCallOfAClientFails() throws Exception {
        try (KirokuProcess server = KirokuProcess.start(folder, "sqlite:///kiroku.db");
                LoggingClients clients = LoggingClients.start(folder, server.url(), RELEASES)) {
            for (int i = 0; i < RESTARTS; i++) {
                clients.awaitRuns(5);
                assertEquals(0, server.terminate(), server.log());
                server.start();
            }
            clients.awaitRuns(5);
            clients.assertNothingFailed(server.api());
        }
    }
}
