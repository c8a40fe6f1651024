package dev.kiroku.cli.wiring;

import static dev.kiroku.cli.wiring.AccessTestServer.assertLine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.client.ClientSettings;
import dev.kiroku.client.TrackingClient;
import dev.kiroku.model.api.Caller;
import dev.kiroku.transfer.ImportProgress;
import dev.kiroku.transfer.SourceFactory;
import dev.kiroku.transfer.SyncOptions;
import dev.kiroku.transfer.Synchronizer;
import dev.kiroku.transfer.artifacts.CopySummary;
import dev.kiroku.transfer.source.ArtifactSource;
import dev.kiroku.transfer.source.TransferSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code kiroku sync} of what a training job with the real client of MLflow has left in a folder, which was copied from another machine. */
class SyncTest {
    private static final String OFFLINE = "../transfer/src/test/resources/mlflow/offline-3.17.2.zip";

    @TempDir
    private Path folder;

    private AccessTestServer server;
    private Path job;

    @BeforeEach
    void start() throws Exception {
        server = new AccessTestServer(
                Files.createDirectories(folder.resolve("server")),
                Map.of("default-permission", "READ"),
                Map.of("root", List.of(Caller.ADMINS), "ann", List.of(), "bob", List.of()));
        job = Files.createDirectories(folder.resolve("job"));
        unzip(job);
    }

    static void unzip(Path target) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(Path.of(OFFLINE)))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = target.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                Files.copy(zip, file);
            }
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private AccessTestServer.Answer sync(String user, String... more) {
        List<String> words = new java.util.ArrayList<>(
                List.of("sync", job.resolve("offline.db").toString(), "--to", "http://127.0.0.1:" + server.port()));
        words.addAll(List.of(more));
        return AccessTestServer.cli(Map.of("MLFLOW_TRACKING_TOKEN", server.token(user)), words.toArray(String[]::new));
    }

    private JsonNode get(String path, String query) throws Exception {
        return server.send("ann", "GET", "/api/2.0/mlflow/" + path, query, null).json();
    }

    private void change(String statement) throws Exception {
        try (var database = DriverManager.getConnection("jdbc:sqlite:" + job.resolve("offline.db"));
                var update = database.createStatement()) {
            assertTrue(update.executeUpdate(statement) > 0, statement);
        }
    }

    @Test
    void everythingThatTheJobMadeIsSentOnce() throws Exception {
        AccessTestServer.Answer first = sync("ann");
        assertEquals(0, first.status(), first.body());
        assertLine("Artifacts: 8 files .*", first);
        assertLine("runs +3 new", first);
        assertLine("logged models +1 new", first);
        assertLine("registered models +2 new", first);
        assertLine("model versions +2 new", first);

        JsonNode version =
                get("registered-models/alias", "name=doubler&alias=champion").path("model_version");
        String run = version.path("run_id").asString();
        assertTrue(version.path("source").asString().startsWith("models:/m-"), version::toString);
        JsonNode sent = get("runs/get", "run_id=" + run).path("run");
        String uri = sent.path("info").path("artifact_uri").asString();
        String model = sent.path("outputs")
                .path("model_outputs")
                .get(0)
                .path("model_id")
                .asString();
        assertEquals("models:/" + model, version.path("source").asString());
        Path files = job.resolve("mlruns/1/models/" + model + "/artifacts/MLmodel");
        String proxied =
                "/api/2.0/mlflow-artifacts/artifacts/" + uri.replaceFirst("mlflow-artifacts:/+(\\d+)/.*", "$1");
        assertEquals(
                Files.readString(files),
                server.send("ann", "GET", proxied + "/models/" + model + "/artifacts/MLmodel", "", null)
                        .body());
        assertEquals(
                "all well",
                server.send("ann", "GET", proxied + "/" + run + "/artifacts/logs/train%20%C3%A9.txt", "", null)
                        .body());
        String deleted = server.post(
                        "ann",
                        "runs/search",
                        "{'experiment_ids': ['" + proxied.replaceFirst(".*/", "")
                                + "'], 'run_view_type': 'DELETED_ONLY'}")
                .body();
        assertTrue(deleted.contains("\"mistake\""), deleted);

        AccessTestServer.Answer again = sync("ann");
        assertEquals(0, again.status(), again.body());
        assertLine("Artifacts: 0 files .*, 8 here already", again);
        assertLine("runs +0 new, 3 here already", again);
        assertLine("logged models +0 new, 1 here already", again);
        assertLine("model versions +0 new, 2 here already", again);
        assertFalse(again.body().contains("changed"), again.body());

        Files.writeString(job.resolve("mlruns/1/" + run + "/artifacts/late.txt"), "more");
        change("update tags set value = 'other' where key = 'mlflow.source.name' and run_uuid = '" + run + "'");
        change("update runs set lifecycle_stage = 'deleted' where name = 'failed'");
        AccessTestServer.Answer third = sync("ann");
        assertEquals(0, third.status(), third.body());
        assertLine("Artifacts: 1 files .*", third);
        assertLine("runs +0 new, 2 changed, 1 here already", third);
    }

    @Test
    void whatTheUserMayNotChangeIsNamedAndEverythingElseIsSent() throws Exception {
        server.ok("ann", "experiments/create", "{'name': 'offline'}");
        change(
                "insert into runs (run_uuid, name, experiment_id, status, start_time, lifecycle_stage, artifact_uri, source_type,"
                        + " source_name, entry_point_name, user_id, source_version) select '" + "e".repeat(32)
                        + "', 'other', 0, status, 1, lifecycle_stage, '', source_type, '', '', user_id, '' from runs limit 1");
        change("update experiments set name = 'of bob' where experiment_id = 0");
        server.ok("ann", "registered-models/create", "{'name': 'doubler'}");

        AccessTestServer.Answer sent = sync("bob");
        assertEquals(1, sent.status(), sent.body());
        assertLine("Experiment 'offline' and its runs: .*", sent);
        assertLine("Version 1 of 'doubler' is not registered: .*", sent);
        assertLine("runs +1 new", sent);
        assertTrue(get("experiments/get-by-name", "experiment_name=of%20bob").has("experiment"));
    }

    @Test
    void aRunMayGetMoreArtifactsWhileTheSourceIsWatched() throws Exception {
        var settings = ClientSettings.fromEnvironment(
                "http://127.0.0.1:" + server.port(), Map.of("MLFLOW_TRACKING_TOKEN", server.token("ann")));
        try (TransferSource source = SourceFactory.open("sqlite:///" + job.resolve("offline.db"));
                ArtifactSource artifacts = new ArtifactSource(source.artifactRoots());
                TrackingClient client = new TrackingClient(settings)) {
            var options = new SyncOptions(Set.of(), null, Map.of(), false, false, "test");
            Synchronizer synchronizer = new Synchronizer(client, options, ImportProgress.NONE);
            assertEquals(8, synchronizer.run(source, artifacts).artifacts().files());
            CopySummary unchanged = synchronizer.run(source, artifacts).artifacts();
            assertEquals(0, unchanged.files() + unchanged.present());
            try (var runs = Files.list(job.resolve("mlruns/1"))) {
                Path run = runs.filter(each -> Files.exists(each.resolve("artifacts/trace.txt")))
                        .findFirst()
                        .orElseThrow();
                Files.writeString(run.resolve("artifacts/late.txt"), "more");
            }
            assertEquals(1, synchronizer.run(source, artifacts).artifacts().files());
        }
    }

    @Test
    void anAliasThatAGateRefusesIsNotSet() throws Exception {
        server.ok(
                "root",
                "/api/2.0/kiroku/gates/apply",
                "{'gates': [{'name': 'accurate', 'models': 'doubler', 'alias': 'champion', 'require': 'metrics.accuracy > 0.9'}]}");
        AccessTestServer.Answer sent = sync("ann");
        assertEquals(1, sent.status(), sent.body());
        assertLine("Alias 'champion' of 'doubler' does not point at version 1: .*accura.*", sent);
        assertLine("model versions +2 new", sent);
    }
}
