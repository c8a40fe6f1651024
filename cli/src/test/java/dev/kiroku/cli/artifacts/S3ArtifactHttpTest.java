package dev.kiroku.cli.artifacts;

import static dev.kiroku.cli.artifacts.ArtifactTestServer.SERVED;
import static dev.kiroku.cli.artifacts.ArtifactTestServer.field;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3ArtifactHttpTest extends AbstractArtifactHttpTest {
    private final TransientNio2BlobStore blobs = new TransientNio2BlobStore();
    private S3Proxy s3;
    private ArtifactTestServer server;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        blobs.createContainer("artifacts");
        s3 = S3Proxy.builder()
                .blobStore(blobs)
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "key", "secret")
                .build();
        s3.start();
        server = new ArtifactTestServer(
                folder, Map.of("artifacts-destination", "s3://artifacts/served"), environment("secret"));
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
        s3.stop();
    }

    private Map<String, String> environment(String secret) {
        return Map.of(
                "MLFLOW_S3_ENDPOINT_URL",
                "http://127.0.0.1:" + s3.getPort(),
                "AWS_ACCESS_KEY_ID",
                "key",
                "AWS_SECRET_ACCESS_KEY",
                secret);
    }

    @Override
    protected ArtifactTestServer server() {
        return server;
    }

    @Override
    protected boolean signsUrls() {
        return true;
    }

    @Override
    protected void assertNoTemporaryFiles() {
        assertEquals(List.of(), blobs.listMultipartUploads("artifacts"));
    }

    @Test
    void clientsUploadPartsToTheStoreDirectly() throws Exception {
        HttpResponse<String> begun = server.post(
                "/api/2.0/mlflow-artifacts/mpu/create/box", "{\"path\": \"/home/me/large.bin\", \"num_parts\": 1}");
        assertEquals(200, begun.statusCode(), begun.body());
        String uploadId = field(begun, "upload_id");
        String etag = put(field(begun, "url"), "the only part")
                .headers()
                .firstValue("ETag")
                .orElseThrow()
                .replace("\"", "\\\"");
        assertEquals(404, server.get(SERVED + "/box/large.bin").statusCode());
        HttpResponse<String> completed = server.post(
                "/api/2.0/mlflow-artifacts/mpu/complete/box",
                "{\"path\": \"large.bin\", \"upload_id\": \"" + uploadId
                        + "\", \"parts\": [{\"part_number\": 1, \"etag\": \"" + etag + "\"}]}");
        assertEquals(200, completed.statusCode(), completed.body());
        assertEquals("the only part", server.get(SERVED + "/box/large.bin").body());
        HttpResponse<String> presigned = server.get("/api/2.0/mlflow-artifacts/presigned/box/large.bin");
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertEquals(
                    "the only part",
                    client.send(
                                    HttpRequest.newBuilder(URI.create(field(presigned, "url")))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .body());
        }
        assertTrue(presigned.body().contains("\"file_size\":13"), presigned.body());
        assertTrue(server.get("/api/3.0/mlflow/server-info").body().contains("\"multipart_uploads_enabled\":true"));

        String aborted = field(
                server.post("/api/2.0/mlflow-artifacts/mpu/create/box", "{\"path\": \"other.bin\", \"num_parts\": 1}"),
                "upload_id");
        assertEquals(
                200,
                server.post(
                                "/api/2.0/mlflow-artifacts/mpu/abort/box",
                                "{\"path\": \"other.bin\", \"upload_id\": \"" + aborted + "\"}")
                        .statusCode());
        assertNoTemporaryFiles();
    }

    private static HttpResponse<String> put(String url, String content) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create(url))
                            .PUT(HttpRequest.BodyPublishers.ofString(content))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void multipartPathCannotEscapeTheRoot() throws Exception {
        for (String path : List.of("..", "../x", "a/..", "%2e%2e", "")) {
            assertEquals(
                    400,
                    server.post(
                                    "/api/2.0/mlflow-artifacts/mpu/create/box",
                                    "{\"path\": \"" + path.replace("../x", "..") + "\", \"num_parts\": 1}")
                            .statusCode(),
                    path);
        }
        for (String folder : List.of("%2e%2e", "..%2fx", "a%5cb", "%252e%252e")) {
            assertEquals(
                    400,
                    server.post("/api/2.0/mlflow-artifacts/mpu/create/" + folder, "{\"path\": \"x\", \"num_parts\": 1}")
                            .statusCode(),
                    folder);
            assertEquals(
                    400,
                    server.get("/api/2.0/mlflow-artifacts/presigned/" + folder).statusCode(),
                    folder);
        }
        assertEquals(
                400,
                server.post("/api/2.0/mlflow-artifacts/mpu/create/box", "{\"path\": \"x\", \"num_parts\": 100000}")
                        .statusCode());
    }

    /** Clients of Windows send the path of their file with its separators. */
    @Test
    void multipartPathOfWindowsIsAFileName() throws Exception {
        for (String path :
                List.of("C:\\\\Users\\\\me\\\\model.bin", "a/b\\\\model.bin", "\\\\\\\\host\\\\c/model.bin")) {
            String names = "{\"path\": \"" + path + "\", ";
            HttpResponse<String> begun =
                    server.post("/api/2.0/mlflow-artifacts/mpu/create/windows", names + "\"num_parts\": 1}");
            assertEquals(200, begun.statusCode(), begun.body());
            assertTrue(field(begun, "url").contains("/windows/model.bin?"), begun.body());
            HttpResponse<String> aborted = server.post(
                    "/api/2.0/mlflow-artifacts/mpu/abort/windows",
                    names + "\"upload_id\": \"" + field(begun, "upload_id") + "\"}");
            assertEquals(200, aborted.statusCode(), aborted.body());
        }
        for (String path : List.of("C:\\\\", "a\\\\..", "..\\\\.")) {
            HttpResponse<String> refused = server.post(
                    "/api/2.0/mlflow-artifacts/mpu/create/windows", "{\"path\": \"" + path + "\", \"num_parts\": 1}");
            assertEquals(400, refused.statusCode(), path);
        }
        assertNoTemporaryFiles();
    }

    private void assertRefused(String operation, String body) throws Exception {
        HttpResponse<String> refused = server.post("/api/2.0/mlflow-artifacts/mpu/" + operation + "/odd", body);
        // Some stores answer the abort of an upload that is not there as if it had been.
        boolean aborted = refused.statusCode() == 200 && operation.equals("abort");
        assertTrue(
                aborted || refused.statusCode() >= 400 && refused.statusCode() < 500,
                () -> operation + " " + body + " -> " + refused.statusCode() + " " + refused.body());
    }

    /** Whatever a client sends for an id, a number, an etag or a name: an error of the client, and no parts are left. */
    @Test
    void malformedMultipartUploadsAreErrorsOfTheClient() throws Exception {
        String upload = field(
                server.post("/api/2.0/mlflow-artifacts/mpu/create/odd", "{\"path\": \"f\", \"num_parts\": 1}"),
                "upload_id");
        String part = "[{\"part_number\": 1, \"etag\": \"e\"}]";
        for (String odd : List.of(
                "",
                " ",
                "x",
                "..",
                "a/b",
                "a\\\\b",
                "a?b=c&d",
                "%00",
                "%2e%2e",
                "a\\r\\nb",
                "\\u0001",
                "\\u202e",
                "\\ud83d\\ude00",
                "日本",
                "<&>'",
                "${x}",
                "-1",
                "9".repeat(399),
                "x".repeat(10_000))) {
            String ofUpload = "{\"path\": \"f\", \"upload_id\": \"" + upload + "\", \"parts\": ";
            for (String body : List.of(
                    "{\"path\": \"f\", \"upload_id\": \"" + odd + "\", \"parts\": " + part + "}",
                    "{\"path\": \"" + odd + "\", \"upload_id\": \"x\", \"parts\": " + part + "}",
                    ofUpload + "[{\"part_number\": 1, \"etag\": \"" + odd + "\"}]}",
                    ofUpload + "[{\"part_number\": \"" + odd + "\", \"etag\": \"e\"}]}",
                    ofUpload + "[{\"part_number\": 1, \"url\": \"" + odd + "\"}]}",
                    ofUpload + "\"" + odd + "\"}")) {
                assertRefused("complete", body);
                if (!body.startsWith(ofUpload)) {
                    assertRefused("abort", body);
                }
            }
            HttpResponse<String> begun = server.post(
                    "/api/2.0/mlflow-artifacts/mpu/create/odd", "{\"path\": \"f\", \"num_parts\": \"" + odd + "\"}");
            assertEquals(400, begun.statusCode(), () -> odd + begun.body());
        }
        server.post("/api/2.0/mlflow-artifacts/mpu/abort/odd", "{\"path\": \"f\", \"upload_id\": \"" + upload + "\"}");
        assertNoTemporaryFiles();
    }

    @Test
    void deniedOrUnreachableStoreIsReported(@TempDir Path folder) throws Exception {
        Map<String, String> away = new HashMap<>(environment("secret"));
        away.put("MLFLOW_S3_ENDPOINT_URL", "http://127.0.0.1:1");
        assertAll(
                folder.resolve("1"),
                "s3://missing-bucket/x",
                environment("secret"),
                404,
                "RESOURCE_DOES_NOT_EXIST",
                "missing-bucket");
        assertAll(
                folder.resolve("2"), "s3://artifacts/x", environment("wrong"), 403, "PERMISSION_DENIED", "credentials");
        assertAll(folder.resolve("3"), "s3://artifacts/x", away, 503, "TEMPORARILY_UNAVAILABLE", "try again");
    }

    private static void assertAll(
            Path folder, String destination, Map<String, String> environment, int status, String code, String hint)
            throws Exception {
        java.nio.file.Files.createDirectory(folder);
        try (var server = new ArtifactTestServer(folder, Map.of("artifacts-destination", destination), environment)) {
            for (HttpResponse<String> answer : List.of(
                    server.put("a", "x"),
                    server.get(SERVED + "/a"),
                    server.get(SERVED),
                    server.send("DELETE", SERVED + "/a", null),
                    server.get("/get-artifact?path=a&run_id=" + server.run(null)))) {
                assertEquals(status, answer.statusCode(), answer.body());
                assertEquals(code, field(answer, "error_code"));
                assertTrue(answer.body().contains(hint), answer.body());
            }
        }
    }
}
