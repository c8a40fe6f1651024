package dev.kiroku.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.reliability.OperationHistory.Kind;
import dev.kiroku.reliability.OperationHistory.Operation;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Runs two servers on one PostgreSQL, with clients that write to and read from both. All operations are recorded, and the history must be
 * linearizable. {@code -Dkiroku.seconds=120} runs longer.
 */
class ReplicasTest {
    private static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger("kiroku.seconds", 8));
    private static final int CLIENTS = 10;

    @TempDir
    private Path folder;

    private final OperationHistory history = new OperationHistory();
    private final AtomicLong points = new AtomicLong();

    @Test
    void twoServersAreLinearizable() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            String store = "postgresql://postgres:postgres@127.0.0.1:" + postgres.getPort() + "/postgres";
            try (KirokuProcess one = KirokuProcess.start(folder.resolve("one"), store);
                    KirokuProcess two = KirokuProcess.start(folder.resolve("two"), store);
                    var pool = Executors.newVirtualThreadPerTaskExecutor()) {
                List<ReliabilityClient> servers = List.of(one.api(), two.api());
                List<String> runs = new ArrayList<>();
                for (int i = 0; i < CLIENTS; i++) {
                    runs.add(servers.get(i % 2).createRun());
                }
                AtomicBoolean stopping = new AtomicBoolean();
                List<Callable<Void>> tasks = new ArrayList<>(IntStream.range(0, CLIENTS)
                        .<Callable<Void>>mapToObj(i -> () -> client(i, runs, servers))
                        .toList());
                Future<Integer> watch = pool.submit(() -> watchLease(servers, stopping));
                for (Future<Void> done : pool.invokeAll(tasks)) {
                    done.get();
                }
                stopping.set(true);
                int looks = watch.get();
                assertEquals(List.of(), history.contradictions());
                long compacted = assertEachPointIsCompactedOnce(servers, postgres);
                System.out.printf(
                        "two servers, %d clients, %s: %d operations recorded, no contradiction; %d points, %d of them compacted, each once; "
                                + "the lease never had two holders in %d looks%n",
                        CLIENTS, LENGTH, history.size(), points.get(), compacted, looks);
            }
        }
    }

    /** Writes to its own run and reads all runs. */
    private Void client(int number, List<String> runs, List<ReliabilityClient> servers) throws Exception {
        Random random = new Random(number);
        String own = runs.get(number);
        long until = System.nanoTime() + LENGTH.toNanos();
        for (long value = 1; System.nanoTime() < until; value++) {
            ReliabilityClient writer = servers.get(random.nextInt(2));
            write(writer, own, value, random.nextInt(3));
            read(servers.get(1 - servers.indexOf(writer)), own);
            read(servers.get(random.nextInt(2)), runs.get(random.nextInt(runs.size())));
            if (value % 4 == 0) {
                search(servers.get(random.nextInt(2)), runs);
            }
            if (value % 8 == 0) {
                history(servers.get(random.nextInt(2)), own);
            }
        }
        return null;
    }

    /** Writes a number as a tag, as a metric, or as a batch. */
    private void write(ReliabilityClient api, String run, long value, int how) throws Exception {
        long start = System.nanoTime();
        ReliabilityClient.ApiResponse answer = switch (how) {
            case 0 -> api.post("runs/set-tag", Map.of("run_id", run, "key", "t", "value", Long.toString(value)));
            case 1 ->
                api.post(
                        "runs/log-metric",
                        Map.of("run_id", run, "key", "m", "value", value, "timestamp", value, "step", value));
            default ->
                api.post(
                        "runs/log-batch",
                        Map.of(
                                "run_id", run,
                                "metrics",
                                        List.of(Map.of("key", "m", "value", value, "timestamp", value, "step", value)),
                                "params", List.of(Map.of("key", "p" + value, "value", "v")),
                                "tags", List.of(Map.of("key", "t", "value", Long.toString(value)))));
        };
        long end = System.nanoTime();
        assertTrue(answer.isOk(), answer.toString());
        if (how != 1) {
            history.add(new Operation(run + " tag", Kind.WRITE, value, start, end));
        }
        if (how != 0) {
            points.incrementAndGet();
            history.add(new Operation(run + " metric", Kind.WRITE, value, start, end));
        }
    }

    private void read(ReliabilityClient api, String run) throws Exception {
        long start = System.nanoTime();
        JsonNode data = api.run(run);
        recordRead(run, data, start, System.nanoTime());
    }

    private void search(ReliabilityClient api, List<String> runs) throws Exception {
        long start = System.nanoTime();
        ReliabilityClient.ApiResponse found = api.post(
                "runs/search", Map.of("experiment_ids", List.of("0"), "filter", "metrics.m > 0", "max_results", 100));
        long end = System.nanoTime();
        assertTrue(found.isOk(), found.toString());
        for (JsonNode run : found.body().path("runs")) {
            String id = run.path("info").path("run_id").asString();
            assertTrue(runs.contains(id));
            recordRead(id, run.path("data"), start, end);
        }
    }

    private void history(ReliabilityClient api, String run) throws Exception {
        long start = System.nanoTime();
        List<Long> steps = api.steps(run, "m");
        long end = System.nanoTime();
        assertEquals(steps.stream().distinct().sorted().toList(), steps, "no point twice, in order");
        history.add(new Operation(run + " metric", Kind.READ, steps.isEmpty() ? 0 : steps.getLast(), start, end));
    }

    private void recordRead(String run, JsonNode data, long start, long end) {
        history.add(new Operation(run + " tag", Kind.READ, number(data.path("tags"), "t"), start, end));
        history.add(new Operation(run + " metric", Kind.READ, number(data.path("metrics"), "m"), start, end));
    }

    private static long number(JsonNode items, String key) {
        return StreamSupport.stream(items.spliterator(), false)
                .filter(item -> item.path("key").asString().equals(key))
                .mapToLong(item -> (long) Double.parseDouble(item.path("value").asString()))
                .findFirst()
                .orElse(0);
    }

    /** Asserts that at most one server holds the lease, and returns the number of checks. */
    private static int watchLease(List<ReliabilityClient> servers, AtomicBoolean stopping) throws Exception {
        int looks = 0;
        for (; !stopping.get(); looks++) {
            double holders = 0;
            for (ReliabilityClient server : servers) {
                holders += server.metrics().get("kiroku_compaction_lease_held");
            }
            assertTrue(holders <= 1, "two servers think that they hold the lease");
            Thread.sleep(50);
        }
        return looks;
    }

    /** Asserts that the compacted points of both servers and the fresh points add up to the written points. */
    private long assertEachPointIsCompactedOnce(List<ReliabilityClient> servers, EmbeddedPostgres postgres)
            throws Exception {
        while (number(postgres, "select count(*) from fresh_runs") > 0) {
            Thread.sleep(50);
        }
        Thread.sleep(500); // the counters are updated after the commit
        long compacted = 0;
        for (ReliabilityClient server : servers) {
            compacted += server.metrics().get("kiroku_compaction_points_total").longValue();
        }
        long fresh = number(postgres, "select coalesce(sum(points), 0) from metric_blocks where key_id = 0");
        assertEquals(points.get(), compacted + fresh);
        assertEquals(points.get(), number(postgres, "select sum(points) from metric_blocks"));
        return compacted;
    }

    private static long number(EmbeddedPostgres postgres, String query) throws Exception {
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var rows = connection.createStatement().executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
