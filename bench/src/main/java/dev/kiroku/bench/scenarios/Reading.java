package dev.kiroku.bench.scenarios;

import dev.kiroku.bench.http.Client;
import dev.kiroku.bench.http.Request;
import dev.kiroku.bench.seed.Seed;
import dev.kiroku.bench.servers.Server;
import dev.kiroku.bench.servers.Store;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import tools.jackson.databind.JsonNode;

/** Scenarios that read: runs, histories, artifacts, the registry. */
public final class Reading {
    private static final int MANY_POINTS = 100_000;
    private static final int POINTS_PER_RUN = 1000;
    private static final int RUNS = 100;
    private static final int MODELS = 10_000;
    private static final int SMALL_FILES = 1000;

    private Reading() {}

    public static List<Scenario> all() {
        LongRuns longRuns = new LongRuns();
        return List.of(
                new Asked("history-100k", 2, (server, store) -> history(server, longRuns.get(server, store))),
                new Asked("interval-320-of-100k", 4, (server, store) -> interval(server, longRuns.get(server, store))),
                new Asked("interval-320-of-100-runs", 4, Reading::intervals),
                new Asked("get-run-1000", 4, Reading::wideRun),
                new Asked("artifact-get-4k", 8, Reading::smallFiles),
                new Asked("artifact-put-4k", 8, Reading::uploads),
                new Asked("artifact-get-100m", 1, (server, store) -> largeFile(server, false)),
                new Asked("artifact-put-100m", 1, (server, store) -> largeFile(server, true)),
                new Asked("registry-alias", 8, Reading::alias),
                new Asked("registry-search", 4, Reading::models));
    }

    private interface Preparation {
        Scenario.Prepared of(Server server, Store store) throws IOException, SQLException;
    }

    private record Asked(String name, int clients, Preparation preparation) implements Scenario {
        @Override
        public boolean isLong() {
            return name.startsWith("history") || name.startsWith("interval");
        }

        @Override
        public Prepared prepare(Server server, Store store) throws IOException, SQLException {
            return preparation.of(server, store);
        }
    }

    private interface Part {
        Object of(JsonNode answer);
    }

    private static Scenario.Prepared asking(Server server, LongFunction<Request> request, Part part) {
        return new Scenario.Prepared(
                (client, worker, n) -> client.sendAndDiscard(request.apply(n * 64 + worker)),
                () -> part.of(server.call(request.apply(1))));
    }

    /** One run with many points on each server. */
    private static final class LongRuns {
        private final Map<Server.Side, String> runs = new EnumMap<>(Server.Side.class);

        String get(Server server, Store store) throws IOException, SQLException {
            if (!runs.containsKey(server.side())) {
                String runId = Api.createRun(server);
                Seed.points(server, store, runId, "loss", 0, MANY_POINTS);
                runs.put(server.side(), runId);
            }
            return runs.get(server.side());
        }
    }

    private static Scenario.Prepared history(Server server, String runId) {
        return asking(
                server,
                n -> Request.get(Api.PATH + "metrics/get-history?metric_key=loss&run_id=" + runId),
                Api::points);
    }

    private static Scenario.Prepared interval(Server server, String runId) {
        return asking(
                server,
                n -> Request.get(
                        "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?metric_key=loss&max_results=320&run_ids="
                                + runId),
                Api::points);
    }

    private static Scenario.Prepared intervals(Server server, Store store) throws IOException, SQLException {
        Seed.runs(server, store, "curves", RUNS);
        StringBuilder path = new StringBuilder(
                "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?metric_key=loss&max_results=320");
        for (int i = 0; i < RUNS; i++) {
            String runId = Seed.runId("curves", i);
            Seed.points(server, store, runId, "loss", 0, POINTS_PER_RUN);
            path.append("&run_ids=").append(runId);
        }
        return asking(server, n -> Request.get(path.toString()), Api::points);
    }

    private static Scenario.Prepared wideRun(Server server, Store store) throws IOException {
        String runId = Api.createRun(server);
        server.call(new Batch(runId, 1000, 1).request(1));
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
            server.call(Request.post(
                    Api.PATH + "runs/log-batch", params.append("]}").toString()));
        }
        return asking(server, n -> Api.getRun(runId), answer -> Api.data(answer.get("run")));
    }

    private static Scenario.Prepared smallFiles(Server server, Store store) throws IOException {
        try (Client client = new Client(server.port())) {
            for (int i = 0; i < SMALL_FILES; i++) {
                client.sendAndDiscard(Request.put(artifact("small/" + i), new byte[4096], 1));
            }
        }
        return new Scenario.Prepared(
                (client, worker, n) ->
                        client.sendAndDiscard(Request.get(artifact("small/" + (n * 64 + worker) % SMALL_FILES))),
                () -> length(server, "small/7"));
    }

    private static Scenario.Prepared uploads(Server server, Store store) {
        byte[] body = new byte[4096];
        Scenario.Answer answer = () -> length(server, "up/0/0");
        return new Scenario.Prepared(
                (client, worker, n) ->
                        client.sendAndDiscard(Request.put(artifact("up/" + worker + "/" + n % SMALL_FILES), body, 1)),
                () -> {
                    try (Client client = new Client(server.port())) {
                        client.sendAndDiscard(Request.put(artifact("up/0/0"), body, 1));
                    }
                    return answer.get();
                });
    }

    private static Scenario.Prepared largeFile(Server server, boolean up) throws IOException {
        Request put = Request.put(artifact("large"), new byte[1 << 20], 100);
        try (Client client = new Client(server.port())) {
            client.sendAndDiscard(put);
        }
        Request request = up ? put : Request.get(artifact("large"));
        return new Scenario.Prepared(
                (client, worker, n) -> client.sendAndDiscard(request), () -> length(server, "large"));
    }

    private static String artifact(String path) {
        return "/api/2.0/mlflow-artifacts/artifacts/bench/" + path;
    }

    private static Object length(Server server, String path) throws IOException {
        try (Client client = new Client(server.port())) {
            return client.sendAndDiscard(Request.get(artifact(path)));
        }
    }

    private static Scenario.Prepared alias(Server server, Store store) throws IOException, SQLException {
        fillRegistry(server, store);
        return asking(
                server,
                n -> Request.get(Api.PATH + "registered-models/alias?alias=" + Seed.ALIAS + "&name="
                        + Seed.modelName((int) (n * 7919 % MODELS))),
                answer -> answer.at("/model_version/name").asString() + " "
                        + answer.at("/model_version/version").asString());
    }

    private static Scenario.Prepared models(Server server, Store store) throws IOException, SQLException {
        fillRegistry(server, store);
        return asking(
                server,
                n -> Request.get(Api.PATH + "registered-models/search?max_results=100&filter="
                        + Api.encoded("name LIKE '%" + n % 10 + "%'")),
                answer -> {
                    List<String> names = new ArrayList<>();
                    answer.path("registered_models")
                            .forEach(model -> names.add(model.get("name").asString() + " "
                                    + model.at("/latest_versions/0/version").asString() + " "
                                    + model.at("/aliases/0/alias").asString()));
                    return names;
                });
    }

    private static void fillRegistry(Server server, Store store) throws IOException, SQLException {
        try (Client client = new Client(server.port())) {
            if (client.send(Request.get(Api.PATH + "registered-models/get?name=" + Seed.modelName(0)))
                            .status()
                    != 200) {
                Seed.models(server, store, MODELS);
            }
        }
    }
}
