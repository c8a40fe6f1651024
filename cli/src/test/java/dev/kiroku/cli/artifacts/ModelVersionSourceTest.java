package dev.kiroku.cli.artifacts;

import static dev.kiroku.cli.artifacts.ArtifactTestServer.field;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.model.KirokuException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sources of model versions, with results of MLflow 3.17.2. */
class ModelVersionSourceTest {
    private static final String PATTERN = "MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX";

    @TempDir
    private Path folder;

    private ArtifactTestServer start(Map<String, String> environment) {
        return new ArtifactTestServer(
                folder, Map.of("artifacts-destination", folder.resolve("files").toString()), environment);
    }

    private static HttpResponse<String> createVersion(ArtifactTestServer server, String source, String runId)
            throws Exception {
        return server.post(
                "model-versions/create",
                "{\"name\": \"m\", \"source\": \"" + source + "\", \"run_id\": \"" + runId + "\"}");
    }

    @Test
    void aRunUriOfAnUnknownRunIsAccepted() throws Exception {
        try (var server = start(Map.of())) {
            server.post("registered-models/create", "{\"name\": \"m\"}");
            HttpResponse<String> created = createVersion(server, "runs:/deadbeef/model", "deadbeef");
            assertEquals(200, created.statusCode(), created.body());
            assertEquals(
                    "runs:/deadbeef/model",
                    field(server.call("model-versions/get-download-uri?name=m&version=1"), "artifact_uri"));
            assertEquals(
                    400, createVersion(server, "runs:/deadbeef/model", "other").statusCode());
        }
    }

    @Test
    void aPlainPathCanLieWithinAFileUri() throws Exception {
        try (var server = start(Map.of())) {
            server.post("registered-models/create", "{\"name\": \"m\"}");
            String run = server.run("file://" + folder + "/with%20blank");
            String path = folder + "/with blank/" + run + "/artifacts";
            for (String source : new String[] {path, path + "/model", "file://" + path + "/model", "file:" + path}) {
                HttpResponse<String> created = createVersion(server, source, run);
                assertEquals(200, created.statusCode(), source + created.body());
            }
            for (String source :
                    new String[] {path + "x", path + "/../x", folder + "/with blank", "file://host" + path}) {
                assertEquals(400, createVersion(server, source, run).statusCode(), source);
            }
        }
    }

    @Test
    void sourcesMustContainTheOperatorsPattern() throws Exception {
        try (var server = start(Map.of(PATTERN, "^s3://models/"))) {
            server.post("registered-models/create", "{\"name\": \"m\"}");
            assertEquals(200, createVersion(server, "s3://models/a", "").statusCode());
            HttpResponse<String> refused = createVersion(server, "s3://other/a", "");
            assertEquals(400, refused.statusCode());
            assertTrue(refused.body().contains("Invalid model version source: 's3://other/a'."), refused.body());
        }
        KirokuException invalid = assertThrows(KirokuException.class, () -> start(Map.of(PATTERN, "(")));
        assertTrue(invalid.getMessage().contains(PATTERN), invalid.getMessage());
    }
}
