package dev.kiroku.bench.scenarios;

import dev.kiroku.bench.http.Client;
import dev.kiroku.bench.http.Request;
import dev.kiroku.bench.servers.Server;
import dev.kiroku.bench.servers.Store;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Scenarios that log. Each client has a run of its own. */
public final class Writing {
    private static final String FINISH = "\",\"status\":\"FINISHED\",\"end_time\":1700000001000}";

    private Writing() {}

    public static List<Scenario> all() {
        return List.of(
                new LogBatch("log-batch-1000-keys", 1000, 1, new StoreLimit(false, 12_000, 1000, 0)),
                new LogBatch("log-batch-10x100", 10, 100, new StoreLimit(false, 12_000, 10, 0)),
                new LogMetric("log-metric-8", 8, new StoreLimit(false, 20, 1, 0)),
                new LogMetric("log-metric-64", 64, new StoreLimit(false, 20, 1, 0)),
                new LifeCycle(new StoreLimit(true, 120, 10, 13)));
    }

    private record LogBatch(String name, int keys, int steps, StoreLimit limit) implements Scenario {
        @Override
        public int clients() {
            return 4;
        }

        @Override
        public Prepared prepare(Server server, Store store) throws IOException {
            List<Batch> batches = new ArrayList<>();
            for (int i = 0; i < clients(); i++) {
                batches.add(new Batch(Api.createRun(server), keys, steps));
            }
            return new Prepared(
                    (client, worker, n) ->
                            client.sendAndDiscard(batches.get(worker).request(n)),
                    () -> {
                        String runId = Api.createRun(server);
                        server.call(new Batch(runId, keys, steps).request(7));
                        return Api.data(server.call(Api.getRun(runId)).get("run"));
                    });
        }
    }

    private record LogMetric(String name, int clients, StoreLimit limit) implements Scenario {
        @Override
        public Prepared prepare(Server server, Store store) throws IOException {
            List<String> runs = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                runs.add(Api.createRun(server));
            }
            return new Prepared((client, worker, n) -> client.sendAndDiscard(request(runs.get(worker), n)), () -> {
                String runId = Api.createRun(server);
                server.call(request(runId, 3));
                return Api.data(server.call(Api.getRun(runId)).get("run"));
            });
        }

        private static Request request(String runId, long n) {
            return Request.post(
                    Api.PATH + "runs/log-metric",
                    "{\"run_id\":\"" + runId + "\",\"key\":\"loss\",\"value\":" + 1.0 / (n + 1) + ",\"timestamp\":"
                            + (1_700_000_000_000L + n) + ",\"step\":" + n + "}");
        }
    }

    /** A short run: create, a batch of 10 params, 10 metrics and 2 tags, finish. */
    private record LifeCycle(StoreLimit limit) implements Scenario {
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
        public Prepared prepare(Server server, Store store) {
            return new Prepared((client, worker, n) -> live(client), () -> {
                try (Client client = new Client(server.port())) {
                    return Api.data(server.call(Api.getRun(live(client))).get("run"));
                }
            });
        }

        private static String live(Client client) throws IOException {
            Client.Answer created = client.send(
                    Request.post(Api.PATH + "runs/create", "{\"experiment_id\":\"0\",\"start_time\":1700000000000}"));
            if (created.status() != 200) {
                throw new IOException("runs/create was answered with " + created.status());
            }
            String runId = runId(created.text());
            client.sendAndDiscard(Request.post(Api.PATH + "runs/log-batch", "{\"run_id\":\"" + runId + DATA));
            client.sendAndDiscard(Request.post(Api.PATH + "runs/update", "{\"run_id\":\"" + runId + FINISH));
            return runId;
        }

        /** Cut out of the text: to parse it would cost more than to send it. */
        private static String runId(String answer) {
            int name = answer.indexOf("\"run_id\"");
            int from = answer.indexOf('"', name + 8) + 1;
            return answer.substring(from, answer.indexOf('"', from));
        }
    }
}
