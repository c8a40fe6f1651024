package dev.kiroku.cli.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.cli.Cli;
import dev.kiroku.cli.command.CommandContext;
import dev.kiroku.model.transfer.PackedPoints;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Runs that keep their ids and times, sent to a server by users with and without permissions; and {@code kiroku sync}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RunImportTest {
    private static final String IMPORT = "/api/2.0/kiroku/transfer/runs/import";
    private static final String RUN = "0123456789abcdef0123456789abcdef";

    @TempDir
    private static Path folder;

    private AccessTestServer server;

    @BeforeAll
    void start() {
        server = new AccessTestServer(
                folder,
                Map.of("default-permission", "READ"),
                Map.of("ann", List.of(), "bob", List.of(), "eve", List.of()));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private String experiment(String name) throws Exception {
        return server.ok("ann", "experiments/create", "{'name': '" + name + "'}")
                .path("experiment_id")
                .asString();
    }

    private static String body(String experiment, String run, String more) {
        String points = PackedPoints.of(
                        "loss", new long[] {1, 2, 3}, new long[] {0, 1, 2}, new double[] {1, Double.NaN, 0.5})
                .data();
        return ("{'experiment_id': '%s', 'runs': [{'run_id': '%s', 'run_name': 'offline', 'status': 'FINISHED', 'start_time': 7, 'end_time': 9,"
                        + " 'params': [{'key': 'lr', 'value': '0.1'}]%s}],"
                        + " 'metrics': [{'run_id': '%s', 'compare': true, 'series': [{'key': 'loss', 'data': '%s'}]}]}")
                .formatted(experiment, run, more, run, points);
    }

    @Test
    void whoMayEditAnExperimentSendsRunsWithTheirIds() throws Exception {
        String experiment = experiment("sent");
        JsonNode first = server.ok("ann", IMPORT, body(experiment, RUN, ", 'artifact_uri': 'file:///etc'"));
        assertEquals(1, first.path("runs_added").asInt());
        assertEquals(3, first.path("points_added").asInt());
        JsonNode again = server.ok("ann", IMPORT, body(experiment, RUN, ""));
        assertEquals(1, again.path("runs_unchanged").asInt());
        assertEquals(3, again.path("points_unchanged").asInt());
        JsonNode info = server.send("ann", "GET", "/api/2.0/mlflow/runs/get", "run_id=" + RUN, null)
                .json()
                .path("run")
                .path("info");
        assertEquals(7, info.path("start_time").asInt());
        assertEquals("FINISHED", info.path("status").asString());
        assertEquals(
                "mlflow-artifacts:/" + experiment + "/" + RUN + "/artifacts",
                info.path("artifact_uri").asString());

        assertEquals(403, server.post("eve", IMPORT, body(experiment, RUN, "")).status());
        server.ok(
                "ann",
                "experiments/permissions/create",
                "{'experiment_id': '%s', 'username': 'bob', 'permission': 'EDIT'}".formatted(experiment));
        String other = experiment("other");
        JsonNode taken = server.ok("ann", IMPORT, body(other, RUN, ""));
        assertTrue(
                taken.path("refused").get(0).path("reason").asString().contains("another experiment"), taken::toString);
        AccessTestServer.Answer deletes =
                server.post("bob", IMPORT, body(experiment, RUN, ", 'lifecycle_stage': 'deleted'"));
        assertTrue(
                deletes.json().path("refused").get(0).path("reason").asString().contains("may not delete"),
                deletes::body);
        server.ok("ann", "runs/delete", "{'run_id': '" + RUN + "'}");
        JsonNode deleted = server.ok("ann", IMPORT, body(experiment, RUN, ""));
        assertTrue(deleted.path("refused").get(0).path("reason").asString().contains("deleted"), deleted::toString);
    }

    private static String loggedModel(String experiment, String id, String more) {
        return "{'experiment_id': '%s', 'logged_models': [{'model_id': '%s', 'name': 'net', 'status': 'LOGGED_MODEL_READY', 'creation_time': 5%s}]}"
                .formatted(experiment, id, more);
    }

    @Test
    void loggedModelsKeepTheirIdsAndNameRunsOfOthersOnlyIfTheCallerMayEditThem() throws Exception {
        String experiment = experiment("models");
        String run = "c".repeat(32);
        String private1 = experiment("private");
        String foreign = "d".repeat(32);
        server.ok("ann", IMPORT, body(experiment, run, ""));
        server.ok("ann", IMPORT, body(private1, foreign, ""));
        server.ok(
                "ann",
                "experiments/permissions/create",
                "{'experiment_id': '%s', 'username': 'bob', 'permission': 'EDIT'}".formatted(experiment));
        String metrics =
                ", 'source_run_id': '%s', 'metrics': [{'key': 'acc', 'value': 0.5, 'timestamp': 1, 'run_id': '%s'}, {'key': 'f1', 'value': 0.5, 'timestamp': 1, 'run_id': '%s'}]"
                        .formatted(run, run, foreign);
        JsonNode first = server.ok("bob", IMPORT, loggedModel(experiment, "m-1", metrics));
        assertEquals(1, first.path("models_added").asInt());
        assertTrue(
                first.path("refused").get(0).path("reason").asString().contains("1 metrics are left out"),
                first::toString);
        JsonNode model = server.send("ann", "GET", "/api/2.0/mlflow/logged-models/m-1", "", null)
                .json()
                .path("model");
        assertEquals(
                "mlflow-artifacts:/" + experiment + "/models/m-1/artifacts",
                model.path("info").path("artifact_uri").asString());
        assertEquals(5, model.path("info").path("creation_timestamp_ms").asInt());
        assertEquals(1, model.path("data").path("metrics").size());
        JsonNode all = server.ok("ann", IMPORT, loggedModel(experiment, "m-1", metrics));
        assertEquals(1, all.path("models_updated").asInt());

        JsonNode taken = server.ok("ann", IMPORT, loggedModel(private1, "m-1", ""));
        assertTrue(
                taken.path("refused").get(0).path("reason").asString().contains("exists in experiment"),
                taken::toString);
        JsonNode deletes = server.ok("bob", IMPORT, loggedModel(experiment, "m-1", ", 'lifecycle_stage': 'deleted'"));
        assertTrue(
                deletes.path("refused").get(0).path("reason").asString().contains("may not delete"), deletes::toString);
        server.ok("ann", IMPORT, loggedModel(experiment, "m-1", ", 'lifecycle_stage': 'deleted'"));
        JsonNode deleted = server.ok("ann", IMPORT, loggedModel(experiment, "m-1", metrics));
        assertTrue(deleted.path("refused").get(0).path("reason").asString().contains("is deleted"), deleted::toString);
        assertEquals(
                403,
                server.post("eve", IMPORT, loggedModel(experiment, "m-2", "")).status());
        for (String body : List.of(
                loggedModel(experiment, "m/2", ""),
                loggedModel(experiment, "m-2", "").replace("'net'", "'a/b'"),
                loggedModel(experiment, "m-2", ", 'metrics': [{'key': 'acc', 'value': 1}]"),
                loggedModel(experiment, "m-2", ", 'source_run_id': '../x'"),
                loggedModel(experiment, "m-2", ", 'tags': [{'key': ''}]"))) {
            assertEquals(400, server.post("ann", IMPORT, body).status(), body);
        }
    }

    @Test
    void wrongValuesAreRefused() throws Exception {
        String experiment = experiment("wrong");
        for (String body : List.of(
                body(experiment, "../x", ""),
                body(experiment, "a".repeat(32), ", 'tags': [{'key': '', 'value': 'x'}]"),
                body(experiment, "a".repeat(32), ", 'tags': [{'key': 'k', 'value': '" + "x".repeat(8001) + "'}]"),
                body(experiment, "a".repeat(32), ", 'tags': [{'value': 'x'}]"),
                body(experiment, "a".repeat(32), "").replace("'key': 'lr', ", ""),
                body(experiment, "a".repeat(32), ", 'model_inputs': [{}]"),
                body(experiment, "a".repeat(32), ", 'model_outputs': [{'step': 1}]"),
                body(experiment, "a".repeat(32), ", 'dataset_inputs': [{}]"),
                body(experiment, "a".repeat(32), "")
                        .replace("'runs': [", "'runs': [{'run_id': '" + "a".repeat(32) + "'}, "),
                body(experiment, "a".repeat(32), "")
                        .replace("'metrics': [", "'metrics': [{'run_id': '" + "a".repeat(32) + "'}, "),
                body(experiment, "a".repeat(32), "").replace("'key': 'loss', ", ""),
                body(experiment, "a".repeat(32), "").replace("'loss'", "'lo\\\\ss'"),
                body(experiment, "a".repeat(32), "").replaceFirst("'data': '", "'data': '!"),
                body(experiment, "a".repeat(32), "").replaceFirst("'data': '....", "'data': '"))) {
            AccessTestServer.Answer answer = server.post("ann", IMPORT, body);
            assertEquals(400, answer.status(), body + "\n" + answer.body());
        }
    }

    @Test
    void syncSendsADatabaseAgainAndAgainWhileItGrows() throws Exception {
        Path database = folder.resolve("offline.db");
        try (var in = new GZIPInputStream(
                Files.newInputStream(Path.of("../transfer/src/test/resources/mlflow/mlflow-3.17.2.db.gz")))) {
            Files.copy(in, database);
        }
        String first = sync(database);
        assertTrue(first.matches("(?s).*runs +6 new\n.*"), first);
        String second = sync(database);
        assertTrue(second.matches("(?s).*runs +0 new, 6 here already\n.*"), second);
        try (var mlflow = DriverManager.getConnection("jdbc:sqlite:" + database);
                var statement = mlflow.createStatement()) {
            statement.executeUpdate("insert into metrics (key, value, timestamp, step, is_nan, run_uuid)"
                    + " select 'loss', 0.125, 1, 1, 0, run_uuid from runs where name = 'still running'");
        }
        String third = sync(database);
        assertTrue(third.matches("(?s).*metric points +1 new.*"), third);
    }

    @Test
    void importAndVerifyAreCommands() throws Exception {
        Path database = folder.resolve("source.db");
        try (var in = new GZIPInputStream(
                Files.newInputStream(Path.of("../transfer/src/test/resources/mlflow/mlflow-2.9.2.db.gz")))) {
            Files.copy(in, database);
        }
        String source = "sqlite:///" + database;
        String store = "sqlite:///" + folder.resolve("imported.db");
        AccessTestServer.Answer missing = cli("import", "verify", source, "--backend-store-uri", store);
        assertEquals(2, missing.status(), missing.body());
        assertFalse(Files.exists(folder.resolve("imported.db")), "nothing is created");
        assertEquals(
                0,
                cli("import", source, "--backend-store-uri", store, "--dry-run").status());
        assertEquals(
                1, cli("import", "verify", source, "--backend-store-uri", store).status());
        assertEquals(0, cli("import", source, "--backend-store-uri", store).status());
        AccessTestServer.Answer verified = cli("import", "verify", source, "--backend-store-uri", store);
        assertEquals(0, verified.status(), verified.body());
        assertTrue(verified.body().contains("no differences"), verified.body());
        assertEquals(2, cli("import").status());
        assertEquals(2, cli("import", source, "--map-experiment", "x").status());
    }

    private static AccessTestServer.Answer cli(String... words) {
        return AccessTestServer.cli(Map.of(), words);
    }

    private String sync(Path database) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        var context = new CommandContext(print, print, Map.of("MLFLOW_TRACKING_TOKEN", server.token("ann")));
        new Cli(context)
                .run(
                        "sync",
                        database.toString(),
                        "--to",
                        "http://127.0.0.1:" + server.port(),
                        "--experiment",
                        "vision");
        return out.toString(StandardCharsets.UTF_8);
    }
}
