package dev.kiroku.stores.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.stores.Stores;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.tracking.Compactor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Compaction under concurrent reads and writes does not change histories. The stores are opened for each test. */
abstract class CompactionContract {
    private static final List<String> KEYS = List.of("loss", "accuracy", "rare");
    private static final double[] NUMBERS = {
        0.0, 1.0, -1.5, 1e300, Double.NaN, Double.POSITIVE_INFINITY, 0.1, (float) 0.1
    };
    private static final Comparator<Metric> BY_TIME = Comparator.comparingLong(Metric::timestamp)
            .thenComparingLong(Metric::step)
            .thenComparingDouble(m -> Double.isNaN(m.value()) ? 0 : m.value())
            .thenComparing(m -> Double.isNaN(m.value()));

    protected abstract Stores stores();

    private String newRun() {
        String id = UUID.randomUUID().toString().replace("-", "");
        stores().runs().create(new RunStore.NewRun(id, 0, "n", "u", 5, id + "/artifacts", List.of()));
        return id;
    }

    private long count(String what) {
        return stores().database()
                .read(tx -> tx.queryLong(Sql.of("select count(*) from " + what)))
                .orElseThrow();
    }

    private void awaitCompaction(Compactor compactor) throws InterruptedException {
        while (count("fresh_runs") > 0) {
            assertEquals(0, compactor.progress().failures());
            Thread.sleep(20);
        }
    }

    private static Metric kept(Metric m) {
        double value = Double.isInfinite(m.value()) ? Math.copySign(Double.MAX_VALUE, m.value()) : m.value();
        return new Metric(m.key(), value, m.timestamp(), m.step());
    }

    /** Concurrent writers log late, repeated and unusual points; readers must find each acknowledged point exactly once. */
    @Test
    void historyStaysConsistentDuringCompaction() throws Exception {
        List<String> runs = List.of(newRun(), newRun(), newRun());
        List<ConcurrentLinkedQueue<Metric>> acknowledged =
                runs.stream().map(run -> new ConcurrentLinkedQueue<Metric>()).toList();
        AtomicBoolean writing = new AtomicBoolean(true);
        // Platform threads: a loop of SQLite reads never releases its carrier thread, so that virtual writers would
        // starve.
        try (Compactor compactor = stores().startCompactor(Duration.ZERO);
                var pool = Executors.newCachedThreadPool()) {
            List<Future<?>> readers = new ArrayList<>();
            for (int r = 0; r < runs.size(); r++) {
                int run = r;
                readers.add(pool.submit(() -> {
                    while (writing.get()) {
                        assertContains(runs.get(run), Set.copyOf(acknowledged.get(run)));
                        Thread.sleep(5);
                    }
                    return null;
                }));
            }
            List<Callable<Void>> writers = new ArrayList<>();
            for (int w = 0; w < 6; w++) {
                Random random = new Random(w);
                int run = w % runs.size();
                writers.add(() -> {
                    for (int i = 0; i < 100; i++) {
                        List<Metric> some = batch(random, i);
                        stores().runs().logBatch(runs.get(run), some, List.of(), List.of());
                        some.forEach(m -> acknowledged.get(run).add(kept(m)));
                    }
                    return null;
                });
            }
            List<Future<Void>> written = pool.invokeAll(writers);
            writing.set(false);
            for (Future<Void> done : written) {
                done.get();
            }
            for (Future<?> reader : readers) {
                reader.get();
            }
            awaitCompaction(compactor);
            assertTrue(compactor.progress().points() > 0 && compactor.progress().holdsLease());
        }
        for (int run = 0; run < runs.size(); run++) {
            for (String key : KEYS) {
                List<Metric> expected = new ArrayList<>(Set.copyOf(acknowledged.get(run)).stream()
                        .filter(m -> m.key().equals(key))
                        .toList());
                expected.sort(BY_TIME);
                assertEquals(
                        expected,
                        stores().runs()
                                .getMetricHistory(runs.get(run), key, 0, null)
                                .items());
            }
        }
        assertEquals(0, count("leases"), "the compactor released its lease");
    }

    private static List<Metric> batch(Random random, int i) {
        List<Metric> some = new ArrayList<>();
        some.add(new Metric("loss", Math.exp(-i / 100.0), 1_000_000L + i * 10L, i));
        int more = random.nextInt(12);
        for (int k = 0; k < more; k++) {
            some.add(new Metric(
                    "accuracy", NUMBERS[random.nextInt(NUMBERS.length)], random.nextInt(60), random.nextInt(60) - 5));
        }
        if (random.nextInt(20) == 0) {
            some.add(new Metric("rare", random.nextDouble(), Long.MAX_VALUE, Long.MIN_VALUE));
        }
        return some;
    }

    private void assertContains(String run, Set<Metric> acknowledged) {
        for (String key : KEYS) {
            List<Metric> read =
                    stores().runs().getMetricHistory(run, key, 0, null).items();
            Set<Metric> once = new HashSet<>(read);
            assertEquals(once.size(), read.size(), "no point occurs twice");
            List<Metric> lost = acknowledged.stream()
                    .filter(m -> m.key().equals(key) && !once.contains(m))
                    .toList();
            assertEquals(List.of(), lost, "no point is lost");
        }
    }

    /** Without a compactor, the writer compacts. */
    @Test
    void uncompactedBlocksOfRunAreBounded() {
        String run = newRun();
        List<Metric> expected = new ArrayList<>();
        for (int i = 0; i < 700; i++) {
            Metric m = new Metric("m", i / 10.0, i, i);
            expected.add(m);
            stores().runs().logBatch(run, List.of(m), List.of(), List.of());
        }
        assertTrue(count("metric_blocks where key_id = 0") <= 640);
        assertEquals(
                expected, stores().runs().getMetricHistory(run, "m", 0, null).items());
    }

    /** The compacted points of two compactors are exactly the written ones. */
    @Test
    void twoCompactorsDoNotRepeatWork() throws Exception {
        ConcurrentLinkedQueue<String> runs = new ConcurrentLinkedQueue<>();
        Compactor first = stores().startCompactor(Duration.ZERO);
        Compactor second = stores().startCompactor(Duration.ZERO);
        try {
            try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 40; i++) {
                    pool.submit(() -> {
                        String run = newRun();
                        runs.add(run);
                        for (int k = 0; k < 10; k++) {
                            stores().runs().logBatch(run, List.of(new Metric("m", k, k, k)), List.of(), List.of());
                        }
                    });
                }
            }
            while (count("fresh_runs") > 0) {
                assertFalse(
                        first.progress().holdsLease() && second.progress().holdsLease(), "the lease has one holder");
                Thread.sleep(10);
            }
        } finally {
            // The counters are updated after the commit; after close() they are complete.
            first.close();
            second.close();
        }
        long left = stores().database()
                .read(tx -> tx.queryLong(Sql.of("select coalesce(sum(points), 0) from metric_blocks where key_id = 0")))
                .orElseThrow();
        assertEquals(400, left + first.progress().points() + second.progress().points());
        for (String run : runs) {
            assertEquals(
                    10,
                    stores().runs().getMetricHistory(run, "m", 0, null).items().size());
        }
    }

    /** Points of a training loop, one call for each step, take few bytes after compaction. */
    @Test
    void compactedPointsAreSmall() throws Exception {
        String run = newRun();
        for (int step = 0; step < 1000; step++) {
            long now = 1_795_000_000_000L + step * 125L + step % 7;
            List<Metric> metrics = new ArrayList<>();
            for (int k = 0; k < 5; k++) {
                metrics.add(new Metric("smooth" + k, Math.exp(-step / (300.0 + k)), now, step));
            }
            stores().runs().logBatch(run, metrics, List.of(), List.of());
        }
        try (Compactor compactor = stores().startCompactor(Duration.ZERO)) {
            awaitCompaction(compactor);
        }
        long bytes = stores().database()
                .read(tx -> tx.queryLong(Sql.of("select sum(length(data)) from metric_blocks")))
                .orElseThrow();
        long rows = count("metric_blocks");
        System.out.printf(
                "5,000 smooth points, logged five at a time: %d rows, %.2f bytes a point%n", rows, bytes / 5_000.0);
        assertTrue(bytes <= 18_000 && rows <= 60, bytes + " bytes in " + rows + " rows");
    }
}
