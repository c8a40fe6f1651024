package dev.kiroku.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * Clients that log batches and record which of them were acknowledged. Each batch has points of five metrics, a param and a tag that all
 * contain its number, so that a partly stored batch is detected.
 */
final class BatchWorkload {
    private static final int RUNS = 4;
    private static final int CLIENTS = 8;
    private static final int KEYS = 5;
    /** The number of points of each metric in a batch; their steps are derived from the number of the batch. */
    private static final int POINTS = 4;

    private final List<String> runs = new ArrayList<>();
    private final Map<String, Set<Integer>> tried = new ConcurrentHashMap<>();
    private final Map<String, Set<Integer>> acknowledged = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger();
    private volatile boolean stopping;
    private List<Thread> clients = List.of();

    /** Starts the clients, on new runs. */
    void start(ReliabilityClient api) throws Exception {
        List<String> fresh = new ArrayList<>();
        for (int i = 0; i < RUNS; i++) {
            String run = api.createRun();
            tried.put(run, ConcurrentHashMap.newKeySet());
            acknowledged.put(run, ConcurrentHashMap.newKeySet());
            fresh.add(run);
        }
        runs.addAll(fresh);
        stopping = false;
        clients = IntStream.range(0, CLIENTS)
                .mapToObj(i -> Thread.ofPlatform().start(() -> logTo(api, fresh)))
                .toList();
    }

    private void logTo(ReliabilityClient api, List<String> fresh) {
        while (!stopping) {
            int batch = next.incrementAndGet();
            String run = fresh.get(batch % fresh.size());
            tried.get(run).add(batch);
            try {
                if (api.post("runs/log-batch", batch(run, batch)).isOk()) {
                    acknowledged.get(run).add(batch);
                } else {
                    Thread.sleep(20);
                }
            } catch (IOException | InterruptedException e) {
                // Not acknowledged: the batch may be stored completely or not at all.
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Map<String, Object> batch(String run, int batch) {
        List<Map<String, Object>> metrics = new ArrayList<>();
        for (int key = 0; key < KEYS; key++) {
            for (int i = 0; i < POINTS; i++) {
                long step = (long) batch * POINTS + i;
                metrics.add(Map.of(
                        "key",
                        "m" + key,
                        "value",
                        step * 0.5 + key,
                        "timestamp",
                        1_795_000_000_000L + step,
                        "step",
                        step));
            }
        }
        return Map.of(
                "run_id",
                run,
                "metrics",
                metrics,
                "params",
                List.of(Map.of("key", "p" + batch, "value", "v" + batch)),
                "tags",
                List.of(Map.of("key", "t" + batch, "value", "v")));
    }

    void stop() throws InterruptedException {
        stopping = true;
        for (Thread client : clients) {
            client.join();
        }
    }

    int acknowledgedBatches() {
        return acknowledged.values().stream().mapToInt(Set::size).sum();
    }

    /** The number of points in a batch. */
    static final int POINTS_OF_A_BATCH = KEYS * POINTS;

    /**
     * Asserts that every acknowledged batch is stored, and every other batch completely or not at all.
     *
     * @return the number of stored batches
     */
    int verify(ReliabilityClient api) throws Exception {
        int found = 0;
        for (String run : runs) {
            JsonNode data = api.run(run);
            Set<Integer> there = numbers(data.path("params"), "p");
            assertEquals(there, numbers(data.path("tags"), "t"), "params and tags of run " + run);
            for (int key = 0; key < KEYS; key++) {
                List<Long> steps = api.steps(run, "m" + key);
                Set<Long> expected = new HashSet<>();
                there.forEach(batch ->
                        IntStream.range(0, POINTS).forEach(i -> expected.add((long) batch * POINTS + i)));
                assertEquals(expected.size(), steps.size(), "points of m" + key + " in run " + run);
                assertEquals(expected, new HashSet<>(steps));
            }
            Set<Integer> lost = new HashSet<>(acknowledged.get(run));
            lost.removeAll(there);
            assertEquals(Set.of(), lost, "acknowledged, and not there, in run " + run);
            assertTrue(tried.get(run).containsAll(there), "nobody wrote that");
            found += there.size();
        }
        return found;
    }

    /** Returns the numbers of the items whose key is the prefix and a number. */
    private static Set<Integer> numbers(JsonNode items, String prefix) {
        Set<Integer> numbers = new HashSet<>();
        items.forEach(item -> {
            String key = item.path("key").asString();
            if (key.matches(prefix + "\\d+")) {
                numbers.add(Integer.parseInt(key.substring(prefix.length())));
            }
        });
        return numbers;
    }
}
