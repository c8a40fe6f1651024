package dev.kiroku.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.artifacts.ConfiguredArtifactStores;
import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.model.KirokuException;
import dev.kiroku.reference.MlflowInstallation;
import dev.kiroku.serving.source.ModelCache;
import dev.kiroku.serving.source.ModelSource;
import dev.kiroku.serving.source.ModelSourceFactory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Loads models by every form of URI: from Kiroku and MLflow, with models that the Python client logged, and from S3 through its API. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServingSourcesTest {
    private static final Pattern MARK = Pattern.compile("mark: (\\w+)");

    private final AtomicInteger downloads = new AtomicInteger();
    private PythonFixture python;
    private Path folder;
    private S3Proxy s3;
    /** MLflow's server starts in the background, while the other tests run. */
    private CompletableFuture<ServerProcess> mlflow;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        this.folder = folder;
        python = PythonFixture.withMlflow(folder);
        List<String> command = MlflowInstallation.findOrInstall().serverCommand("sqlite:///mlflow.db");
        mlflow = CompletableFuture.supplyAsync(
                () -> ServerProcess.start("MLflow", command),
                task -> Thread.ofVirtual().start(task));
        python.runScript("serving/sources.py", "make", folder.toString());
        TransientNio2BlobStore blobs = new TransientNio2BlobStore();
        blobs.createContainer("models");
        s3 = S3Proxy.builder()
                .blobStore(blobs)
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "key", "secret")
                .build();
        s3.start();
    }

    @AfterAll
    void stop() throws Exception {
        if (mlflow != null) {
            mlflow.thenAccept(ServerProcess::close).join();
        }
        if (s3 != null) {
            s3.stop();
        }
    }

    @Test
    void loadsEveryUriFormFromKirokuWithPasswordsAndTokens() throws Exception {
        Path data = Files.createDirectories(folder.resolve("data"));
        KirokuServers.command(data, "a long password\n", "users", "add", "ann", "--password-stdin");
        Matcher token = Pattern.compile("(?m)^(kiroku_\\S+)")
                .matcher(KirokuServers.command(data, "", "users", "token", "create", "ann"));
        assertTrue(token.find());
        try (ServerProcess server =
                KirokuServers.restartOnSqlite(data, "--auth", "BASIC", "--default-permission", "EDIT")) {
            Map<String, String> password = Map.of(
                    "MLFLOW_TRACKING_URI",
                    server.uri(),
                    "MLFLOW_TRACKING_USERNAME",
                    "ann",
                    "MLFLOW_TRACKING_PASSWORD",
                    "a long password");
            loadEveryUriForm(server, password);
            assertEquals(
                    "one",
                    readMark(
                            "models:/m@champion",
                            Map.of("MLFLOW_TRACKING_URI", server.uri(), "MLFLOW_TRACKING_TOKEN", token.group(1))));
            IOException nobody = assertThrows(
                    IOException.class,
                    () -> readMark("models:/m@champion", Map.of("MLFLOW_TRACKING_URI", server.uri())));
            assertTrue(
                    nobody.getMessage().contains("401") && nobody.getMessage().contains("MLFLOW_TRACKING_TOKEN"),
                    nobody.getMessage());

            uploadToS3("deep/two");
            Map<String, String> all = new HashMap<>(password);
            all.putAll(s3Variables());
            python.runScript("serving/register.py", password, server.uri(), "s3://models/deep/two");
            assertEquals("two", readMark("models:/m/3", all));
        }
    }

    @Test
    void loadsEveryUriFormFromMlflow() throws Exception {
        loadEveryUriForm(
                mlflow.join(), Map.of("MLFLOW_TRACKING_URI", mlflow.join().uri()));
    }

    private void loadEveryUriForm(ServerProcess server, Map<String, String> variables) throws Exception {
        Path file = folder.resolve("logged.json");
        python.runScript("serving/sources.py", variables, "log", server.uri(), folder.toString(), file.toString());
        JsonNode logged = JsonMapper.shared().readTree(Files.readString(file));
        Map<String, String> marks = Map.of(
                "models:/m@champion",
                "one",
                "models:/m/1",
                "one",
                "models:/m/2",
                "two",
                "models:/m/Production",
                "one",
                "models:/m/staging",
                "two",
                "models:/m/latest",
                "two",
                "models:/" + logged.path("id").asString(),
                "one",
                "runs:/" + logged.path("run").asString() + "/new",
                "one",
                "runs:/" + logged.path("run").asString() + "/deep/old model",
                "two");
        for (var expected : marks.entrySet()) {
            assertEquals(expected.getValue(), readMark(expected.getKey(), variables), expected.getKey());
        }
        for (String moving : List.of("models:/m@champion", "models:/m/Production", "models:/m/latest")) {
            assertTrue(createSources(variables).create(moving).canChange(), moving);
        }
        assertFalse(createSources(variables).create("models:/m/1").canChange());
        for (String missing : List.of(
                "models:/m@nobody",
                "models:/m/9",
                "models:/nothing/1",
                "models:/m/Archived",
                "models:/m-" + "0".repeat(32),
                "runs:/" + logged.path("run").asString() + "/nowhere",
                "runs:/" + "0".repeat(32) + "/model")) {
            IOException failure = assertThrows(IOException.class, () -> readMark(missing, variables), missing);
            assertFalse(failure.getMessage().isBlank(), missing);
        }
        for (String wrong : List.of("models:/m", "models:/m/1/2", "models:m", "runs:/short/model")) {
            assertThrows(KirokuException.class, () -> readMark(wrong, variables), wrong);
        }
    }

    @Test
    void downloadsFromS3OnceAndAgainWhenTheCopyIsDamaged() throws Exception {
        uploadToS3("iris");
        downloads.set(0);
        ModelSource source = createSources(s3Variables()).create("s3://models/iris");
        Path copy = source.fetch(source.resolve());
        assertEquals("two", readMark(copy));
        assertEquals(copy, source.fetch(source.resolve()));
        assertEquals(1, downloads.get());
        Files.writeString(copy.resolve("MLmodel"), "damaged");
        assertEquals("two", readMark(source.fetch(source.resolve())));
        assertEquals(2, downloads.get());
        IOException failure = assertThrows(IOException.class, () -> readMark("s3://models/nothing", s3Variables()));
        assertTrue(failure.getMessage().contains("MLmodel"), failure.getMessage());

        assertEquals("two", readMark(folder.resolve("two").toString(), Map.of()));
        assertEquals("two", readMark(folder.resolve("two").toUri().toString(), Map.of()));
        assertThrows(
                KirokuException.class, () -> readMark(folder.resolve("nowhere").toString(), Map.of()));
        assertTrue(assertThrows(KirokuException.class, () -> readMark("models:/m/1", Map.of()))
                .getMessage()
                .contains("MLFLOW_TRACKING_URI"));
    }

    private Map<String, String> s3Variables() {
        return Map.of(
                "MLFLOW_S3_ENDPOINT_URL",
                "http://127.0.0.1:" + s3.getPort(),
                "AWS_ACCESS_KEY_ID",
                "key",
                "AWS_SECRET_ACCESS_KEY",
                "secret");
    }

    private static ArtifactStore openStore(String uri, Map<String, String> variables) {
        return new ConfiguredArtifactStores(null, uri, variables).resolve(uri).store();
    }

    private void uploadToS3(String place) throws IOException {
        ArtifactStore store = openStore("s3://models/" + place, s3Variables());
        try (Stream<Path> files = Files.walk(folder.resolve("two"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                try (var in = Files.newInputStream(file)) {
                    store.write(
                            ArtifactPath.of(
                                    folder.resolve("two").relativize(file).toString()),
                            in,
                            Files.size(file));
                }
            }
        }
    }

    private ModelSourceFactory createSources(Map<String, String> variables) {
        ModelCache cache = new ModelCache(folder.resolve("cache"), (what, done, total) -> {
            if (done == 0) {
                downloads.incrementAndGet();
            }
        });
        return new ModelSourceFactory(variables, cache, uri -> openStore(uri, variables));
    }

    private String readMark(String uri, Map<String, String> variables) throws IOException {
        ModelSource source = createSources(variables).create(uri);
        return readMark(source.fetch(source.resolve()));
    }

    private static String readMark(Path model) throws IOException {
        Matcher mark = MARK.matcher(Files.readString(model.resolve("MLmodel")));
        return mark.find() ? mark.group(1) : "";
    }
}
