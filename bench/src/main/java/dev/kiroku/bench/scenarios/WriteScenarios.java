package dev.kiroku.bench.scenarios;

import dev.kiroku.bench.http.BenchmarkClient;
import dev.kiroku.bench.http.BenchmarkRequest;
import dev.kiroku.bench.servers.BenchmarkServer;
import dev.kiroku.bench.servers.BenchmarkStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Scenarios that write. Each client has a run of its own. */
public final class WriteScenarios {
    private static final String FINISH = "\",\"status\":\"FINISHED\",\"end_time\":1700000001000}";

    private WriteScenarios() {}

    /** Returns the scenarios that write. */
    public static List<BenchmarkScenario> all() {
        return List.of(
                new LogBatch("log-batch-1000-keys", 1000, 1, new StoreBaseline(false, 12_000, 1000, 0)),
                new LogBatch("log-batch-10x100", 10, 100, new StoreBaseline(false, 12_000, 10, 0)),
                new LogMetric("log-metric-8", 8, new StoreBaseline(false, 20, 1, 0)),
                new LogMetric("log-metric-64", 64, new StoreBaseline(false, 20, 1, 0)),
                new LifeCycle(new StoreBaseline(true, 120, 10, 13)));
    }

    private record LogBatch(String name, int keys, int steps, StoreBaseline limit) implements BenchmarkScenario {
        @Override
        public int clients() {
            return 4;
        }

        @Override
        public PreparedScenario prepare(BenchmarkServer server, BenchmarkStore store) throws IOException {
            List<LogBatchBody> batches = new ArrayList<>();
            for (int i = 0; i < clients(); i++) {
                batches.add(new LogBatchBody(ApiCalls.createRun(server), keys, steps));
            }
            return new PreparedScenario(
                    (client, worker, n) ->
                            client.sendAndDiscard(batches.get(worker).request(n)),
                    () -> {
                        String runId = ApiCalls.createRun(server);
                        server.call(new LogBatchBody(runId, keys, steps).request(7));
                        return ApiCalls.data(server.call(ApiCalls.getRun(runId)).get("run"));
                    });
        }
    }

    private record LogMetric(String name, int clients, StoreBaseline limit) implements BenchmarkScenario {
        @Override
        public PreparedScenario prepare(BenchmarkServer server, BenchmarkStore store) throws IOException {
            List<String> runs = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                runs.add(ApiCalls.createRun(server));
            }
            return new PreparedScenario(
                    (client, worker, n) -> client.sendAndDiscard(ApiCalls.logMetric(runs.get(worker), n)), () -> {
                        String runId = ApiCalls.createRun(server);
                        server.call(ApiCalls.logMetric(runId, 3));
                        return ApiCalls.data(server.call(ApiCalls.getRun(runId)).get("run"));
                    });
        }
    }

    /** A short run: create it, log a batch of 10 params, 10 metrics and 2 tags, finish it. */
    private record LifeCycle(StoreBaseline limit) implements BenchmarkScenario {
        private static final String DATA = data();

        @Override
        public String name() {
            return "life-cycle";
        }

        @Override
        public int clients() {
            return 8;
        }

        private static String data() {
            StringBuilder json = new StringBuilder("\",\"params\":[");
            for (int i = 0; i < 10; i++) {
                json.append(i == 0 ? "" : ",")
                        .append("{\"key\":\"p")
                        .append(i)
                        .append("\",\"value\":\"")
                        .append(i)
                        .append("\"}");
            }
            json.append("],\"metrics\":[");
            for (int i = 0; i < 10; i++) {
                json.append(i == 0 ? "" : ",")
                        .append("{\"key\":\"m")
                        .append(i)
                        .append("\",\"value\":0.")
                        .append(i)
                        .append(",\"timestamp\":1700000000500,\"step\":1}");
            }
            return json.append("],\"tags\":[{\"key\":\"a\",\"value\":\"1\"},{\"key\":\"b\",\"value\":\"2\"}]}")
                    .toString();
        }

        @Override
        public PreparedScenario prepare(BenchmarkServer server, BenchmarkStore store) {
            return new PreparedScenario((client, worker, n) -> live(client), () -> {
                try (BenchmarkClient client = new BenchmarkClient(server.port())) {
                    return ApiCalls.data(
                            server.call(ApiCalls.getRun(live(client))).get("run"));
                }
            });
        }

        private static String live(BenchmarkClient client) throws IOException {
            BenchmarkClient.BenchmarkResponse created = client.send(BenchmarkRequest.post(
                    ApiCalls.PATH + "runs/create", "{\"experiment_id\":\"0\",\"start_time\":1700000000000}"));
            if (created.status() != 200) {
                throw new IOException("runs/create was answered with " + created.status());
            }
            String runId = runId(created.text());
            client.sendAndDiscard(
                    BenchmarkRequest.post(ApiCalls.PATH + "runs/log-batch", "{\"run_id\":\"" + runId + DATA));
            client.sendAndDiscard(
                    BenchmarkRequest.post(ApiCalls.PATH + "runs/update", "{\"run_id\":\"" + runId + FINISH));
            return runId;
        }

        /** Extracts the run id from the text, because parsing JSON would cost more than sending the request. */
        private static String runId(String answer) {
            int name = answer.indexOf("\"run_id\"");
            int from = answer.indexOf('"', name + 8) + 1;
            return answer.substring(from, answer.indexOf('"', from));
        }
    }
}
