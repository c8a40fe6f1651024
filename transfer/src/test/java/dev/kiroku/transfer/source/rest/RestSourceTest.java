package dev.kiroku.transfer.source.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.kiroku.client.ClientSettings;
import dev.kiroku.core.transfer.MetricPoints;
import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.transfer.source.TransferSource;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers that current servers do not give: those of old releases, refusals, and answers that break off. */
class RestSourceTest {
    private static final String HISTORY = "/api/2.0/mlflow/metrics/get-history";
    private static final String RUN = "0123456789abcdef0123456789abcdef";

    /** By path, and by path and token; other paths are not found. */
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    /** How many answers still break off in the middle, by their key in {@link #answers}. */
    private final Map<String, Integer> broken = new ConcurrentHashMap<>();

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private int refusal = 404;
    private String refusalText = "<!doctype html><title>No</title>";
    private HttpServer http;

    @BeforeEach
    void start() throws IOException {
        http = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        http.setExecutor(executor);
        http.createContext("/", this::respond);
        http.start();
    }

    @AfterEach
    void stop() {
        http.stop(0);
        executor.shutdownNow();
    }

    private void respond(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        String path = exchange.getRequestURI().getPath();
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        String key = query.contains("page_token=next") ? path + " next" : path;
        String answer = answers.get(key);
        byte[] body = (answer == null ? refusalText : answer).getBytes(UTF_8);
        exchange.sendResponseHeaders(answer == null ? refusal : 200, body.length);
        boolean breaks = broken.computeIfPresent(key, (_, left) -> left > 0 ? left - 1 : null) != null;
        try (exchange) {
            exchange.getResponseBody().write(body, 0, breaks ? body.length / 2 : body.length);
        }
    }

    private TransferSource open() {
        return RestSource.open(ClientSettings.fromEnvironment(
                "http://127.0.0.1:" + http.getAddress().getPort(), Map.of()));
    }

    private static String points(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> "{\"key\": \"k\", \"value\": %s, \"timestamp\": \"%d\", \"step\": %d}"
                        .formatted(i == 1 ? "\"NaN\"" : i + ".5", 1_700_000_000_000L + i, i))
                .collect(Collectors.joining(","));
    }

    private void answerRun(String... metricKeys) {
        String metrics = List.of(metricKeys).stream()
                .map(key -> "{\"key\": \"" + key + "\", \"value\": 1, \"timestamp\": 1, \"step\": 1}")
                .collect(Collectors.joining(","));
        answers.put(
                "/api/2.0/mlflow/runs/search",
                ("{\"runs\": [{\"info\": {\"run_uuid\": \"%s\", \"experiment_id\": \"7\", \"status\": \"FINISHED\", \"start_time\": 5,"
                                + " \"lifecycle_stage\": \"deleted\", \"user_id\": \"ann\"}, \"data\": {\"metrics\": [%s],"
                                + " \"tags\": [{\"key\": \"z\", \"value\": \"1\"}, {\"key\": \"a\", \"value\": \"2\"}]}}]}")
                        .formatted(RUN, metrics));
    }

    private static List<RunMetrics> readMetrics(TransferSource source) {
        List<RunMetrics> parts = new ArrayList<>();
        source.readMetrics(source.runs(List.of(7L)).next(), parts::add);
        return parts;
    }

    @Test
    void oldServersSendHistoriesWithoutPages() {
        answerRun("loss", "acc");
        answers.put(HISTORY, "{\"metrics\": [" + points(0, 90_000) + "]}");
        try (TransferSource source = open()) {
            RunRecord run = source.runs(List.of(7L)).next().getFirst();
            assertEquals(RUN, run.id());
            assertEquals(LifecycleStage.DELETED, run.stage());
            assertEquals("a", run.tags().getFirst().key());
            List<RunMetrics> parts = readMetrics(source);
            assertEquals(180_000, parts.stream().mapToLong(RunMetrics::size).sum());
            assertTrue(
                    parts.stream().allMatch(part -> part.size() <= TransferSource.MAX_POINTS), "no part is too large");
            MetricPoints first = parts.getFirst().series().getFirst();
            assertEquals("acc", first.key());
            assertArrayEquals(IntStream.range(0, 90_000).asLongStream().toArray(), first.steps());
            assertTrue(Double.isNaN(first.values()[1]));

            assertFalse(source.loggedModels(List.of(7L)).next().iterator().hasNext(), "it has no logged models");
            assertEquals(List.of(), source.webhooks());
            assertEquals(List.of(), source.problems());
        }
    }

    @Test
    void runsThatAreDeletedMeanwhileAreLeftOut() {
        answerRun("loss");
        try (TransferSource source = open()) {
            refusalText = "{\"error_code\": \"RESOURCE_DOES_NOT_EXIST\", \"message\": \"no such run\"}";
            answers.put("/api/2.0/mlflow/logged-models/search", "{}");
            assertEquals(List.of(), source.runs(List.of(7L)).next());
            assertTrue(source.problems().getFirst().contains("Run " + RUN), source.problems()::toString);
        }
        answers.remove("/api/2.0/mlflow/logged-models/search");
        try (TransferSource source = open()) {
            refusalText = "<!doctype html>";
            List<RunRecord> runs = source.runs(List.of(7L)).next();
            refusalText = "{\"error_code\": \"RESOURCE_DOES_NOT_EXIST\", \"message\": \"no such run\"}";
            source.readMetrics(runs, part -> assertEquals(0, part.size()));
            assertTrue(source.problems().getFirst().contains("Metrics of run " + RUN), source.problems()::toString);
        }
    }

    @Test
    void answersThatBreakOffAreRequestedAgain() {
        answerRun("loss");
        answers.put(HISTORY, "{\"metrics\": [" + points(0, 300) + "], \"next_page_token\": \"next\"}");
        answers.put(HISTORY + " next", "{\"metrics\": [" + points(300, 450) + "]}");
        broken.put(HISTORY, 2);
        broken.put(HISTORY + " next", 1);
        try (TransferSource source = open()) {
            MetricPoints points = readMetrics(source).getFirst().series().getFirst();
            assertArrayEquals(IntStream.range(0, 450).asLongStream().toArray(), points.steps());
        }
        answers.put(HISTORY, "{\"metrics\": [" + points(0, 60_000) + "]}");
        broken.put(
                HISTORY,
                2); // the first one is left after a page, so that the break shows when the points are passed on
        try (TransferSource source = open()) {
            MetricPoints points = readMetrics(source).getFirst().series().getFirst();
            assertArrayEquals(IntStream.range(0, 60_000).asLongStream().toArray(), points.steps());
        }
        assertEquals(Map.of(), broken, "all of them broke off");
    }

    @Test
    void refusalsNameTheVariablesToSet() {
        refusal = 401;
        try (TransferSource source = open()) {
            KirokuException refused = assertThrows(KirokuException.class, source::experiments);
            assertEquals(ErrorCode.UNAUTHENTICATED, refused.code());
            assertTrue(refused.getMessage().contains("MLFLOW_TRACKING_USERNAME"), refused::getMessage);
        }
        answers.put("/api/2.0/mlflow/experiments/search", "<html>");
        try (TransferSource source = open()) {
            KirokuException refused = assertThrows(KirokuException.class, source::experiments);
            assertTrue(refused.getMessage().contains("address of a tracking server"), refused::getMessage);
        }
        http.stop(0);
        KirokuException refused = assertThrows(KirokuException.class, this::open);
        assertEquals(ErrorCode.TEMPORARILY_UNAVAILABLE, refused.code());
    }
}
