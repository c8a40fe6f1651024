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
import java.util.Map;
import java.util.Set;

/** MLflow's own clients of several releases, each a process whose threads create runs and log to them until they are told to end. */
final class LoggingClients implements AutoCloseable {
    private static final int POINTS = 5;

    /** Creates runs until a file exists, on several threads, and prints the ID of each that is complete. */
    private static final String PROGRAM = """
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

    /** A process with MLflow's client. */
    private record Client(String release, Path output, Process process) {
        List<String> runs() throws IOException {
            return Files.readAllLines(output).stream()
                    .filter(line -> line.startsWith("run "))
                    .map(line -> line.substring(4))
                    .toList();
        }

        String log() {
            try {
                return Files.readString(output);
            } catch (IOException e) {
                return e.toString();
            }
        }
    }

    private final Path folder;
    private final Path end;
    private final List<Client> clients = new ArrayList<>();

    private LoggingClients(Path folder) {
        this.folder = folder;
        this.end = folder.resolve("end");
    }

    /** Starts a client of each release. */
    static LoggingClients start(Path folder, String url, List<String> releases) throws IOException {
        var clients = new LoggingClients(folder);
        try {
            for (String release : releases) {
                clients.startClient(release, url);
            }
        } catch (IOException | RuntimeException e) {
            clients.close();
            throw e;
        }
        return clients;
    }

    private void startClient(String release, String url) throws IOException {
        Path output = folder.resolve("client-" + release + ".log");
        ProcessBuilder builder = new ProcessBuilder(
                        MlflowInstallation.findOrInstallClient(release).toString(),
                        "-c",
                        PROGRAM,
                        url,
                        end.toString(),
                        Integer.toString(POINTS))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("MLFLOW_"));
        // The thread of the client's telemetry changes the environment while others read it.
        builder.environment().put("MLFLOW_DISABLE_TELEMETRY", "true");
        clients.add(new Client(release, output, builder.start()));
    }

    /** Waits until each client has completed further runs. */
    void awaitRuns(int further) throws IOException, InterruptedException {
        for (Client client : clients) {
            int wanted = client.runs().size() + further;
            while (client.runs().size() < wanted) {
                assertTrue(
                        client.process.isAlive(), () -> "client " + client.release + " has failed:\n" + client.log());
                Thread.sleep(50);
            }
        }
    }

    /** Ends the clients, and asserts that no call of theirs failed, that nothing was lost, and that nothing was done twice. */
    void assertNothingFailed(ReliabilityClient api) throws Exception {
        Files.createFile(end);
        Set<String> runs = new HashSet<>();
        for (Client client : clients) {
            assertEquals(0, client.process.waitFor(), () -> client.release + ":\n" + client.log());
            runs.addAll(client.runs());
        }
        for (String run : runs) {
            assertEquals(POINTS, api.steps(run, "m").size());
        }
        var all = api.post("runs/search", Map.of("experiment_ids", List.of("0"), "max_results", 50_000));
        assertEquals(runs.size(), all.body().path("runs").size(), "each run was created once");
        all.body()
                .path("runs")
                .forEach(run -> assertEquals("FINISHED", run.at("/info/status").asString()));
    }

    @Override
    public void close() {
        clients.forEach(client -> client.process.destroyForcibly());
    }
}
