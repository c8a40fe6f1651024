package dev.kiroku.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.reference.MlflowInstallation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server is restarted while MLflow's own clients create runs and log metrics. None of their calls may fail. */
@Timeout(900)
class RollingRestartTest {
    /** The last one repeats requests that create something after status 429 only. */
    private static final List<String> RELEASES = List.of("2.22.4", "3.17.2", "3.18.0");

    private static final int RESTARTS = 3;
    private static final int POINTS = 5;

    /** Creates runs until a file exists, on several threads, and prints the ID of each that is complete. */
    private static final String CLIENT = """
            import os, sys, threading, traceback
            import mlflow

            uri, end, points = sys.argv[1], sys.argv[2], int(sys.argv[3])
            mlflow.set_tracking_uri(uri)

            def log_runs():
                try:
                    while not os.path.exists(end):
                        with mlflow.start_run() as run:
                            for step in range(points):
                                mlflow.log_metric("m", step, step=step)
                            mlflow.log_params({"p": "v"})
                            mlflow.set_tag("t", "v")
                        sys.stdout.write("run " + run.info.run_id + "\\n")
                        sys.stdout.flush()
                except BaseException:
                    traceback.print_exc()
                    os._exit(1)

            threads = [threading.Thread(target=log_runs) for _ in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            """;

    @TempDir
    private Path folder;

    private final List<Client> clients = new ArrayList<>();

    /** A process with MLflow's client. */
    private record Client(String release, Path output, Process process) {
        List<String> runs() throws IOException {
            return Files.readAllLines(output).stream()
                    .filter(line -> line.startsWith("run "))
                    .map(line -> line.substring(4))
                    .toList();
        }

        void awaitRuns(int count) throws IOException, InterruptedException {
            while (runs().size() < count) {
                assertTrue(process.isAlive(), () -> "client " + release + " has failed:\n" + log());
                Thread.sleep(50);
            }
        }

        String log() {
            try {
                return Files.readString(output);
            } catch (IOException e) {
                return e.toString();
            }
        }
    }

    private Client startClient(String release, String url, Path end) throws IOException {
        Path output = folder.resolve("client-" + release + ".log");
        ProcessBuilder builder = new ProcessBuilder(
                        MlflowInstallation.findOrInstallClient(release).toString(),
                        "-c",
                        CLIENT,
                        url,
                        end.toString(),
                        Integer.toString(POINTS))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("MLFLOW_"));
        Client client = new Client(release, output, builder.start());
        clients.add(client);
        return client;
    }

    @Test
    void noCallOfAClientFails() throws Exception {
        Path end = folder.resolve("end");
        try (KirokuProcess server = KirokuProcess.start(folder, "sqlite:///kiroku.db")) {
            for (String release : RELEASES) {
                startClient(release, server.url(), end);
            }
            for (int i = 0; i < RESTARTS; i++) {
                for (Client client : clients) {
                    client.awaitRuns(client.runs().size() + 5);
                }
                assertEquals(0, server.terminate(), server.log());
                server.start();
            }
            for (Client client : clients) {
                client.awaitRuns(client.runs().size() + 5);
            }
            Files.createFile(end);
            Set<String> complete = new HashSet<>();
            for (Client client : clients) {
                assertEquals(0, client.process().waitFor(), () -> client.release() + ":\n" + client.log());
                complete.addAll(client.runs());
            }
            assertRunsAreComplete(server.api(), complete);
        } finally {
            clients.forEach(client -> client.process().destroyForcibly());
        }
    }

    private static void assertRunsAreComplete(ReliabilityClient api, Set<String> runs) throws Exception {
        for (String run : runs) {
            assertEquals(POINTS, api.steps(run, "m").size());
        }
        var finished = api.post(
                "runs/search",
                java.util.Map.of(
                        "experiment_ids", List.of("0"), "filter", "status = 'FINISHED'", "max_results", 50_000));
        assertEquals(runs.size(), finished.body().path("runs").size(), "each run was created once");
    }
}
