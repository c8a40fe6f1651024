package dev.kiroku.cli.artifacts;

import static dev.kiroku.cli.artifacts.ArtifactTestServer.SERVED;
import static dev.kiroku.cli.artifacts.ArtifactTestServer.field;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers whose default artifact root is the HTTP URL of proxied artifacts. */
class HttpArtifactRootTest {
    @TempDir
    private Path folder;

    private ArtifactTestServer start(String name, Map<String, String> flags) throws Exception {
        return new ArtifactTestServer(Files.createDirectory(folder.resolve(name)), flags, Map.of());
    }

    @Test
    void theRootOfAServingServerIsItsOwnStore() throws Exception {
        String root = "http://tracking.example:5000" + SERVED + "/exp";
        try (var server = start(
                "own",
                Map.of(
                        "default-artifact-root",
                        root,
                        "artifacts-destination",
                        folder.resolve("files").toString()))) {
            String run = server.run(null);
            String location = field(server.call("runs/get?run_id=" + run), "artifact_uri");
            assertTrue(location.startsWith(root + "/"), location);
            server.put(location.substring(location.indexOf(SERVED) + SERVED.length() + 1) + "/a/b.txt", "content");
            assertListsAndReads(server, run);
            assertEquals(
                    200,
                    server.post(
                                    "experiments/create",
                                    "{\"name\": \"other\", \"artifact_location\": \"" + root + "/x\"}")
                            .statusCode());
            assertEquals(
                    400,
                    server.post(
                                    "experiments/create",
                                    "{\"name\": \"foreign\", \"artifact_location\": \""
                                            + root.replace("tracking", "other") + "\"}")
                            .statusCode());
        }
    }

    @Test
    void theRootOfAServerThatServesNoArtifactsIsAnotherServer() throws Exception {
        try (var artifacts = start(
                "artifacts",
                Map.of(
                        "artifacts-only",
                        "true",
                        "artifacts-destination",
                        folder.resolve("files").toString()))) {
            String root = artifacts.url() + SERVED + "/of tracking";
            try (var tracking = start("tracking", Map.of("serve-artifacts", "false", "default-artifact-root", root))) {
                String run = tracking.run(null);
                String location = field(tracking.call("runs/get?run_id=" + run), "artifact_uri");
                String path = location.substring(location.indexOf(SERVED) + SERVED.length() + 1);
                artifacts.put(path.replace(" ", "%20") + "/a/b.txt", "content");
                assertListsAndReads(tracking, run);
                HttpResponse<String> uploaded = tracking.send(
                        "POST",
                        "/ajax-api/2.0/mlflow/upload-artifact?path=u%20p/c&run_uuid=" + run,
                        "uploaded".getBytes(StandardCharsets.UTF_8));
                assertEquals(200, uploaded.statusCode(), uploaded.body());
                assertEquals("uploaded", Files.readString(folder.resolve("files/" + path + "/u p/c")));
            }
        }
    }

    private static void assertListsAndReads(ArtifactTestServer server, String run) throws Exception {
        HttpResponse<String> top = server.call("artifacts/list?run_id=" + run);
        assertTrue(top.body().contains("\"path\":\"a\",\"is_dir\":true"), top.body());
        HttpResponse<String> below = server.call("artifacts/list?path=a&run_id=" + run);
        assertTrue(below.body().contains("\"path\":\"a/b.txt\",\"is_dir\":false,\"file_size\":7"), below.body());
        String file = "/get-artifact?run_id=" + run + "&path=a/";
        assertEquals("content", server.get(file + "b.txt").body());
        HttpResponse<String> part = server.get(file + "b.txt", "Range", "bytes=2-4");
        assertEquals(206, part.statusCode());
        assertEquals("nte", part.body());
        assertEquals(404, server.get(file + "none").statusCode());
        assertEquals(400, server.get("/get-artifact?run_id=" + run + "&path=a").statusCode());
    }
}
