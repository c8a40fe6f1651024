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
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Requests while workers fail and aliases change, with real Python workers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServingOperationsTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(120);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<CompletableFuture<? extends ConformanceServer>> started = new ArrayList<>();
    private Path folder;
    private PythonFixture python;
    private CompletableFuture<ServerProcess> faulty;
    private CompletableFuture<ServerProcess> shortTimeout;
    private CompletableFuture<ServerProcess> registry;
    private CompletableFuture<ServerProcess> following;
    private CompletableFuture<ServerProcess> shortGrace;
    private CompletableFuture<ServerProcess> saturated;
    private CompletableFuture<ServerProcess> multiModel;
    private CompletableFuture<ServerProcess> canaryAndShadow;

    /** Starting a server takes seconds, for the imports of Python. So all start in parallel, and each test waits for the one it needs. */
    @BeforeAll
    void start(@TempDir(cleanup = CleanupMode.NEVER) Path folder) throws Exception {
        this.folder = folder;
        python = PythonFixture.withMlflow(folder);
        python.runScript(
                "serving/operations.py", "make", folder.resolve("models").toString());
        faulty = startAsync(() -> serve(
                Map.of(), "-m", modelPath("faulty"), "--workers", "2", "--batching", "on", "--worker-memory", "900"));
        shortTimeout = startAsync(() -> serve(Map.of(), "-m", modelPath("faulty"), "--timeout", "3"));
        Path stuckFile = Files.writeString(
                folder.resolve("stuck.yaml"),
                "max-loaded: 2\nmodels:\n" + modelEntry("faulty", "faulty") + modelEntry("one", "one")
                        + modelEntry("stuck", "stuck"));
        shortGrace = startAsync(
                () -> serve(Map.of(), "--config", stuckFile.toString(), "--timeout", "3600", "--grace", "1"));
        saturated = startAsync(() -> serve(Map.of(), "-m", modelPath("faulty"), "--max-queue", "3"));
        canaryAndShadow = startAsync(() -> serve(
                Map.of(), "-m", modelPath("one"), "--canary", modelPath("two") + "=30%", "--shadow", modelPath("two")));
        registry = startAsync(KirokuServers::onSqlite);
        following = startAfter(registry, this::startFollowing);
        Files.writeString(
                modelsFile(), "max-loaded: 1\nmodels:\n" + modelEntry("one", "one") + modelEntry("two", "two"));
        multiModel = startAsync(() -> serve(Map.of(), "--config", modelsFile().toString()));
    }

    private ServerProcess startFollowing(ServerProcess registry) {
        try {
            python.runScript(
                    "serving/operations.py",
                    "register",
                    registry.uri(),
                    "m",
                    "champion",
                    modelPath("one"),
                    modelPath("two"),
                    modelPath("broken"));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return serve(
                Map.of("MLFLOW_TRACKING_URI", registry.uri()),
                "-m",
                "models:/m@champion",
                "--poll",
                "1",
                "--batching",
                "on");
    }

    private CompletableFuture<ServerProcess> startAsync(Supplier<ServerProcess> start) {
        CompletableFuture<ServerProcess> server =
                CompletableFuture.supplyAsync(start, task -> Thread.ofVirtual().start(task));
        started.add(server);
        return server;
    }

    private CompletableFuture<ServerProcess> startAfter(
            CompletableFuture<ServerProcess> first, Function<ServerProcess, ServerProcess> start) {
        return startAsync(() -> start.apply(first.join()));
    }

    @AfterAll
    void stop() {
        for (CompletableFuture<? extends ConformanceServer> server : started.reversed()) {
            server.exceptionally(failure -> null)
                    .thenAccept(up -> {
                        if (up != null) {
                            up.close();
                        }
                    })
                    .join();
        }
    }

    @Test
    void waitingRequestsAreMergedAndEachGetsItsOwnPrediction() throws Exception {
        ConformanceServer faulty = this.faulty.join();
        await(() -> sumSamples(get(faulty, "/metrics").body(), "kiroku_workers_alive") == 2);
        Path first = blockWorker(faulty, "first");
        Path second = blockWorker(faulty, "second");
        List<CompletableFuture<HttpResponse<String>>> answers =
                IntStream.range(0, 60).mapToObj(i -> predict(faulty, "x" + i)).toList();
        await(() -> sumSamples(get(faulty, "/metrics").body(), "kiroku_queue_waiting") == 60);
        Files.delete(first);
        Files.delete(second);
        for (int i = 0; i < answers.size(); i++) {
            assertEquals(
                    "{\"predictions\": [\"x" + i + "x" + i + "\"]}",
                    answers.get(i).join().body());
        }
        String metrics = get(faulty, "/metrics").body();
        assertTrue(
                sumSamples(metrics, "kiroku_batch_requests_sum") - sumSamples(metrics, "kiroku_batch_requests_count")
                        > 30,
                metrics);
    }

    /** Keeps a worker busy until the file that is returned is deleted. */
    private Path blockWorker(ConformanceServer server, String name) throws Exception {
        Path gate = Files.createFile(folder.resolve(name));
        predict(server, "held", gate.toString());
        await(() -> Files.exists(folder.resolve(name + ".held"))); // the worker has the request
        return gate;
    }

    @Test
    void onlyTheRequestThatCrashesTheWorkerFails() {
        ConformanceServer faulty = this.faulty.join();
        List<CompletableFuture<HttpResponse<String>>> good = new ArrayList<>();
        CompletableFuture<HttpResponse<String>> bad = null;
        for (int i = 0; i < 40; i++) {
            good.add(predict(faulty, "y"));
            if (i == 20) {
                bad = predict(faulty, "crash");
            }
        }
        assertEquals(500, bad.join().statusCode());
        assertTrue(
                bad.join().body().contains("\"error_code\": \"INTERNAL_ERROR\"")
                        && bad.join().body().contains("status 3"),
                bad.join().body());
        good.forEach(answer ->
                assertEquals("{\"predictions\": [\"yy\"]}", answer.join().body()));
    }

    @Test
    void errorInMergedCallFailsOnlyItsRequest() {
        ConformanceServer faulty = this.faulty.join();
        List<CompletableFuture<HttpResponse<String>>> good =
                IntStream.range(0, 20).mapToObj(i -> predict(faulty, "z")).toList();
        HttpResponse<String> bad = predict(faulty, "raise").join();
        assertEquals(400, bad.statusCode());
        assertTrue(
                bad.body()
                        .startsWith("{\"error_code\": \"BAD_REQUEST\", \"message\": \"Encountered an unexpected error"),
                bad.body());
        good.forEach(answer ->
                assertEquals("{\"predictions\": [\"zz\"]}", answer.join().body()));
    }

    @Test
    void hangingPredictionTimesOutAndServerStaysHealthy() throws Exception {
        ConformanceServer server = this.shortTimeout.join();
        HttpResponse<String> hang = predict(server, "hang").join();
        assertEquals(504, hang.statusCode());
        assertEquals("Request processing time exceeded limit", hang.body());
        await(() -> predict(server, "a").join().statusCode() == 200); // once the worker is replaced
        assertEquals(200, get(server, "/health").statusCode());
    }

    @Test
    void workersInheritNoCredentials() {
        ConformanceServer faulty = this.faulty.join();
        assertEquals(
                "{\"predictions\": [\"unset\", \"set\"]}",
                predict(faulty, "env AWS_SECRET_ACCESS_KEY", "env PATH").join().body());
    }

    @Test
    @Timeout(60)
    void stopEndsWithinItsLimitWhileAPredictionHangsAndAModelIsLoading() throws Exception {
        ServerProcess server = shortGrace.join();
        send(server, "/models/faulty/invocations", "hang");
        send(server, "/models/stuck/invocations", "a");
        await(() -> log(server).contains("a model that does not end loading"));
        server.terminate();
        assertEquals(0, server.waitFor());
    }

    @Test
    void workerOverMemoryLimitIsReplaced() {
        ConformanceServer faulty = this.faulty.join();
        HttpResponse<String> grown = predict(faulty, "grow").join();
        assertEquals(500, grown.statusCode());
        assertTrue(grown.body().contains("more memory than the limit of 900 MiB"), grown.body());
        assertEquals("{\"predictions\": [\"aa\"]}", predict(faulty, "a").join().body());
    }

    @Test
    void aliasChangeFailsNoRequestAndBrokenVersionIsNotUsed() throws Exception {
        ConformanceServer server = following.join();
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger failed = new AtomicInteger();
        Set<String> seen = new ConcurrentSkipListSet<>();
        Set<String> mixed = new ConcurrentSkipListSet<>();
        List<Thread> clients = IntStream.range(0, 8)
                .mapToObj(i -> Thread.ofVirtual().start(() -> {
                    while (!over.get()) {
                        HttpResponse<String> answer = predict(server, "a", "b").join();
                        String version = answer.headers()
                                .firstValue("X-Kiroku-Model-Version")
                                .orElse("");
                        if (answer.statusCode() != 200) {
                            failed.incrementAndGet();
                        }
                        seen.add(version);
                        String number = version.substring(version.indexOf('/') + 1);
                        if (!answer.body().equals("{\"predictions\": [" + number + ", " + number + "]}")) {
                            mixed.add(version + answer.body());
                        }
                    }
                }))
                .toList();
        await(() -> seen.contains("m/1"));
        moveAlias(2);
        await(() -> seen.contains("m/2"));
        moveAlias(3); // which is broken
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

    private void moveAlias(int version) throws Exception {
        HttpResponse<String> moved = client.send(
                HttpRequest.newBuilder(URI.create(registry.join().uri() + "/api/2.0/mlflow/registered-models/alias"))
                        .timeout(TIMEOUT)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"name\": \"m\", \"alias\": \"champion\", \"version\": \"" + version + "\"}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(200, moved.statusCode(), moved.body());
    }

    @Test
    void fullQueueRejectsRequestsAndStopAnswersTheQueuedOnes() throws Exception {
        ServerProcess server = saturated.join();
        Path gate = Files.createFile(folder.resolve("gate"));
        CompletableFuture<HttpResponse<String>> held = predict(server, "held", gate.toString());
        await(() -> Files.exists(
                folder.resolve("gate.held"))); // the worker is busy, so that the following requests wait in the queue
        List<CompletableFuture<HttpResponse<String>>> crowd =
                IntStream.range(0, 20).mapToObj(i -> predict(server, "a")).toList();
        await(() -> crowd.stream().filter(CompletableFuture::isDone).count() >= 17);
        List<HttpResponse<String>> away = crowd.stream()
                .filter(CompletableFuture::isDone)
                .map(CompletableFuture::join)
                .toList();
        for (HttpResponse<String> answer : away) {
            assertEquals(429, answer.statusCode());
            assertEquals("1", answer.headers().firstValue("Retry-After").orElse(""));
            assertTrue(answer.body().startsWith("{\"error_code\": \"RESOURCE_EXHAUSTED\""), answer.body());
        }
        assertEquals(17, away.size());

        server.terminate();
        Files.delete(gate);
        assertEquals(
                "{\"predictions\": [\"heldheld\", \"" + gate + gate + "\"]}",
                held.join().body());
        for (CompletableFuture<HttpResponse<String>> waiting : crowd) {
            assertTrue(
                    away.contains(waiting.join()) || waiting.join().statusCode() == 200,
                    () -> waiting.join().body());
        }
        assertEquals(0, server.waitFor());
    }

    @Test
    void leastRecentlyUsedModelIsUnloadedAndConfigIsReloaded() throws Exception {
        ServerProcess server = multiModel.join();
        assertEquals("{\"predictions\": [1]}", predictWith(server, "one").body());
        assertEquals(Set.of("one"), loadedModels(server));
        assertEquals("{\"predictions\": [2]}", predictWith(server, "two").body());
        assertEquals(Set.of("two"), loadedModels(server));
        assertEquals(404, predictWith(server, "three").statusCode());

        Files.writeString(
                modelsFile(), "max-loaded: 2\nmodels:\n" + modelEntry("two", "two") + modelEntry("three", "one"));
        await(() -> predictWith(server, "three").statusCode() == 200);
        assertEquals("{\"predictions\": [1]}", predictWith(server, "three").body());
        assertEquals(Set.of("three", "two"), loadedModels(server));
        assertEquals(404, predictWith(server, "one").statusCode());

        Files.writeString(modelsFile(), "models: nonsense\n");
        await(() -> log(server).contains("The models stay as they were"));
        assertEquals("{\"predictions\": [2]}", predictWith(server, "two").body());

        // Together they exceed 1 MiB: the least recently used one is unloaded, the last one stays.
        Files.writeString(
                modelsFile(),
                "max-loaded: 2\nmemory: 1\nmodels:\n" + modelEntry("two", "two") + modelEntry("three", "one"));
        await(() -> loadedModels(server).equals(Set.of("two")));
        assertEquals("{\"predictions\": [1]}", predictWith(server, "three").body());
        await(() -> loadedModels(server).equals(Set.of("three")));
        assertEquals("{\"predictions\": [1]}", predictWith(server, "three").body());
    }

    private Path modelsFile() {
        return folder.resolve("several.yaml");
    }

    private String modelEntry(String name, String model) {
        return "  " + name + ": {uri: '" + modelPath(model) + "'}\n";
    }

    @Test
    void canaryAnswersItsShareAndShadowIsOnlyCompared() throws Exception {
        ServerProcess server = canaryAndShadow.join();
        await(() -> get(server, "/metrics").body().contains("kiroku_model_ready{model=\"shadow\"} 1"));
        int canary = 0;
        for (int i = 1; i <= 200; i++) {
            HttpResponse<String> answer = predict(server, "a").join();
            String version =
                    answer.headers().firstValue("X-Kiroku-Model-Version").orElse("");
            assertEquals("{\"predictions\": [" + (version.equals("two") ? 2 : 1) + "]}", answer.body());
            canary += version.equals("two") ? 1 : 0;
            if (i % 50 == 0) { // more than 64 concurrent copies would be skipped
                int sent = i;
                await(() -> sumSamples(get(server, "/metrics").body(), "kiroku_shadow_compared_total") == sent);
            }
        }
        assertTrue(canary > 20 && canary < 110, canary + " of 200"); // six standard deviations around 60
        String metrics = get(server, "/metrics").body();
        assertTrue(
                metrics.contains("kiroku_shadow_compared_total{model=\"shadow\",agrees=\"true\"} " + canary), metrics);
    }

    /** Returns the names of the models that have workers. */
    private Set<String> loadedModels(ConformanceServer server) {
        return get(server, "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("kiroku_workers_alive{"))
                .map(line -> line.replaceAll(".*model=\"([^\"]*)\".*", "$1"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private HttpResponse<String> predictWith(ConformanceServer server, String name) {
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
        environment.put("AWS_SECRET_ACCESS_KEY", "secret");
        environment.put("KIROKU_CACHE", folder.resolve("cache").toString());
        return KirokuServers.modelServer(
                Stream.concat(Stream.of(words), Stream.of("--no-conda")).toList(), environment);
    }

    private String modelPath(String name) {
        return folder.resolve("models").resolve(name).toString();
    }

    private CompletableFuture<HttpResponse<String>> predict(ConformanceServer server, String... rows) {
        return send(server, "/invocations", rows);
    }

    private CompletableFuture<HttpResponse<String>> send(ConformanceServer server, String path, String... rows) {
        String data = String.join(
                ", ", Stream.of(rows).map(row -> "[\"" + row + "\"]").toList());
        return client.sendAsync(
                HttpRequest.newBuilder(URI.create(server.uri() + path))
                        .timeout(TIMEOUT)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"dataframe_split\": {\"columns\": [\"a\"], \"data\": [" + data + "]}}",
                                StandardCharsets.UTF_8))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(ConformanceServer server, String path) {
        return client.sendAsync(
                        HttpRequest.newBuilder(URI.create(server.uri() + path))
                                .timeout(TIMEOUT)
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .join();
    }

    private static long sumSamples(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + "{"))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static void await(java.util.function.BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TIMEOUT.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "waited too long");
            Thread.sleep(100);
        }
    }
}
