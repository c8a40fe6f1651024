package dev.kiroku.cli.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.cli.Cli;
import dev.kiroku.cli.command.CommandContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kiroku import --users}: people sign in with their passwords of MLflow and may do what they could do there. */
class UserImportTest {
    @TempDir
    private Path folder;

    private String unpack(String name) throws IOException {
        Path file = folder.resolve(name);
        try (var in = new GZIPInputStream(
                Files.newInputStream(Path.of("../transfer/src/test/resources/mlflow/" + name + ".gz")))) {
            Files.copy(in, file);
        }
        return "sqlite:///" + file;
    }

    private static AccessTestServer.Answer cli(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, UTF_8);
        int status = new Cli(new CommandContext(print, print, Map.of())).run(words);
        return new AccessTestServer.Answer(status, out.toString(UTF_8));
    }

    @Test
    void peopleSignInAsInMlflow() throws Exception {
        String source = unpack("mlflow-3.17.2.db");
        String users = unpack("basic-auth-3.17.2.db");
        String store = "sqlite:///" + folder.resolve("kiroku.db");
        AccessTestServer.Answer refused =
                cli("import", source, "--users", source, "--backend-store-uri", store, "--dry-run");
        assertEquals(1, refused.status(), refused.body());
        AccessTestServer.Answer imported = cli("import", source, "--users", users, "--backend-store-uri", store);
        assertEquals(1, imported.status(), "two users have names that are not allowed: " + imported.body());
        for (String line : new String[] {
            "(?s).*runs +8 new\n.*users +5 new\n.*roles +2 new\n.*grants +8 new\n.*", "(?s).*The user 'with space'.*"
        }) {
            assertTrue(imported.body().matches(line), imported.body());
        }
        try (AccessTestServer server =
                new AccessTestServer(folder, Map.of("default-permission", "NO_PERMISSIONS"), Map.of())) {
            assertEquals(200, getExperiment(server, "ann", "password of ann"));
            assertEquals(401, getExperiment(server, "ann", "password of eve"));
            assertEquals(403, getExperiment(server, "eve", "password of eve"));
            assertEquals(200, getExperiment(server, "Bob@Example.com", "password of Bob@Example.com"));
            assertEquals(200, getExperiment(server, "admin", "correct horse battery"));
        }
    }

    private static int getExperiment(AccessTestServer server, String user, String password) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(
                        "http://127.0.0.1:" + server.port() + "/api/2.0/mlflow/experiments/get?experiment_id=1"))
                .header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8)))
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }
}
