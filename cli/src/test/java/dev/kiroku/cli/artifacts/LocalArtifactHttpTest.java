package dev.kiroku.cli.artifacts;

import static dev.kiroku.cli.artifacts.ArtifactTestServer.SERVED;
import static dev.kiroku.cli.artifacts.ArtifactTestServer.field;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LocalArtifactHttpTest extends AbstractArtifactHttpTest {
    private Path folder;
    private ArtifactTestServer server;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException {
        folder = temporary;
        Files.writeString(folder.resolve("secret"), "the secret");
        server = new ArtifactTestServer(
                folder, Map.of("artifacts-destination", folder.resolve("root").toString()), Map.of());
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @AfterEach
    void assertFilesOutsideAreUnchanged() throws IOException {
        assertEquals("the secret", Files.readString(folder.resolve("secret")));
        try (var files = Files.list(folder)) {
            assertEquals(
                    List.of(),
                    files.map(f -> f.getFileName().toString())
                            .filter(name -> !name.matches("secret|root|kiroku\\.db.*|placed"))
                            .toList());
        }
    }

    @Override
    protected ArtifactTestServer server() {
        return server;
    }

    @Override
    protected boolean signsUrls() {
        return false;
    }

    @Override
    protected void assertNoTemporaryFiles() throws Exception {
        Path uploads = folder.resolve("root/.kiroku-uploads");
        for (int i = 0; i < 100 && !isEmpty(uploads); i++) {
            Thread.sleep(50); // another thread notices the reset connection
        }
        assertTrue(isEmpty(uploads));
    }

    private static boolean isEmpty(Path path) throws IOException {
        try (var files = Files.list(path)) {
            return files.findAny().isEmpty();
        }
    }

    @Test
    void symbolicLinksAreNotFollowed() throws Exception {
        server.put("linked/a", "x");
        Files.createSymbolicLink(folder.resolve("root/linked/file"), folder.resolve("secret"));
        Files.createSymbolicLink(folder.resolve("root/linked/up"), folder);
        for (String path : List.of("linked/file", "linked/up/secret", "linked/up")) {
            assertEquals(400, server.get(SERVED + "/" + path).statusCode());
            assertEquals(400, server.put(path, "out").statusCode());
            assertEquals(400, server.send("DELETE", SERVED + "/" + path, null).statusCode());
            assertEquals(400, server.get(SERVED + "?path=" + path).statusCode());
        }
        assertFalse(server.get(SERVED + "?path=linked").body().contains("up"));
    }

    @Test
    void locationGivenByClientIsNeverOpened() throws Exception {
        Path placed = Files.createDirectories(folder.resolve("placed"));
        for (String place : List.of(
                placed.toString(),
                "file://" + placed,
                "file:" + placed,
                placed + "/",
                folder + "/root",
                "file://" + folder + "/root/../placed")) {
            HttpResponse<String> created = server.post(
                    "experiments/create", "{\"name\": \"at " + place + "\", \"artifact_location\": \"" + place + "\"}");
            if (created.statusCode() == 400) {
                continue; // some are rejected at once
            }
            String run = server.run(place.replace("/placed", "/placed/./").replace("/./", "/"));
            for (String url :
                    List.of("/api/2.0/mlflow/artifacts/list?run_id=" + run, "/get-artifact?path=a&run_id=" + run)) {
                HttpResponse<String> answer = server.get(url);
                assertEquals(400, answer.statusCode(), place + answer.body());
                assertTrue(answer.body().contains("does not open"), answer.body());
            }
            assertEquals(
                    400,
                    server.send("POST", "/ajax-api/2.0/mlflow/upload-artifact?path=a&run_uuid=" + run, "x".getBytes())
                            .statusCode());
        }
        assertTrue(isEmpty(placed));
    }

    @Test
    void storeWithoutMultipartAnswersNotImplemented() throws Exception {
        HttpResponse<String> refused =
                server.post("/api/2.0/mlflow-artifacts/mpu/create/box", "{\"path\": \"a\", \"num_parts\": 2}");
        assertEquals(501, refused.statusCode());
        // MLflow's clients recognize by this text, not by the status, that they must send the file in one request.
        assertTrue(
                field(refused, "message")
                        .startsWith("Multipart upload is not supported for the current artifact repository"),
                refused.body());
        assertEquals(
                501,
                server.post(
                                "/api/2.0/mlflow-artifacts/mpu/complete/box",
                                "{\"path\": \"a\", \"upload_id\": \"x\", \"parts\": []}")
                        .statusCode());
        assertEquals(
                501,
                server.post("/api/2.0/mlflow-artifacts/mpu/abort/box", "{\"path\": \"a\", \"upload_id\": \"x\"}")
                        .statusCode());
        assertEquals(
                501, server.get("/api/2.0/mlflow-artifacts/presigned/box/a").statusCode());
        assertTrue(server.get("/api/3.0/mlflow/server-info").body().contains("\"multipart_uploads_enabled\":false"));
    }

    @Test
    void artifactsOnlyServerServesArtifactsOnly(@TempDir Path other) throws Exception {
        try (var only = new ArtifactTestServer(
                other,
                Map.of(
                        "artifacts-only",
                        "true",
                        "artifacts-destination",
                        other.resolve("root").toString()),
                Map.of())) {
            assertEquals(200, only.put("a", "x").statusCode());
            assertEquals("x", only.get(SERVED + "/a").body());
            assertEquals(200, only.get("/health").statusCode());
            for (HttpResponse<String> answer : List.of(
                    only.post("experiments/create", "{\"name\": \"x\"}"),
                    only.call("artifacts/list?run_id=x"),
                    only.get("/get-artifact?run_id=x&path=a"))) {
                assertEquals(501, answer.statusCode());
                assertTrue(answer.body().contains("--artifacts-only"), answer.body());
            }
            assertFalse(Files.exists(other.resolve("kiroku.db")), "no database is opened");
        }
    }

    @Test
    void serverWithoutServedArtifactsListsThem(@TempDir Path other) throws Exception {
        Path root = other.resolve("root");
        try (var none = new ArtifactTestServer(
                other, Map.of("serve-artifacts", "false", "default-artifact-root", root.toString()), Map.of())) {
            HttpResponse<String> refused = none.put("a", "x");
            assertEquals(501, refused.statusCode());
            assertTrue(refused.body().contains("--no-serve-artifacts"), refused.body());
            String run = none.run(null);
            Path artifacts = Path.of(none.folder(run));
            assertTrue(artifacts.startsWith(root), artifacts.toString());
            Files.createDirectories(artifacts);
            Files.writeString(artifacts.resolve("a.txt"), "as a client wrote it");
            assertTrue(none.call("artifacts/list?run_id=" + run).body().contains("a.txt"));
            assertEquals(
                    "as a client wrote it",
                    none.get("/get-artifact?run_id=" + run + "&path=a.txt").body());
        }
    }
}
