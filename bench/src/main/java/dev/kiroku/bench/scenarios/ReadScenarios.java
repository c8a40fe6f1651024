package dev.kiroku.bench.scenarios;

import dev.kiroku.bench.http.BenchmarkClient;
import dev.kiroku.bench.http.BenchmarkRequest;
import dev.kiroku.bench.seed.DatabaseSeeder;
import dev.kiroku.bench.servers.BenchmarkServer;
import dev.kiroku.bench.servers.BenchmarkStore;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import tools.jackson.databind.JsonNode;

/** Scenarios that read runs, histories, artifacts and the model registry. */
public final class ReadScenarios {
    private static final int MANY_POINTS = 100_000;
    private static final int POINTS_PER_RUN = 1000;
    private static final int RUNS = 100;
    private static final int MODELS = 10_000;
    private static final int SMALL_FILES = 1000;

    private ReadScenarios() {}

    /** Returns the scenarios that read. */
    public static List<BenchmarkScenario> all() {
        LongRuns longRuns = new LongRuns();
        return List.of(
                new ReadScenario("history-100k", 2, (server, store) -> history(server, longRuns.get(server, store))),
                new ReadScenario(
                        "interval-320-of-100k", 4, (server, store) -> interval(server, longRuns.get(server, store))),
                new ReadScenario("interval-320-of-100-runs", 4, ReadScenarios::intervals),
                new ReadScenario("get-run-1000", 4, ReadScenarios::wideRun),
                new ReadScenario("artifact-get-4k", 8, ReadScenarios::smallFiles),
                new ReadScenario("artifact-put-4k", 8, ReadScenarios::uploads),
                new ReadScenario("artifact-get-100m", 1, (server, store) -> largeFile(server, false)),
                new ReadScenario("artifact-put-100m", 1, (server, store) -> largeFile(server, true)),
                new ReadScenario("registry-alias", 8, ReadScenarios::alias),
                new ReadScenario("registry-search", 4, ReadScenarios::models));
    }

    private interface Preparation {
        BenchmarkScenario.PreparedScenario of(BenchmarkServer server, BenchmarkStore store)
                throws IOException, SQLException;
    }

    private record ReadScenario(String name, int clients, Preparation preparation) implements BenchmarkScenario {
        @Override
        public boolean isLong() {
            return name.startsWith("history") || name.startsWith("interval");
        }

        @Override
        public PreparedScenario prepare(BenchmarkServer server, BenchmarkStore store) throws IOException, SQLException {
            return preparation.of(server, store);
        }
    }

    private interface ResponsePart {
        Object of(JsonNode answer);
    }

    private static BenchmarkScenario.PreparedScenario asking(
            BenchmarkServer server, LongFunction<BenchmarkRequest> request, ResponsePart part) {
        return new BenchmarkScenario.PreparedScenario(
                (client, worker, n) -> client.sendAndDiscard(request.apply(n * 64 + worker)),
                () -> part.of(server.call(request.apply(1))));
    }

    /** A run with many points on each server, created on first use. */
    private static final class LongRuns {
        private final Map<BenchmarkServer.Product, String> runs = new EnumMap<>(BenchmarkServer.Product.class);

        String get(BenchmarkServer server, BenchmarkStore store) throws IOException, SQLException {
            if (!runs.containsKey(server.product())) {
                String runId = ApiCalls.createRun(server);
                DatabaseSeeder.points(server, store, runId, "loss", 0, MANY_POINTS);
                runs.put(server.product(), runId);
            }
            return runs.get(server.product());
        }
    }

    private static BenchmarkScenario.PreparedScenario history(BenchmarkServer server, String runId) {
        return asking(
                server,
                n -> BenchmarkRequest.get(ApiCalls.PATH + "metrics/get-history?metric_key=loss&run_id=" + runId),
                ApiCalls::points);
    }

    private static BenchmarkScenario.PreparedScenario interval(BenchmarkServer server, String runId) {
        return asking(
                server,
                n -> BenchmarkRequest.get(
                        "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?metric_key=loss&max_results=320&run_ids="
                                + runId),
                ApiCalls::points);
    }

    private static BenchmarkScenario.PreparedScenario intervals(BenchmarkServer server, BenchmarkStore store)
            throws IOException, SQLException {
        DatabaseSeeder.runs(server, store, "curves", RUNS);
        StringBuilder path = new StringBuilder(
                "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?metric_key=loss&max_results=320");
        for (int i = 0; i < RUNS; i++) {
            String runId = DatabaseSeeder.runId("curves", i);
            DatabaseSeeder.points(server, store, runId, "loss", 0, POINTS_PER_RUN);
            path.append("&run_ids=").append(runId);
        }
        return asking(server, n -> BenchmarkRequest.get(path.toString()), ApiCalls::points);
    }

    private static BenchmarkScenario.PreparedScenario wideRun(BenchmarkServer server, BenchmarkStore store)
            throws IOException {
        String runId = ApiCalls.createRun(server);
        server.call(new LogBatchBody(runId, 1000, 1).request(1));
        for (int from = 0; from < 1000; from += 100) {
            StringBuilder params = new StringBuilder("{\"run_id\":\"" + runId + "\",\"params\":[");
            for (int i = from; i < from + 100; i++) {
                params.append(i == from ? "" : ",")
                        .append("{\"key\":\"param-")
                        .append(i)
                        .append("\",\"value\":\"value ")
                        .append(i)
                        .append("\"}");
            }
            server.call(BenchmarkRequest.post(
                    ApiCalls.PATH + "runs/log-batch", params.append("]}").toString()));
        }
        return asking(server, n -> ApiCalls.getRun(runId), answer -> ApiCalls.data(answer.get("run")));
    }

    private static BenchmarkScenario.PreparedScenario smallFiles(BenchmarkServer server, BenchmarkStore store)
            throws IOException {
        try (BenchmarkClient client = new BenchmarkClient(server.port())) {
            for (int i = 0; i < SMALL_FILES; i++) {
                client.sendAndDiscard(BenchmarkRequest.put(artifact("small/" + i), new byte[4096], 1));
            }
        }
        return new BenchmarkScenario.PreparedScenario(
                (client, worker, n) -> client.sendAndDiscard(
                        BenchmarkRequest.get(artifact("small/" + (n * 64 + worker) % SMALL_FILES))),
                () -> length(server, "small/7"));
    }

    private static BenchmarkScenario.PreparedScenario uploads(BenchmarkServer server, BenchmarkStore store) {
        byte[] body = new byte[4096];
        BenchmarkScenario.ResponseReader answer = () -> length(server, "up/0/0");
        return new BenchmarkScenario.PreparedScenario(
                (client, worker, n) -> client.sendAndDiscard(
                        BenchmarkRequest.put(artifact("up/" + worker + "/" + n % SMALL_FILES), body, 1)),
                () -> {
                    try (BenchmarkClient client = new BenchmarkClient(server.port())) {
                        client.sendAndDiscard(BenchmarkRequest.put(artifact("up/0/0"), body, 1));
                    }
                    return answer.get();
                });
    }

    private static BenchmarkScenario.PreparedScenario largeFile(BenchmarkServer server, boolean up) throws IOException {
        BenchmarkRequest put = BenchmarkRequest.put(artifact("large"), new byte[1 << 20], 100);
        try (BenchmarkClient client = new BenchmarkClient(server.port())) {
            client.sendAndDiscard(put);
        }
        BenchmarkRequest request = up ? put : BenchmarkRequest.get(artifact("large"));
        return new BenchmarkScenario.PreparedScenario(
                (client, worker, n) -> client.sendAndDiscard(request), () -> length(server, "large"));
    }

    private static String artifact(String path) {
        return "/api/2.0/mlflow-artifacts/artifacts/bench/" + path;
    }

    private static Object length(BenchmarkServer server, String path) throws IOException {
        try (BenchmarkClient client = new BenchmarkClient(server.port())) {
            return client.sendAndDiscard(BenchmarkRequest.get(artifact(path)));
        }
    }

    private static BenchmarkScenario.PreparedScenario alias(BenchmarkServer server, BenchmarkStore store)
            throws IOException, SQLException {
        fillRegistry(server, store);
        return asking(
                server,
                n -> BenchmarkRequest.get(ApiCalls.PATH + "registered-models/alias?alias=" + DatabaseSeeder.ALIAS
                        + "&name=" + DatabaseSeeder.modelName((int) (n * 7919 % MODELS))),
                answer -> answer.at("/model_version/name").asString() + " "
                        + answer.at("/model_version/version").asString());
    }

    private static BenchmarkScenario.PreparedScenario models(BenchmarkServer server, BenchmarkStore store)
            throws IOException, SQLException {
        fillRegistry(server, store);
        return asking(
                server,
                n -> BenchmarkRequest.get(ApiCalls.PATH + "registered-models/search?max_results=100&filter="
                        + ApiCalls.encoded("name LIKE '%" + n % 10 + "%'")),
                answer -> {
                    List<String> names = new ArrayList<>();
                    answer.path("registered_models")
                            .forEach(model -> names.add(model.get("name").asString() + " "
                                    + model.at("/latest_versions/0/version").asString() + " "
                                    + model.at("/aliases/0/alias").asString()));
                    return names;
                });
    }

    private static void fillRegistry(BenchmarkServer server, BenchmarkStore store) throws IOException, SQLException {
        try (BenchmarkClient client = new BenchmarkClient(server.port())) {
            if (client.send(BenchmarkRequest.get(
                                    ApiCalls.PATH + "registered-models/get?name=" + DatabaseSeeder.modelName(0)))
                            .status()
                    != 200) {
                DatabaseSeeder.models(server, store, MODELS);
            }
        }
    }
}
