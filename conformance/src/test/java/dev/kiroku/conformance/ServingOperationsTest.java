package dev.kiroku.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What happens to requests when workers break and when an alias moves: the program as its users start it, and real Python. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServingOperationsTest {
    private static final Duration LIMIT = Duration.ofSeconds(120);

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Path folder;
    private ServingPython python;
    private Target wild;

    @BeforeAll
    void makeModels(@TempDir(cleanup = CleanupMode.NEVER) Path folder) throws Exception {
        this.folder = folder;
        python = ServingPython.in(folder);
        python.run("operations.py", "make", folder.resolve("models").toString());
        wild = serve(Map.of(), "-m", model("wild"), "--workers", "2", "--batching", "on", "--timeout", "20", "--worker-memory", "900");
    }

    @AfterAll
    void stop() {
        if (wild != null) {
            wild.close();
        }
    }

    @Test
    void waitingRequestsShareCallsAndEachGetsItsOwnAnswer() {
        List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, 60).mapToObj(i -> ask(wild, "x" + i)).toList();
        for (int i = 0; i < answers.size(); i++) {
            assertEquals("{\"predictions\": [\"x" + i + "x" + i + "\"]}", answers.get(i).join().body());
        }
        String metrics = get(wild, "/metrics").body();
        long requests = sample(metrics, "kiroku_batch_requests_sum");
        assertTrue(sample(metrics, "kiroku_batch_requests_count") < requests, metrics);
    }

    @Test
    void whoBreaksTheWorkerFailsAndNobodyElse() {
        List<CompletableFuture<HttpResponse<String>>> good = new ArrayList<>();
        CompletableFuture<HttpResponse<String>> bad = null;
        for (int i = 0; i < 40; i++) {
            good.add(ask(wild, "y"));
            if (i == 20) {
                bad = ask(wild, "crash");
            }
        }
        assertEquals(500, bad.join().statusCode());
        assertTrue(bad.join().body().contains("\"error_code\": \"INTERNAL_ERROR\"") && bad.join().body().contains("status 3"), bad.join().body());
        good.forEach(answer -> assertEquals("{\"predictions\": [\"yy\"]}", answer.join().body()));
    }

    @Test
    void anErrorInAMergedCallIsToldToItsRequestOnly() {
        List<CompletableFuture<HttpResponse<String>>> good = IntStream.range(0, 20).mapToObj(i -> ask(wild, "z")).toList();
        HttpResponse<String> bad = ask(wild, "raise").join();
        assertEquals(400, bad.statusCode());
        assertTrue(bad.body().startsWith("{\"error_code\": \"BAD_REQUEST\", \"message\": \"Encountered an unexpected error"), bad.body());
        good.forEach(answer -> assertEquals("{\"predictions\": [\"zz\"]}", answer.join().body()));
    }

    @Test
    void aHangIsEndedByTheTimeLimitAndTheServerLives() {
        HttpResponse<String> hang = ask(wild, "hang").join();
        assertEquals(504, hang.statusCode());
        assertEquals("Request processing time exceeded limit", hang.body());
        assertEquals("{\"predictions\": [\"aa\"]}", ask(wild, "a").join().body());
    }

    @Test
    void aWorkerThatGrowsTooLargeIsReplaced() {
        HttpResponse<String> grown = ask(wild, "grow").join();
        assertEquals(500, grown.statusCode());
        assertTrue(grown.body().contains("more memory than the limit of 900 MiB"), grown.body());
        assertEquals("{\"predictions\": [\"aa\"]}", ask(wild, "a").join().body());
    }

    @Test
    void anAliasIsFollowedWithoutAFailedRequestAndABrokenVersionLeavesTheOld() throws Exception {
        try (Target registry = KirokuServers.onSqlite()) {
            python.run("operations.py", "register", registry.uri(), "m", model("one"), "champion");
            Map<String, String> tracking = Map.of("MLFLOW_TRACKING_URI", registry.uri());
            try (Target server = serve(tracking, "-m", "models:/m@champion", "--poll", "1", "--batching", "on")) {
                AtomicBoolean over = new AtomicBoolean();
                AtomicInteger failed = new AtomicInteger();
                Set<String> seen = new ConcurrentSkipListSet<>();
                Set<String> mixed = new ConcurrentSkipListSet<>();
                List<Thread> clients = IntStream.range(0, 8).mapToObj(i -> Thread.ofVirtual().start(() -> {
                    while (!over.get()) {
                        HttpResponse<String> answer = ask(server, "a", "b").join();
                        String version = answer.headers().firstValue("X-Kiroku-Model-Version").orElse("");
                        if (answer.statusCode() != 200) {
                            failed.incrementAndGet();
                        }
                        seen.add(version);
                        String number = version.substring(version.indexOf('/') + 1);
                        if (!answer.body().equals("{\"predictions\": [" + number + ", " + number + "]}")) {
                            mixed.add(version + answer.body());
                        }
                    }
                })).toList();
                python.run("operations.py", "register", registry.uri(), "m", model("two"), "champion");
                await(() -> seen.contains("m/2"));
                python.run("operations.py", "register", registry.uri(), "m", model("broken"), "champion");
                await(() -> get(server, "/metrics").body().contains("kiroku_model_update_failed{model=\"model\"} 1"));
                over.set(true);
                for (Thread thread : clients) {
                    thread.join();
                }
                assertEquals(0, failed.get());
                assertEquals(Set.of(), mixed);
                assertEquals(new TreeSet<>(Set.of("m/1", "m/2")), seen);
                assertEquals(200, get(server, "/health").statusCode());
            }
        }
    }

    @Test
    void aSaturatedServerTurnsAwayAndOneThatIsToldToStopAnswersWhomItHas() throws Exception {
        try (ServerProcess server = serve(Map.of(), "-m", model("wild"), "--max-queue", "3")) {
            Path gate = Files.createFile(folder.resolve("gate"));
            CompletableFuture<HttpResponse<String>> held = ask(server, "held", gate.toString());
            await(() -> Files.exists(folder.resolve("gate.held"))); // the model has it: the queue is empty, and stays closed behind it
            List<CompletableFuture<HttpResponse<String>>> crowd = IntStream.range(0, 20).mapToObj(i -> ask(server, "a")).toList();
            await(() -> crowd.stream().filter(CompletableFuture::isDone).count() >= 17);
            List<HttpResponse<String>> away = crowd.stream().filter(CompletableFuture::isDone).map(CompletableFuture::join).toList();
            for (HttpResponse<String> answer : away) {
                assertEquals(503, answer.statusCode());
                assertEquals("1", answer.headers().firstValue("Retry-After").orElse(""));
                assertTrue(answer.body().startsWith("{\"error_code\": \"TEMPORARILY_UNAVAILABLE\""), answer.body());
            }
            assertEquals(17, away.size());

            server.terminate();
            Files.delete(gate);
            assertEquals("{\"predictions\": [\"heldheld\", \"" + gate + gate + "\"]}", held.join().body());
            for (CompletableFuture<HttpResponse<String>> waiting : crowd) {
                assertTrue(away.contains(waiting.join()) || waiting.join().statusCode() == 200, () -> waiting.join().body());
            }
            assertEquals(0, server.await());
        }
    }

    @Test
    void theLeastRecentlyUsedModelMakesPlaceAndTheFileIsReadAgain() throws Exception {
        Path file = folder.resolve("several.yaml");
        String one = "  one: {uri: '" + model("one") + "'}\n";
        String two = "  two: {uri: '" + model("two") + "'}\n";
        Files.writeString(file, "max-loaded: 1\nmodels:\n" + one + two);
        try (ServerProcess server = serve(Map.of(), "--config", file.toString())) {
            assertEquals("{\"predictions\": [1]}", askNamed(server, "one").body());
            assertTrue(loaded(server).contains("one"));
            assertEquals("{\"predictions\": [2]}", askNamed(server, "two").body());
            assertEquals(Set.of("two"), loaded(server));
            assertEquals(404, askNamed(server, "three").statusCode());

            Files.writeString(file, "max-loaded: 2\nmodels:\n" + two + one.replace("one:", "three:"));
            await(() -> askNamed(server, "three").statusCode() == 200);
            assertEquals("{\"predictions\": [1]}", askNamed(server, "three").body());
            assertEquals(Set.of("three", "two"), loaded(server));
            assertEquals(404, askNamed(server, "one").statusCode());

            Files.writeString(file, "models: nonsense\n");
            await(() -> log(server).contains("The models stay as they were"));
            assertEquals("{\"predictions\": [2]}", askNamed(server, "two").body());
        }
    }

    @Test
    void aCanaryAnswersItsShareAndAShadowIsComparedButNotHeard() throws Exception {
        try (ServerProcess server = serve(Map.of(), "-m", model("one"), "--canary", model("two") + "=30%", "--shadow", model("two"))) {
            await(() -> get(server, "/metrics").body().contains("kiroku_model_ready{model=\"shadow\"} 1"));
            int canary = 0;
            for (int i = 0; i < 200; i++) {
                HttpResponse<String> answer = ask(server, "a").join();
                String version = answer.headers().firstValue("X-Kiroku-Model-Version").orElse("");
                assertEquals("{\"predictions\": [" + (version.equals("two") ? 2 : 1) + "]}", answer.body());
                canary += version.equals("two") ? 1 : 0;
            }
            assertTrue(canary > 20 && canary < 110, canary + " of 200"); // six standard deviations around 60
            int agreed = canary;
            await(() -> {
                String metrics = get(server, "/metrics").body();
                return sample(metrics, "kiroku_shadow_compared_total") + sample(metrics, "kiroku_shadow_skipped_total") == 200;
            });
            String metrics = get(server, "/metrics").body();
            assertTrue(metrics.contains("kiroku_shadow_compared_total{model=\"shadow\",agrees=\"true\"} " + agreed), metrics);
        }
    }

    /** The models that have workers at the moment. */
    private Set<String> loaded(Target server) {
        return get(server, "/metrics").body().lines().filter(line -> line.startsWith("kiroku_workers_alive{"))
                .map(line -> line.replaceAll(".*model=\"([^\"]*)\".*", "$1")).collect(Collectors.toCollection(TreeSet::new));
    }

    private HttpResponse<String> askNamed(Target server, String name) {
        return send(server, "/models/" + name + "/invocations", "a").join();
    }

    private static String log(ServerProcess server) {
        try {
            return server.log();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ServerProcess serve(Map<String, String> more, String... words) {
        Map<String, String> environment = new java.util.HashMap<>(more);
        environment.put("KIROKU_PYTHON", python.interpreter().toString());
        environment.put("KIROKU_CACHE", folder.resolve("cache").toString());
        return KirokuServers.ofModels(Stream.concat(Stream.of(words), Stream.of("--no-conda")).toList(), environment);
    }

    private String model(String name) {
        return folder.resolve("models").resolve(name).toString();
    }

    private CompletableFuture<HttpResponse<String>> ask(Target server, String... rows) {
        return send(server, "/invocations", rows);
    }

    private CompletableFuture<HttpResponse<String>> send(Target server, String path, String... rows) {
        String data = String.join(", ", Stream.of(rows).map(row -> "[\"" + row + "\"]").toList());
        return client.sendAsync(HttpRequest.newBuilder(URI.create(server.uri() + path)).timeout(LIMIT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"dataframe_split\": {\"columns\": [\"a\"], \"data\": [" + data + "]}}", StandardCharsets.UTF_8))
                .build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(Target server, String path) {
        return client.sendAsync(HttpRequest.newBuilder(URI.create(server.uri() + path)).timeout(LIMIT).build(), HttpResponse.BodyHandlers.ofString()).join();
    }

    private static long sample(String metrics, String name) {
        return metrics.lines().filter(line -> line.startsWith(name + "{")).mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }

    private static void await(java.util.function.BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "waited too long");
            Thread.sleep(100);
        }
    }
}
