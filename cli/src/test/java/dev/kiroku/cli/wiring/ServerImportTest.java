package dev.kiroku.cli.wiring;

import static dev.kiroku.cli.wiring.AccessTestServer.assertLine;
import static dev.kiroku.cli.wiring.AccessTestServer.cli;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.model.api.Caller;
import dev.kiroku.model.transfer.PackedPoints;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code kiroku import SOURCE --to URL}: all records of a database of MLflow, sent to a running server by an administrator. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServerImportTest {
    private static final String IMPORT = "/api/2.0/kiroku/transfer/import";

    @TempDir
    private static Path folder;

    private String original;
    private AccessTestServer server;

    @BeforeAll
    void start() throws Exception {
        Path database = folder.resolve("mlflow.db");
        try (var in = new GZIPInputStream(
                Files.newInputStream(Path.of("../transfer/src/test/resources/mlflow/mlflow-3.17.2.db.gz")))) {
            Files.copy(in, database);
        }
        original = "sqlite:///" + database;
        server = new AccessTestServer(
                folder, Map.of("default-permission", "EDIT"), Map.of("root", List.of(Caller.ADMINS), "ann", List.of()));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private AccessTestServer.Answer as(String user, String... words) {
        return cli(Map.of("MLFLOW_TRACKING_TOKEN", server.token(user)), words);
    }

    private String url() {
        return "http://127.0.0.1:" + server.port();
    }

    @Test
    void administratorsSendEverything() throws Exception {
        AccessTestServer.Answer refused = as("ann", "import", original, "--to", url());
        assertEquals(1, refused.status(), refused.body());
        assertEquals(403, server.post("ann", IMPORT, "{}").status());

        AccessTestServer.Answer counted = as("root", "import", original, "--to", url(), "--dry-run");
        assertEquals(0, counted.status(), counted.body());
        assertLine("runs +8 new", counted);
        AccessTestServer.Answer imported = as("root", "import", original, "--to", url());
        assertEquals(0, imported.status(), imported.body());
        assertLine("runs +8 new", imported);
        assertLine("webhooks +2 new", imported);
        String store = "sqlite:///" + folder.resolve("kiroku.db");
        AccessTestServer.Answer verified = as("root", "import", "verify", original, "--backend-store-uri", store);
        assertEquals(0, verified.status(), verified.body());

        AccessTestServer.Answer again = as("root", "import", original, "--to", url());
        assertEquals(0, again.status(), again.body());
        assertLine("runs +0 new, 8 here already", again);
        assertFalse(again.body().contains("changed"), again.body());
        String audit = server.send("root", "GET", "/api/2.0/kiroku/audit/search", "", null)
                .body();
        assertTrue(audit.contains("server.import"), audit);
        assertEquals(
                2,
                as("root", "import", original, "--to", url(), "--users", original)
                        .status());
    }

    @Test
    void theCredentialsOfTheSourceAreNotSentToTheDestination() throws Exception {
        Path other = Files.createDirectories(folder.resolve("other"));
        try (AccessTestServer destination =
                new AccessTestServer(other, Map.of(), Map.of("boss", List.of(Caller.ADMINS)))) {
            String to = "http://127.0.0.1:" + destination.port();
            AccessTestServer.Answer refused = as("root", "import", url(), "--to", to);
            assertEquals(1, refused.status(), refused.body());
            AccessTestServer.Answer taken = cli(
                    Map.of("MLFLOW_TRACKING_TOKEN", server.token("root"), "KIROKU_TO_TOKEN", destination.token("boss")),
                    "import",
                    url(),
                    "--to",
                    to);
            assertEquals(0, taken.status(), taken.body());
        }
    }

    private static String run(String more) {
        return "{'run_id': '" + "b".repeat(32) + "', 'experiment_id': '0'" + more + "}";
    }

    private static String model(String more) {
        return "{'registered_models': [{'name': 'm', 'versions': [{'version': '1', 'source': 's'}]" + more + "}]}";
    }

    @Test
    void wrongRecordsAreRefused() throws Exception {
        String points = PackedPoints.of("loss", new long[] {1}, new long[] {0}, new double[] {1})
                .data();
        List<String> bodies = List.of(
                "{'experiments': [{}]}",
                "{'experiments': [null]}",
                "{'experiments': [{'experiment_id': '-1', 'name': 'x'}]}",
                "{'experiments': [{'experiment_id': '99999999999999999999', 'name': 'x'}]}",
                "{'experiments': [{'experiment_id': '7', 'name': '" + "x".repeat(501) + "'}]}",
                "{'experiments': [{'experiment_id': '7', 'name': 'x', 'lifecycle_stage': 'gone'}]}",
                "{'experiments': [{'experiment_id': '7', 'name': 'x', 'creation_time': -1}]}",
                "{'experiments': [{'experiment_id': '7', 'name': 'x', 'artifact_location': 'http://ann:secret@h/'}]}",
                "{'experiments': [{'experiment_id': '7', 'name': 'x'}, {'experiment_id': '8', 'name': 'x'}]}",
                "{'runs': [{'run_id': '../x', 'experiment_id': '0'}]}",
                "{'runs': [{'run_id': 'x'}]}",
                "{'runs': [" + run("") + ", " + run("") + "]}",
                "{'runs': [" + run(", 'tags': [{'value': 'x'}]") + "]}",
                "{'runs': [" + run(", 'tags': [null]") + "]}",
                "{'runs': [" + run(", 'params': [{'key': '" + "k".repeat(256) + "'}]") + "]}",
                "{'runs': [" + run(", 'params': [{'key': 'k'}, {'key': 'k'}]") + "]}",
                "{'runs': [" + run(", 'dataset_inputs': [{}]") + "]}",
                "{'runs': [" + run(", 'model_inputs': [{'model_id': '../m'}]") + "]}",
                "{'runs': [" + run(", 'model_outputs': [{}]") + "]}",
                "{'metrics': [{'run_id': 'x', 'series': [{'key': 'loss', 'data': '!'}]}]}",
                "{'metrics': [{'run_id': 'x/y', 'series': [{'key': 'loss', 'data': '" + points + "'}]}]}",
                "{'logged_models': [{'model_id': 'm-1', 'name': 'n'}]}",
                "{'logged_models': [{'model_id': 'm/1', 'name': 'n', 'experiment_id': '0'}]}",
                "{'logged_models': [{'model_id': 'm-1', 'name': 'n', 'experiment_id': '0', 'metrics': [{'key': 'x', 'value': 1}]}]}",
                "{'registered_models': [{'name': ' '}]}",
                model(", 'aliases': [{'alias': 'champion', 'version': '2'}]"),
                model(", 'aliases': [{'alias': 'champion', 'version': 'x'}]"),
                model(", 'aliases': [{'version': '1'}]"),
                "{'registered_models': [{'name': 'm', 'versions': [{'version': '0'}]}]}",
                "{'registered_models': [{'name': 'm', 'versions': [{'version': '1', 'stage': 'Best'}]}]}",
                "{'registered_models': [{'name': 'm', 'versions': [{'version': '1'}, {'version': '1'}]}]}",
                "{'webhooks': [{'webhook_id': 'w', 'name': 'n', 'url': 'https://h', 'events': []}]}",
                "{'webhooks': [{'webhook_id': 'w', 'name': 'n', 'url': 'https://h', 'events': ['x']}]}",
                "{'webhooks': [{'webhook_id': 'w', 'name': 'n', 'url': 'https://h', 'events': [null]}]}");
        for (String body : bodies) {
            AccessTestServer.Answer answer = server.post("root", IMPORT, body);
            assertEquals(400, answer.status(), body + "\n" + answer.body());
        }
    }
}
