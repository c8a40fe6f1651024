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

/** {@code kiroku import SOURCE --to URL --artifacts copy|skip}: what the real client of MLflow has logged goes to a running server with its files. */
class ServerArtifactImportTest {
    private static final String LOCATIONS = "/api/2.0/kiroku/transfer/locations/";
    private static final String RUN = "51237d7cfec6457aa740596ad32fa02b";
    private static final String MODEL = "m-28bf8d4fa7184df1ab2f19bdd122f8dc";

    @TempDir
    private Path folder;

    private Path job;
    private AccessTestServer server;

    @BeforeEach
    void start() throws Exception {
        job = Files.createDirectories(folder.resolve("job"));
        SyncTest.unzip(job);
        server = start("server", Map.of());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private AccessTestServer start(String name, Map<String, String> flags) throws Exception {
        return new AccessTestServer(
                Files.createDirectories(folder.resolve(name)),
                flags,
                Map.of("root", List.of(Caller.ADMINS), "ann", List.of()));
    }

    private static String url(AccessTestServer server) {
        return "http://127.0.0.1:" + server.port();
    }

    private AccessTestServer.Answer send(int status, AccessTestServer to, String... more) {
        List<String> words =
                new ArrayList<>(List.of("import", "sqlite:///" + job.resolve("offline.db"), "--to", url(to)));
        words.addAll(List.of(more));
        AccessTestServer.Answer answer =
                cli(Map.of("MLFLOW_TRACKING_TOKEN", to.token("root")), words.toArray(String[]::new));
        assertEquals(status, answer.status(), answer.body());
        return answer;
    }

    private static String artifactUri(AccessTestServer server) throws Exception {
        return server.send("ann", "GET", "/api/2.0/mlflow/runs/get", "run_id=" + RUN, null)
                .json()
                .path("run")
                .path("info")
                .path("artifact_uri")
                .asString();
    }

    private static AccessTestServer.Answer artifact(AccessTestServer server, String path) throws Exception {
        return server.send("ann", "GET", "/api/2.0/mlflow-artifacts/artifacts/" + path, "", null);
    }

    private long relocations() throws Exception {
        return server.send("root", "GET", "/api/2.0/kiroku/audit/search", "max_results=1000", null)
                .body()
                .split("server.relocate", -1)
                .length;
    }

    @Test
    void recordsFollowTheirUploadedFiles() throws Exception {
        send(0, server);
        assertTrue(artifactUri(server).endsWith("/mlruns/1/" + RUN + "/artifacts"), artifactUri(server));
        String log = "1/" + RUN + "/artifacts/logs/train%20%C3%A9.txt";
        assertEquals(404, artifact(server, log).status(), "it is not there yet");

        AccessTestServer.Answer counted = send(0, server, "--artifacts", "copy", "--dry-run");
        assertLine("Artifacts: 8 files \\(3\\.3 KiB\\) to copy", counted);
        AccessTestServer.Answer copied = send(0, server, "--artifacts", "copy");
        assertLine("Artifacts: 8 files \\(3\\.3 KiB\\) copied, their digests compared", copied);
        assertEquals("mlflow-artifacts:/1/" + RUN + "/artifacts", artifactUri(server));
        assertEquals("all well", artifact(server, log).body());
        String version = server.send(
                        "ann", "GET", "/api/2.0/mlflow/model-versions/get-download-uri", "name=doubler&version=1", null)
                .body();
        assertTrue(version.contains("\"mlflow-artifacts:/1/models/" + MODEL + "/artifacts\""), version);
        assertEquals(
                Files.readString(job.resolve("mlruns/1/models/" + MODEL + "/artifacts/MLmodel")),
                artifact(server, "1/models/" + MODEL + "/artifacts/MLmodel").body());
        String experiment = server.send("ann", "GET", "/api/2.0/mlflow/experiments/get", "experiment_id=1", null)
                .body();
        assertTrue(experiment.contains("\"mlflow-artifacts:/1\""), experiment);

        long before = relocations();
        AccessTestServer.Answer again = send(0, server, "--artifacts", "copy");
        assertLine("Artifacts: 0 files \\(0 bytes\\) copied, .*, 8 here already", again);
        assertFalse(again.body().contains("changed"), again.body());
        assertEquals(before, relocations(), "nothing was left to change");

        Path logged = job.resolve("mlruns/1/" + RUN + "/artifacts");
        Files.writeString(folder.resolve("secret"), "secret");
        Files.createSymbolicLink(logged.resolve("link"), folder.resolve("secret"));
        Files.writeString(logged.resolve("late.txt"), "more");
        AccessTestServer.Answer left = send(1, server, "--artifacts", "copy");
        assertLine("Artifacts: 1 files .*", left);
        assertLine("Of run " + RUN + ", .*link cannot be copied: it is a symbolic link.*", left);
        assertEquals(
                "more", artifact(server, "1/" + RUN + "/artifacts/late.txt").body());
    }

    @Test
    void aServerIsCopiedWithOtherCredentials() throws Exception {
        send(0, server, "--artifacts", "copy");
        try (AccessTestServer other = start("other", Map.of())) {
            Map<String, String> both =
                    Map.of("MLFLOW_TRACKING_TOKEN", server.token("root"), "KIROKU_TO_TOKEN", other.token("root"));
            AccessTestServer.Answer copied =
                    cli(both, "import", url(server), "--to", url(other), "--artifacts", "copy");
            assertEquals(0, copied.status(), copied.body());
            assertLine("Artifacts: 8 files .*", copied);
            assertEquals(
                    "all well",
                    artifact(other, "1/" + RUN + "/artifacts/logs/train%20%C3%A9.txt")
                            .body());
        }
        try (AccessTestServer third = start("third", Map.of())) {
            String[] words = {
                "import",
                "sqlite:///" + job.resolve("offline.db"),
                "--artifacts",
                "copy",
                "--artifacts-from",
                url(server),
                "--to",
                url(third)
            };
            assertEquals(
                    1,
                    cli(Map.of("MLFLOW_TRACKING_TOKEN", third.token("root")), words)
                            .status());
            Map<String, String> both =
                    Map.of("MLFLOW_TRACKING_TOKEN", server.token("root"), "KIROKU_TO_TOKEN", third.token("root"));
            AccessTestServer.Answer copied = cli(both, words);
            assertEquals(0, copied.status(), copied.body());
            assertLine("Artifacts: 8 files .*", copied);
        }
    }

    @Test
    void theServerSaysWhereItKeepsArtifacts() throws Exception {
        try (AccessTestServer team = start("team", Map.of("default-artifact-root", "mlflow-artifacts:/team"))) {
            AccessTestServer.Answer skipped = send(0, team, "--artifacts", "skip");
            assertFalse(skipped.body().contains("Artifacts:"), skipped.body());
            assertEquals("mlflow-artifacts:/team/1/" + RUN + "/artifacts", artifactUri(team));
            send(2, team, "--artifacts", "copy", "--artifacts-destination", "elsewhere");
        }
        String place = folder.resolve("direct").toString();
        try (AccessTestServer direct = start("direct", Map.of("default-artifact-root", place))) {
            AccessTestServer.Answer refused = send(1, direct, "--artifacts", "copy");
            assertTrue(refused.body().contains("which clients write themselves"), refused.body());
            assertEquals("", artifactUri(direct), "nothing was sent");
        }
    }

    @Test
    void onlyAdministratorsChangeLocationsAndOnlyToThoseOfTheServer() throws Exception {
        assertEquals(403, server.post("ann", LOCATIONS + "find", "{}").status());
        assertEquals(403, server.post("ann", LOCATIONS + "set", "{}").status());
        List<String> bodies = List.of(
                "{'experiments': [null]}",
                "{'experiments': [{'id': '0'}]}",
                "{'experiments': [{'id': '-1', 'location': 'mlflow-artifacts:/0'}]}",
                "{'experiments': [{'id': '0', 'location': '/etc'}]}",
                "{'runs': [{'id': '" + RUN + "', 'location': 's3://bucket/other'}]}",
                "{'runs': [{'id': '" + RUN + "', 'location': 'mlflow-artifacts:/../etc'}]}",
                "{'logged_models': [{'id': '" + MODEL + "', 'location': 'https://ann:secret@h/'}]}",
                "{'versions': [{'name': 'doubler', 'version': 'x', 'source': 's', 'storage_location': 's'}]}",
                "{'versions': [{'name': 'doubler', 'version': '1', 'source': 's'}]}",
                "{'versions': [{'name': 'doubler', 'version': '1', 'source': 's', 'storage_location': 'https://ann:secret@h/'}]}");
        for (String body : bodies) {
            AccessTestServer.Answer answer = server.post("root", LOCATIONS + "set", body);
            assertEquals(400, answer.status(), body + "\n" + answer.body());
        }
    }
}
