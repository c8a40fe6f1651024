package dev.kiroku.conformance.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.conformance.KirokuServers;
import dev.kiroku.conformance.ServerProcess;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Kills the server while eight clients write. Afterwards every acknowledged batch is stored, and every other batch completely or not at all. */
class CrashDuringWritesTest {
    private static final String API = "/api/2.0/mlflow/";
    private static final int CLIENTS = 8;
    /** The number of acknowledged writes before the server is killed, so that further writes are in flight. */
    private static final int WRITES = 200;

    @Test
    void onSqlite() throws Exception {
        try (ServerProcess server = KirokuServers.onSqlite()) {
            AcknowledgedBatches known = writeUntilItDies(server);
            try (ServerProcess again = KirokuServers.restartOnSqlite(server.directory())) {
                known.assertIsKeptBy(again);
            }
        }
    }

    @Test
    void onPostgres() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                ServerProcess server = KirokuServers.onPostgres(postgres.getPort())) {
            AcknowledgedBatches known = writeUntilItDies(server);
            try (ServerProcess again = KirokuServers.restartOnPostgres(postgres.getPort(), server.directory())) {
                known.assertIsKeptBy(again);
            }
        }
    }

    /** The numbers of the acknowledged batches of each run. */
    private record AcknowledgedBatches(Map<String, Set<Integer>> batches) {
        void assertIsKeptBy(ServerProcess server) throws IOException {
            try (RawClient client = new RawClient(server.uri())) {
                for (Map.Entry<String, Set<Integer>> run : batches.entrySet()) {
                    JsonNode data = client.send(RawRequest.get(API + "runs/get?run_id=" + run.getKey()))
                            .json()
                            .path("run")
                            .path("data");
                    Set<Integer> params = numbers(data.path("params"));
                    Set<Integer> tags = numbers(data.path("tags"));
                    Set<Integer> points = new HashSet<>();
                    client.send(RawRequest.get(API + "metrics/get-history?metric_key=m&run_id=" + run.getKey()))
                            .json()
                            .path("metrics")
                            .forEach(point -> points.add(point.path("step").asInt()));
                    assertTrue(params.containsAll(run.getValue()), () -> "acknowledged, but lost: " + run);
                    assertEquals(params, points, "half of a batch is there");
                    assertEquals(params, tags, "half of a batch is there");
                }
                assertEquals(
                        200,
                        client.send(batch(batches.keySet().iterator().next(), -1))
                                .status());
            }
        }

        private static Set<Integer> numbers(JsonNode pairs) {
            Set<Integer> numbers = new HashSet<>();
            pairs.forEach(pair -> {
                if (pair.path("key").asString().startsWith("k")) {
                    numbers.add(Integer.parseInt(pair.path("key").asString().substring(1)));
                }
            });
            return numbers;
        }
    }

    private static AcknowledgedBatches writeUntilItDies(ServerProcess server) throws Exception {
        CountDownLatch toWrite = new CountDownLatch(WRITES);
        Map<String, Set<Integer>> all = new HashMap<>();
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            List<Future<Map<String, Set<Integer>>>> answers = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                answers.add(clients.submit(() -> write(server.uri(), toWrite)));
            }
            toWrite.await();
            server.kill();
            for (Future<Map<String, Set<Integer>>> answer : answers) {
                all.putAll(answer.get());
            }
        }
        assertTrue(all.values().stream().mapToInt(Set::size).sum() >= WRITES);
        return new AcknowledgedBatches(all);
    }

    /** Writes batches to a run of its own until the server is gone. */
    private static Map<String, Set<Integer>> write(String uri, CountDownLatch toWrite) throws IOException {
        Set<Integer> acknowledged = new HashSet<>();
        try (RawClient client = new RawClient(uri)) {
            String run = client.send(RawRequest.json("POST", API + "runs/create", "{\"experiment_id\": \"0\"}"))
                    .json()
                    .path("run")
                    .path("info")
                    .path("run_id")
                    .asString();
            try {
                for (int i = 0; ; i++) {
                    RawResponse answer = client.send(batch(run, i));
                    assertEquals(200, answer.status(), answer::toString);
                    acknowledged.add(i);
                    toWrite.countDown();
                }
            } catch (IOException e) {
                return Map.of(run, acknowledged); // the server is gone
            }
        }
    }

    private static RawRequest batch(String run, int i) {
        String pair = "{\"key\": \"k" + i + "\", \"value\": \"v" + i + "\"}";
        return RawRequest.json(
                "POST",
                API + "runs/log-batch",
                "{\"run_id\": \"" + run + "\", \"metrics\": [{\"key\": \"m\", \"value\": " + i + ", \"timestamp\": "
                        + (1000 + i) + ", \"step\": " + i + "}], \"params\": [" + pair + "], \"tags\": [" + pair
                        + "]}");
    }
}
