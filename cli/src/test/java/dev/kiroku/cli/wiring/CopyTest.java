package dev.kiroku.cli.wiring;

import static dev.kiroku.cli.wiring.AccessTestServer.assertLine;
import static dev.kiroku.cli.wiring.AccessTestServer.cli;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.model.api.Caller;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code kiroku copy} from a development server, which has what the real client of MLflow made, to a production server with other users. */
class CopyTest {
    @TempDir
    private Path folder;

    private AccessTestServer development;
    private AccessTestServer production;

    @BeforeEach
    void start() throws Exception {
        development = new AccessTestServer(
                Files.createDirectories(folder.resolve("development")),
                Map.of("default-permission", "READ"),
                Map.of("ann", List.of(), "eve", List.of()));
        production = new AccessTestServer(
                Files.createDirectories(folder.resolve("production")),
                Map.of("default-permission", "READ"),
                Map.of("root", List.of(Caller.ADMINS), "release", List.of(), "eve", List.of()));
        Path job = Files.createDirectories(folder.resolve("job"));
        SyncTest.unzip(job);
        AccessTestServer.Answer sent = cli(
                Map.of("MLFLOW_TRACKING_TOKEN", development.token("ann")),
                "sync",
                job.resolve("offline.db").toString(),
                "--to",
                url(development));
        assertEquals(0, sent.status(), sent.body());
    }

    @AfterEach
    void stop() {
        development.close();
        production.close();
    }

    private static String url(AccessTestServer server) {
        return "http://127.0.0.1:" + server.port();
    }

    private AccessTestServer.Answer copy(String what, String... more) {
        return copyAs("release", what, more);
    }

    private AccessTestServer.Answer copyAs(String user, String what, String... more) {
        List<String> words =
                new ArrayList<>(List.of("copy", what, "--from", url(development), "--to", url(production)));
        words.addAll(List.of(more));
        return cli(
                Map.of("MLFLOW_TRACKING_TOKEN", development.token("eve"), "KIROKU_TO_TOKEN", production.token(user)),
                words.toArray(String[]::new));
    }

    private JsonNode get(String path, String query) throws Exception {
        return production
                .send("release", "GET", "/api/2.0/mlflow/" + path, query, null)
                .json();
    }

    @Test
    void aVersionIsPromotedWithItsLineageAndArtifacts() throws Exception {
        String[] selection = {"--name", "doubler", "--alias", "champion", "--to-name", "prod.doubler"};
        AccessTestServer.Answer first = copy("models", selection);
        assertEquals(0, first.status(), first.body());
        assertLine("runs +1 new", first);
        assertLine("logged models +1 new", first);
        assertLine("model versions +1 new", first);
        assertLine("Artifacts: 7 files .*", first);

        JsonNode version = get("registered-models/alias", "name=prod.doubler&alias=champion")
                .path("model_version");
        String tags = version.path("tags").toString();
        assertTrue(tags.contains(url(development)) && tags.contains("doubler/1/"), tags);
        JsonNode run =
                get("runs/get", "run_id=" + version.path("run_id").asString()).path("run");
        assertEquals("train", run.path("info").path("run_name").asString());
        assertTrue(run.path("data").path("tags").toString().contains("kiroku.import.source"), run::toString);
        String uri = get("model-versions/get-download-uri", "name=prod.doubler&version=1")
                .path("artifact_uri")
                .asString();
        String model = version.path("source").asString().replaceFirst("models:/", "");
        assertEquals(
                Files.readString(folder.resolve("job/mlruns/1/models/" + model + "/artifacts/MLmodel")),
                production
                        .send(
                                "release",
                                "GET",
                                "/api/2.0/mlflow-artifacts/artifacts/" + uri.replaceFirst("mlflow-artifacts:/+", "")
                                        + "/MLmodel",
                                "",
                                null)
                        .body());

        AccessTestServer.Answer again = copy("models", selection);
        assertEquals(0, again.status(), again.body());
        assertLine("runs +0 new, 1 here already", again);
        assertLine("model versions +0 new, 1 here already", again);
        assertLine("Artifacts: 0 files .*, 7 here already", again);

        AccessTestServer.Answer prompt = copy("models", "--name", "ask");
        assertEquals(0, prompt.status(), prompt.body());
        assertFalse(prompt.body().contains(" runs"), prompt.body());
        assertLine("model versions +1 new", prompt);
    }

    @Test
    void gatesOfTheDestinationDecideOnAliases() throws Exception {
        production.ok(
                "root",
                "/api/2.0/kiroku/gates/apply",
                "{'gates': [{'name': 'accurate', 'models': 'prod.*', 'alias': 'champion', 'require': 'metrics.accuracy > 0.9'}]}");
        AccessTestServer.Answer refused =
                copy("models", "--name", "doubler", "--alias", "champion", "--to-name", "prod.doubler");
        assertEquals(1, refused.status(), refused.body());
        assertLine("Alias 'champion' of 'prod.doubler' does not point at version 1: .*accura.*", refused);
        assertLine("model versions +1 new", refused);
        assertEquals(
                400,
                production
                        .send(
                                "release",
                                "GET",
                                "/api/2.0/mlflow/registered-models/alias",
                                "name=prod.doubler&alias=champion",
                                null)
                        .status());
    }

    @Test
    void aModelIsUnchangedIfItsRunsMayNotBeCopied() throws Exception {
        production.ok("root", "experiments/create", "{'name': 'offline'}");
        AccessTestServer.Answer refused = copyAs("eve", "models", "--name", "doubler");
        assertEquals(1, refused.status(), refused.body());
        assertLine("Experiment 'offline' and its runs: .*needs EDIT.*", refused);
        assertLine("Model 'doubler' is unchanged.*", refused);
    }

    @Test
    void runsAreSelectedByIdExperimentAndFilter() throws Exception {
        AccessTestServer.Answer best = copy(
                "runs",
                "--experiment",
                "offline",
                "--filter",
                "metrics.accuracy > 0.5",
                "--to-experiment",
                "from development",
                "--skip-artifacts");
        assertEquals(0, best.status(), best.body());
        assertLine("runs +1 new", best);
        assertLine("logged models +1 new", best);
        assertFalse(best.body().contains("Artifacts"), best.body());
        String failed = development
                .post(
                        "ann",
                        "runs/search",
                        "{'experiment_ids': ['1'], 'filter': 'attributes.status = \\u0027FAILED\\u0027'}")
                .json()
                .path("runs")
                .get(0)
                .path("info")
                .path("run_id")
                .asString();
        AccessTestServer.Answer single = copy("runs", "--run-id", failed);
        assertEquals(0, single.status(), single.body());
        assertLine("runs +1 new", single);
        assertLine("Artifacts: 1 files .*", single);
        assertEquals(
                "failed",
                get("runs/get", "run_id=" + failed)
                        .path("run")
                        .path("info")
                        .path("run_name")
                        .asString());

        assertEquals(1, copy("runs", "--run-id", "f".repeat(32)).status());
        assertEquals(1, copy("runs", "--run-id", "x' OR 'x").status());
        assertEquals(2, copy("runs").status());
        assertEquals(1, copy("models", "--name", "doubler", "--version", "7").status());
        assertEquals(1, copy("models", "--name", "doubler", "--alias", "x").status());
        assertEquals(
                2,
                cli(Map.of(), "copy", "runs", "--from", url(production), "--to", url(production), "--experiment", "x")
                        .status());
    }
}
