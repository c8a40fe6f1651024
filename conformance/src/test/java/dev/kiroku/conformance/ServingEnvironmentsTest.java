package dev.kiroku.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.serving.source.PythonEnvironment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Environments that virtualenv and uv create for a model. Installing MLflow would take minutes, so the requirements are a wheel in the model's
 * directory whose path configuration file makes the libraries of an installed MLflow importable.
 */
class ServingEnvironmentsTest {
    private static final String WHEEL = "libraries-1.0-py3-none-any.whl";

    @Test
    void createsEnvironmentOnceAndServesModelInIt(@TempDir(cleanup = CleanupMode.NEVER) Path folder) throws Exception {
        PythonFixture python = PythonFixture.withUv(folder);
        python.runScript("serving/sources.py", "make", folder.toString());
        Path model = folder.resolve("two");
        Files.writeString(model.resolve("requirements.txt"), "./" + WHEEL + "\n");
        writeWheel(python, model.resolve(WHEEL));

        CompletableFuture<Path> beside = CompletableFuture.supplyAsync(
                () -> serve("virtualenv", model, python, folder),
                task -> Thread.ofVirtual().start(task));
        Path uv = serve("uv", model, python, folder);
        Path virtualenv = beside.join();

        Files.delete(model.resolve(WHEEL)); // without it no environment can be created
        assertEquals(virtualenv, environment("virtualenv", python, folder).prepareInterpreter(model));
        assertEquals(uv, environment("uv", python, folder).prepareInterpreter(model));
        Files.delete(uv.getParent().getParent().resolve(".complete")); // as after an interrupted creation
        assertThrows(IOException.class, () -> environment("uv", python, folder).prepareInterpreter(model));
    }

    /** Serves the model in its own environment and returns the interpreter of that. */
    private static Path serve(String manager, Path model, PythonFixture python, Path folder) {
        Map<String, String> environment = Map.of("KIROKU_CACHE", folder.toString(), "PATH", path(python));
        try (ServerProcess server = KirokuServers.modelServer(
                        List.of("-m", model.toString(), "--env-manager", manager), environment);
                HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create(server.uri() + "/invocations"))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString("{\"inputs\": [[1], [2]]}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertEquals("{\"predictions\": [1, 1]}", answer.body());
            assertTrue(server.log().contains("creating an environment"), server.log());
            return environment(manager, python, folder).prepareInterpreter(model);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static PythonEnvironment environment(String manager, PythonFixture python, Path folder) {
        return new PythonEnvironment(
                PythonEnvironment.Manager.parse(manager), folder.resolve("envs"), Map.of("PATH", path(python)));
    }

    private static String path(PythonFixture python) {
        return python.interpreter().getParent() + ":" + System.getenv("PATH");
    }

    private static void writeWheel(PythonFixture python, Path wheel) throws IOException {
        Path libraries;
        try (Stream<Path> versions =
                Files.list(python.interpreter().resolveSibling("../lib").normalize())) {
            libraries = versions.map(version -> version.resolve("site-packages"))
                    .filter(Files::isDirectory)
                    .findFirst()
                    .orElseThrow();
        }
        Map<String, String> files = Map.of(
                "libraries.pth", libraries + "\n",
                "libraries-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: libraries\nVersion: 1.0\n",
                "libraries-1.0.dist-info/WHEEL",
                        "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
                "libraries-1.0.dist-info/RECORD",
                        "libraries.pth,,\nlibraries-1.0.dist-info/METADATA,,\nlibraries-1.0.dist-info/WHEEL,,\nlibraries-1.0.dist-info/RECORD,,\n");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(wheel))) {
            for (var file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
    }
}
