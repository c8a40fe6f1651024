package dev.kiroku.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.cli.command.CommandContext;
import dev.kiroku.cli.command.ExitStatus;
import dev.kiroku.cli.config.ConfigFile;
import dev.kiroku.cli.config.KirokuConfig;
import dev.kiroku.cli.config.ServerProperties;
import dev.kiroku.cli.config.Settings;
import dev.kiroku.cli.wiring.RunningServer;
import dev.kiroku.cli.wiring.ServerWiring;
import dev.kiroku.client.ClientSettings;
import dev.kiroku.client.TrackingClient;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.tracking.RunApi;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests of {@code kiroku experiments}, {@code runs} and {@code artifacts} against a server. */
class TrackingCommandsTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    @TempDir
    private static Path folder;

    private static RunningServer server;
    private static TrackingClient remote;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeAll
    static void start() {
        server = ServerWiring.start(
                KirokuConfig.from(new Settings(
                        ServerProperties.all(),
                        Map.of(
                                "port",
                                "0",
                                "backend-store-uri",
                                "sqlite:///" + folder.resolve("k.db"),
                                "artifacts-destination",
                                folder.resolve("artifacts").toString()),
                        Map.of(),
                        ConfigFile.NONE)),
                Map.of());
        remote = new TrackingClient(ClientSettings.fromEnvironment(uri(), Map.of()));
    }

    @AfterAll
    static void stop() {
        remote.close();
        server.close();
    }

    private static String uri() {
        return "http://127.0.0.1:" + server.port();
    }

    private int kiroku(Map<String, String> environment, String... words) {
        out.reset();
        err.reset();
        Map<String, String> variables = new HashMap<>(environment);
        variables.putIfAbsent("MLFLOW_TRACKING_URI", uri());
        return new Cli(new CommandContext(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        variables))
                .run(words);
    }

    private String output(String... words) {
        assertEquals(ExitStatus.SUCCESS, kiroku(Map.of(), words), error());
        return out.toString(StandardCharsets.UTF_8);
    }

    private String error() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private void assertStatus(int status, String message, String... words) {
        assertEquals(status, kiroku(Map.of(), words));
        assertTrue(error().contains(message), error());
    }

    private String createExperiment(String name) {
        String line = output("experiments", "create", "-n", name);
        assertTrue(line.startsWith("Created experiment '" + name + "' with id "), line);
        return line.strip().substring(line.strip().lastIndexOf(' ') + 1);
    }

    private String createRun(String experimentId, String name) {
        return JSON.readTree(output("runs", "create", "--experiment-id", experimentId, "--run-name", name))
                .path("run_id")
                .asString();
    }

    @Test
    void experimentsAreCreatedFoundRenamedDeletedAndRestored() {
        String id = createExperiment("first");
        output("experiments", "rename", "-x", id, "--new-name", "renamed");
        JsonNode json = JSON.readTree(output("experiments", "get", "-n", "renamed", "--output", "json"));
        assertEquals(id, json.path("experiment_id").asString());
        assertTrue(json.path("tags").isObject());
        assertTrue(output("experiments", "get", "-x", id).contains("Lifecycle Stage    : active\n"));
        assertEquals("Experiment with ID " + id + " has been deleted.\n", output("experiments", "delete", "-x", id));
        assertFalse(output("experiments", "search").contains("renamed"));
        String deleted = output("experiments", "search", "-v", "DELETED_ONLY");
        assertTrue(deleted.lines().skip(1).findFirst().orElseThrow().startsWith("----"), deleted);
        assertTrue(deleted.contains("\n" + id + " "), deleted);
        output("experiments", "restore", "-x", id);
        JsonNode found = JSON.readTree(output("experiments", "search", "--max-results", "1", "--json"));
        assertEquals(1, found.path("experiments").size());
        assertStatus(ExitStatus.FAILURE, "nope", "experiments", "get", "-n", "nope");
        assertStatus(ExitStatus.USAGE_ERROR, "--experiment-name", "experiments", "get");
        assertStatus(ExitStatus.USAGE_ERROR, "--view", "experiments", "search", "-v", "some");
        assertStatus(ExitStatus.USAGE_ERROR, "--experiment-id is missing", "experiments", "delete");
    }

    @Test
    void tagsOfTraceArchivalAreSetAndCleared() {
        String id = createExperiment("archive");
        String set =
                output("experiments", "update", "-x", id, "--trace-archival-retention", "30d", "--trace-archive-now");
        assertEquals(
                "Updated experiment " + id + ": set trace archival retention to 30d;"
                        + " requested archive-now on the next scheduler pass.\n",
                set);
        String tags = output("experiments", "get", "-x", id);
        assertTrue(tags.contains("mlflow.trace.archivalRetention={\"type\": \"duration\", \"value\": \"30d\"}"), tags);
        output("experiments", "update", "-x", id, "--clear-trace-archival-retention", "--clear-trace-archive-now");
        assertTrue(output("experiments", "get", "-x", id).contains("Tags               : \n"));
        assertStatus(
                ExitStatus.USAGE_ERROR, "30x", "experiments", "update", "-x", id, "--trace-archival-retention", "30x");
        assertStatus(ExitStatus.USAGE_ERROR, "at least one", "experiments", "update", "-x", id);
    }

    @Test
    void runsAreCreatedListedDescribedDeletedAndRestored() {
        JsonNode created = JSON.readTree(output(
                "runs",
                "create",
                "--experiment-name",
                "runs",
                "--run-name",
                "r",
                "-t",
                "a=1",
                "--tags",
                "b=x=y",
                "--status",
                "failed",
                "--description",
                "why"));
        String runId = created.path("run_id").asString();
        String experimentId = created.path("experiment_id").asString();
        assertEquals("FAILED", created.path("status").asString());
        String child = JSON.readTree(
                        output("runs", "create", "--experiment-id", experimentId, "--parent-run-id", runId))
                .path("run_id")
                .asString();
        remote.call(
                RunApi.LOG_BATCH,
                new RunApi.LogBatchRequest(
                        runId,
                        List.of(new RunApi.MetricInput("m", Double.NaN, 1L, 1L, null, null, null, null)),
                        List.of(new KeyValue("p", "v")),
                        List.of()));
        String text = output("runs", "describe", "--run-id", runId);
        assertTrue(text.contains("\"m\" : NaN"), text);
        JsonNode run = JSON.readTree(text.replace("NaN", "null"));
        assertEquals("x=y", run.path("data").path("tags").path("b").asString());
        assertEquals(
                "why", run.path("data").path("tags").path("mlflow.note.content").asString());
        assertEquals("v", run.path("data").path("params").path("p").asString());
        assertEquals("FAILED", run.path("info").path("status").asString());
        assertTrue(JSON.readTree(output("runs", "describe", "--run-id", child, "--json"))
                .path("run")
                .path("data")
                .path("tags")
                .toString()
                .contains(runId));
        assertEquals("Run with ID " + child + " has been deleted.\n", output("runs", "delete", "--run-id", child));
        assertEquals(ExitStatus.SUCCESS, kiroku(Map.of("MLFLOW_EXPERIMENT_ID", experimentId), "runs", "list"), error());
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(3, lines.size(), lines.toString());
        assertTrue(lines.getLast().matches(".* UTC  r +" + runId), lines.getLast());
        assertTrue(output("runs", "list", "--experiment-id", experimentId, "-v", "deleted_only")
                .contains(child));
        assertEquals("Run with id " + child + " has been restored.\n", output("runs", "restore", "--run-id", child));
        assertStatus(ExitStatus.USAGE_ERROR, "'c'", "runs", "create", "--experiment-id", "0", "-t", "c");
        assertStatus(
                ExitStatus.USAGE_ERROR, "RUNNING", "runs", "create", "--experiment-id", "0", "--status", "RUNNING");
        assertStatus(ExitStatus.FAILURE, "nope", "runs", "describe", "--run-id", "nope");
    }

    @Test
    void csvHasAColumnForEachNameOfARun() throws Exception {
        String id = createExperiment("csv");
        String first = createRun(id, "one");
        String second = createRun(id, "two, \"quoted\"");
        double[] values = {0.1, 1e-7, 1.5e17, 1e15, -2, Double.NaN};
        for (int i = 0; i < values.length; i++) {
            remote.call(
                    RunApi.LOG_METRIC,
                    new RunApi.LogMetricRequest(first, "m" + i, values[i], 1L, 0L, null, null, null));
        }
        remote.call(RunApi.LOG_PARAM, new RunApi.LogParamRequest(second, "p", "a\nb"));
        String csv = output("experiments", "csv", "-x", id);
        String[] lines = csv.split("\n", 3);
        assertTrue(
                lines[0].startsWith("run_id,experiment_id,status,artifact_uri,start_time,end_time,metrics.m0,"), csv);
        assertTrue(lines[1].startsWith(second + "," + id + ",FINISHED,mlflow-artifacts:/" + id + "/"), csv);
        assertTrue(csv.contains(",,,,,,,\"a\nb\","), csv);
        assertTrue(csv.contains("\"two, \"\"quoted\"\"\""), csv);
        assertTrue(csv.contains("+00:00,0.1,1e-07,1.5e+17,1000000000000000.0,-2.0,,,"), csv);
        Path file = folder.resolve("runs.csv");
        output("experiments", "csv", "-x", id, "-o", file.toString());
        assertEquals(csv, Files.readString(file));
    }

    @Test
    void artifactsAreUploadedListedAndDownloaded() throws Exception {
        String runId = createRun("0", "artifacts");
        Path local = Files.createDirectories(folder.resolve("local/sub"));
        byte[] bytes = new byte[300_000];
        new java.util.Random(1).nextBytes(bytes);
        Files.write(local.resolve("b c.bin"), bytes);
        Files.createFile(local.resolve("empty"));
        Path file = Files.writeString(local.getParent().resolve("a.txt"), "a");
        assertEquals("", output("artifacts", "log-artifact", "-l", file.toString(), "-r", runId, "-a", "x/y"));
        output("artifacts", "log-artifacts", "-l", local.getParent().toString(), "-r", runId);
        JsonNode listed = JSON.readTree(output("artifacts", "list", "-r", runId));
        assertEquals(3, listed.size());
        assertEquals("a.txt", listed.get(0).path("path").asString());
        assertEquals(1, listed.get(0).path("file_size").asInt());
        assertTrue(listed.get(1).path("is_dir").asBoolean());
        assertEquals(
                "sub/b c.bin",
                JSON.readTree(output("artifacts", "list", "-r", runId, "-a", "sub"))
                        .get(0)
                        .path("path")
                        .asString());
        assertEquals(
                "[ ]", output("artifacts", "list", "-r", runId, "-a", "nope").strip());

        Path all = Path.of(output(
                        "artifacts",
                        "download",
                        "-r",
                        runId,
                        "-d",
                        folder.resolve("all").toString())
                .strip());
        assertArrayEquals(bytes, Files.readAllBytes(all.resolve("sub/b c.bin")));
        assertEquals(0, Files.size(all.resolve("sub/empty")));
        assertEquals("a", Files.readString(all.resolve("x/y/a.txt")));
        String target = folder.resolve("part").toString();
        assertEquals(
                target + "/sub",
                output("artifacts", "download", "-r", runId, "-a", "sub", "-d", target)
                        .strip());
        assertEquals(
                target + "/a.txt",
                output("artifacts", "download", "-u", "runs:/" + runId + "/x/y/a.txt", "-d", target)
                        .strip());
        Path temporary = Path.of(output("artifacts", "download", "-u", "mlflow-artifacts:/0/" + runId + "/artifacts/x/")
                .strip());
        assertEquals("a", Files.readString(temporary.resolve("y/a.txt")));
        assertStatus(ExitStatus.FAILURE, "nope", "artifacts", "download", "-r", runId, "-a", "nope", "-d", target);
        assertStatus(ExitStatus.FAILURE, "does not exist", "artifacts", "log-artifact", "-l", "nope", "-r", runId);
        assertStatus(
                ExitStatus.FAILURE, "not a file", "artifacts", "log-artifact", "-l", local.toString(), "-r", runId);
        assertStatus(ExitStatus.USAGE_ERROR, "--run-id", "artifacts", "download");
    }

    @Test
    void artifactsOfAFolderAreReadWithoutTheServer() throws Exception {
        Path root = folder.resolve("outside");
        String line = output(
                "experiments", "create", "-n", "outside", "-l", root.toUri().toString());
        String runId = createRun(line.strip().substring(line.strip().lastIndexOf(' ') + 1), "r");
        Path file = Files.writeString(folder.resolve("f.txt"), "f");
        output("artifacts", "log-artifact", "-l", file.toString(), "-r", runId, "-a", "d");
        assertEquals("f", Files.readString(root.resolve(runId + "/artifacts/d/f.txt")));
        String target = folder.resolve("from-folder").toString();
        output("artifacts", "download", "-r", runId, "-a", "d/f.txt", "-d", target);
        assertEquals("f", Files.readString(Path.of(target, "f.txt")));
    }
}
