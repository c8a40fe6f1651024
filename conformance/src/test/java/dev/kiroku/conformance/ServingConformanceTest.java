package dev.kiroku.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.conformance.hostile.RawClient;
import dev.kiroku.conformance.hostile.RawRequest;
import dev.kiroku.conformance.hostile.RawResponse;
import dev.kiroku.conformance.hostile.RequestMutator;
import dev.kiroku.serving.engine.PredictionMatcher;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sends the calls of {@code serving/calls.txt} to MLflow's scoring application and to {@code kiroku models serve}, with the same models in
 * the same Python environment, and compares status, content type and text of the responses.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServingConformanceTest {
    private static final int MIN_CALLS = 240;
    private static final int MUTATIONS = 300;
    private static final int REQUESTS = Integer.getInteger("hostile.requests", 2000);
    private static final long SEED = Long.getLong("hostile.seed", 20261124);
    private static final Pattern NUMBER = Pattern.compile("-?[0-9][0-9.eE+-]*");
    private static final List<String> TOKENS = List.of(
            "null",
            "true",
            "NaN",
            "Infinity",
            "-1e999",
            "9".repeat(399),
            "9".repeat(5000),
            "0." + "1".repeat(400),
            "1e-400",
            "\"\"",
            "\"\\ud800\"",
            "\"\\u0000\"",
            "[]",
            "{}",
            "[[",
            "{\"",
            ",",
            "\"params\": {\"a\": 1}, ",
            "[".repeat(100_000),
            "{\"a\":".repeat(20_000),
            "a".repeat(70_000),
            "\u2028",
            "\uffff");

    private record Call(String model, String contentType, String body) {}

    private record ScoringResult(int status, String contentType, String body) {}

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private ConformanceServer mlflow;
    private ConformanceServer kiroku;

    @BeforeAll
    void startServers(@TempDir(cleanup = org.junit.jupiter.api.io.CleanupMode.NEVER) Path folder) throws Exception {
        PythonFixture python = PythonFixture.withEngineLibraries(folder);
        Path models = Files.createDirectories(folder.resolve("models"));
        python.runScript("serving/models.py", "make", models.toString());

        StringBuilder file = new StringBuilder("models:\n");
        try (Stream<Path> saved = Files.list(models)) {
            saved.sorted()
                    .forEach(model -> file.append("  ")
                            .append(model.getFileName())
                            .append(": {uri: '")
                            .append(model)
                            .append("'}\n"));
        }
        Path config = Files.writeString(folder.resolve("models.yaml"), file);
        // Error messages with sets depend on the hash seed.
        Map<String, String> environment =
                Map.of("KIROKU_PYTHON", python.interpreter().toString(), "PYTHONHASHSEED", "0");
        CompletableFuture<ConformanceServer> reference = CompletableFuture.supplyAsync(() -> ServerProcess.start(
                "MLflow",
                List.of(
                        python.interpreter().toString(),
                        python.extractScript("serving/models.py").toString(),
                        "serve",
                        models.toString()),
                environment));
        kiroku = KirokuServers.modelServer(List.of("--config", config.toString(), "--no-conda"), environment);
        mlflow = reference.get();
    }

    @AfterAll
    void stopServers() {
        Stream.of(kiroku, mlflow).filter(server -> server != null).forEach(ConformanceServer::close);
    }

    @Test
    void sendsEnoughCalls() {
        assertTrue(calls().size() >= MIN_CALLS, calls().size() + " calls");
    }

    @TestFactory
    Stream<DynamicTest> responsesEqualMlflow() {
        return calls().stream().map(call -> DynamicTest.dynamicTest(call.toString(), () -> compare(call)));
    }

    /** Bodies that no client would send; MLflow itself answers many of them with 500. */
    @Test
    void mutatedBodiesNeverCauseServerErrors() throws Exception {
        Random random = new Random(SEED);
        List<Call> calls = calls();
        List<String> failures = new ArrayList<>();
        for (int i = 0; i < MUTATIONS; i++) {
            Call call = calls.get(random.nextInt(calls.size()));
            if (send(kiroku, call).status() >= 500) {
                continue; // a model that fails by itself
            }
            String body = mutate(call.body, random);
            ScoringResult result = send(kiroku, new Call(call.model, call.contentType, body));
            if (result.status >= 500 && !result.body.contains("The model's predictions cannot be written as JSON")) {
                failures.add(call.model + " " + body.substring(0, Math.min(300, body.length())) + "\n  " + result);
            }
        }
        assertTrue(failures.isEmpty(), () -> "-Dhostile.seed=" + SEED + "\n" + String.join("\n", failures));
    }

    /** As {@link #mutatedBodiesNeverCauseServerErrors}, with other paths, methods, headers, encodings and bytes, to all routes. */
    @Test
    void mutatedRequestsNeverCauseServerErrors() throws Exception {
        List<RawRequest> valid = new ArrayList<>(Stream.of(
                        "/ping",
                        "/health",
                        "/live",
                        "/version",
                        "/metrics",
                        "/models/x/invocations",
                        "/invocations?x=1")
                .map(RawRequest::get)
                .toList());
        List<String> failures = new ArrayList<>();
        try (RawClient requests = new RawClient(kiroku.uri())) {
            for (Call call : calls()) {
                RawRequest request = new RawRequest(
                        "POST",
                        "/models/" + call.model + "/invocations",
                        List.of("Content-Type: " + call.contentType),
                        utf8(call.body));
                if (requests.send(request).status() < 500) { // others are models that fail by themselves
                    valid.add(request);
                }
            }
            RequestMutator mutator = new RequestMutator(SEED, valid);
            for (int i = 0; i < REQUESTS; i++) {
                RawRequest request = mutator.next();
                try {
                    RawResponse response = requests.sendFramed(request);
                    if (response.status() >= 500
                            && !response.text().contains("The model's predictions cannot be written as JSON")) {
                        failures.add(request + "\n  " + response);
                    }
                } catch (IOException e) {
                    failures.add(request + "\n  " + e);
                }
            }
            assertTrue(
                    failures.isEmpty(),
                    () -> failures.size() + " failures with -Dhostile.seed=" + SEED + ", such as\n"
                            + failures.stream().limit(10).collect(Collectors.joining("\n")));
            for (RawRequest request : valid.subList(0, 20)) {
                assertTrue(requests.send(request).status() < 500, request::toString);
            }
        }
    }

    private static String mutate(String body, Random random) {
        StringBuilder mutated = new StringBuilder(body);
        for (int i = 0; i <= random.nextInt(3); i++) {
            int at = random.nextInt(mutated.length() + 1);
            switch (random.nextInt(6)) {
                case 0 -> mutated.setLength(at);
                case 1 -> mutated.insert(at, (char) (32 + random.nextInt(95)));
                case 2 -> mutated.insert(at, TOKENS.get(random.nextInt(TOKENS.size())));
                case 3 -> mutated.delete(at, Math.min(mutated.length(), at + 1 + random.nextInt(10)));
                case 4 -> mutated.insert(at, mutated.substring(random.nextInt(at + 1), at));
                default -> {
                    Matcher numbers = NUMBER.matcher(mutated);
                    if (numbers.find(at) || numbers.find(0)) {
                        mutated.replace(numbers.start(), numbers.end(), TOKENS.get(random.nextInt(TOKENS.size())));
                    }
                }
            }
        }
        return mutated.toString();
    }

    private void compare(Call call) throws Exception {
        ScoringResult expected = send(mlflow, call);
        ScoringResult actual = send(kiroku, call);
        if (expected.status == 500 && !expected.contentType.startsWith("application/json")) {
            assertTrue(
                    actual.status >= 400 && actual.body.startsWith("{\"error_code\": \""),
                    () -> "in the error form: " + actual);
            return;
        }
        if (call.model.startsWith("onnx") && expected.status == 200) { // the versions of ONNX Runtime differ
            assertTrue(
                    actual.status == 200 && PredictionMatcher.matches(1e-5, utf8(expected.body), utf8(actual.body)),
                    () -> expected + " but " + actual);
            return;
        }
        assertEquals(expected, actual);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private ScoringResult send(ConformanceServer server, Call call) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(server.uri() + "/models/" + call.model + "/invocations"))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", call.contentType)
                .POST(HttpRequest.BodyPublishers.ofString(call.body))
                .build();
        HttpResponse<String> response;
        try {
            response = client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            // MLflow's server closes the connection after an internal error, which may be when the next call is sent.
            response = client.send(request, HttpResponse.BodyHandlers.ofString());
        }
        return new ScoringResult(
                response.statusCode(),
                response.headers().firstValue("Content-Type").orElse(""),
                response.body().replaceAll("0x[0-9a-f]+", "0x…"));
    }

    private static List<Call> calls() {
        List<Call> calls = new ArrayList<>();
        for (String line : readResource("calls.txt").lines().toList()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] parts = line.split(" \\| ?", 3);
            String body = parts[1].startsWith("text/csv") ? parts[2].replace("\\n", "\n") : parts[2].replace('\'', '"');
            for (String model : parts[0].split(",")) {
                calls.add(new Call(model, parts[1], body));
            }
        }
        return calls;
    }

    private static String readResource(String name) {
        try (InputStream in = ServingConformanceTest.class.getResourceAsStream("/serving/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
