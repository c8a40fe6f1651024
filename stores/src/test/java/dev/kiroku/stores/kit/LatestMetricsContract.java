package dev.kiroku.stores.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.search.ComparisonOperator;
import dev.kiroku.core.search.Condition;
import dev.kiroku.core.search.Operand;
import dev.kiroku.core.search.OrderTerm;
import dev.kiroku.core.search.SearchField;
import dev.kiroku.core.search.SearchFilter;
import dev.kiroku.core.tracking.OverviewStore;
import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.tracking.OverviewApi;
import dev.kiroku.model.tracking.Run;
import dev.kiroku.model.tracking.RunStatus;
import dev.kiroku.model.tracking.ViewType;
import dev.kiroku.stores.Stores;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.tracking.Compactor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table {@code latest_metrics} lags behind runs that log often, and no read shows it. The stores are opened for each test. */
abstract class LatestMetricsContract {
    private static final List<Long> DEFAULT = List.of(0L);

    protected abstract Stores stores();

    private String newRun() {
        String id = UUID.randomUUID().toString().replace("-", "");
        stores().runs().create(new RunStore.NewRun(id, 0, "n", "u", 5, id + "/artifacts", List.of()));
        return id;
    }

    private void log(String run, String key, double value, long step) {
        stores().runs().logBatch(run, List.of(new Metric(key, value, step, step)), List.of(), List.of());
    }

    private long number(String select) {
        return stores().database().read(tx -> tx.queryLong(Sql.of(select))).orElseThrow();
    }

    private long behind() {
        return number("select count(*) from runs where behind = 1");
    }

    private List<Run> above(String key, double value) {
        SearchField metric = new SearchField(SearchField.Kind.METRIC, key);
        SearchFilter filter = new SearchFilter(
                List.of(new Condition(metric, ComparisonOperator.GT, new Operand.DoubleNumber(value))));
        return stores().runs()
                .search(new RunStore.Query(
                        DEFAULT, ViewType.ALL, filter, List.of(new OrderTerm(metric, false)), 100, null))
                .items();
    }

    private static Map<String, Metric> metrics(Run run) {
        return run.data().metrics().stream().collect(Collectors.toMap(Metric::key, m -> m));
    }

    private void logThreeTimes(String run, double last) {
        log(run, "m", last - 2, (long) last - 2);
        log(run, "m", last - 1, (long) last - 1);
        log(run, "m", last, (long) last);
        log(run, "only later", last, (long) last);
        assertEquals(1, behind());
    }

    @Test
    void everyReadReturnsLatestValue() {
        String run = newRun();
        log(run, "m", 1, 1);
        assertEquals(0, behind(), "a run that logs once is up to date");

        logThreeTimes(run, 10);
        assertEquals(
                Map.of("m", new Metric("m", 10, 10, 10), "only later", new Metric("only later", 10, 10, 10)),
                metrics(stores().runs().get(run)));
        assertEquals(1, behind(), "reading a run writes nothing");
        assertEquals(
                List.of(run),
                above("m", 9).stream().map(found -> found.info().runId()).toList());
        assertEquals(0, behind(), "a search by metrics catches up");

        logThreeTimes(run, 20);
        var byStart = new RunStore.Query(DEFAULT, ViewType.ALL, new SearchFilter(List.of()), List.of(), 100, null);
        assertEquals(
                20,
                metrics(stores().runs().search(byStart).items().getFirst())
                        .get("m")
                        .value());
        assertEquals(1, behind());
        var columns = new OverviewStore.Columns(List.of("m"), List.of("m"), List.of(), List.of());
        OverviewApi.RunRow row =
                stores().overviews().findRows(byStart, 0, columns).items().getFirst();
        assertEquals(
                List.of(List.of(20.0), List.of(1.0), List.of(20.0)),
                List.of(row.metrics(), row.least(), row.greatest()));

        logThreeTimes(run, 30);
        assertEquals(
                List.of(
                        new OverviewApi.MetricRange("m", 30.0, 30.0),
                        new OverviewApi.MetricRange("only later", 30.0, 30.0)),
                stores().overviews().findKeys(DEFAULT).metrics());

        logThreeTimes(run, 40);
        stores().runs().update(run, RunStatus.FINISHED, 50L, null);
        assertEquals(0, behind(), "a run that has ended is up to date");
        assertEquals(40, number("select max(value) from latest_metrics"));
    }

    @Test
    void pendingBlocksOfRunAreBounded() {
        String run = newRun();
        for (int i = 0; i < 200; i++) {
            log(run, "m" + i % 3, i, i);
            assertTrue(number(
                            "select max(b.seq) - max(r.caught_up) from runs r join metric_blocks b on b.run_key = r.run_key")
                    <= 64);
        }
        assertTrue(number("select max(value) from latest_metrics") >= 200 - 64);
    }

    /** Applies random operations to some runs, and compares reads with a reference of one map for each run. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void randomOperationsMatchReference(long seed) throws Exception {
        Random random = new Random(seed);
        Map<String, Map<String, Metric>> latest = new HashMap<>();
        for (int i = 0; i < 4; i++) {
            latest.put(newRun(), new HashMap<>());
        }
        List<String> runs = List.copyOf(latest.keySet());
        for (int i = 0; i < 400; i++) {
            String run = runs.get(random.nextInt(runs.size()));
            switch (random.nextInt(14)) {
                case 0 -> assertFound(latest, "m" + random.nextInt(4), random.nextInt(100) - 50);
                case 1 ->
                    stores().runs()
                            .update(run, random.nextBoolean() ? RunStatus.FINISHED : RunStatus.RUNNING, null, null);
                case 2 -> compactAll();
                case 3, 4 ->
                    assertEquals(latest.get(run), metrics(stores().runs().get(run)));
                default -> {
                    List<Metric> some = new ArrayList<>();
                    for (int n = random.nextInt(5); n >= 0; n--) {
                        double value = random.nextInt(6) == 0 ? Double.NaN : random.nextInt(100) - 50;
                        some.add(new Metric("m" + random.nextInt(4), value, random.nextInt(3), random.nextInt(20)));
                    }
                    stores().runs().logBatch(run, some, List.of(), List.of());
                    some.forEach(m -> latest.get(run).merge(m.key(), m, LatestMetricsContract::later));
                }
            }
        }
        for (int key = 0; key < 4; key++) {
            assertFound(latest, "m" + key, -100);
        }
        latest.forEach((run, expected) ->
                assertEquals(expected, metrics(stores().runs().get(run))));
    }

    private void compactAll() throws InterruptedException {
        try (Compactor compactor = stores().startCompactor(Duration.ZERO)) {
            while (number("select count(*) from fresh_runs") > 0) {
                assertEquals(0, compactor.progress().failures());
                Thread.sleep(10);
            }
        }
    }

    private void assertFound(Map<String, Map<String, Metric>> latest, String key, double above) {
        Map<String, Metric> expected = new HashMap<>();
        latest.forEach((run, metrics) -> {
            if (metrics.containsKey(key) && metrics.get(key).value() > above) {
                expected.put(run, metrics.get(key));
            }
        });
        List<Run> found = above(key, above);
        assertEquals(
                expected,
                found.stream()
                        .collect(Collectors.toMap(
                                run -> run.info().runId(), run -> metrics(run).get(key))));
    }

    /** MLflow's rule: the greater step, then timestamp, then value, NaN counting as 0. */
    private static Metric later(Metric before, Metric after) {
        if (after.step() != before.step()) {
            return after.step() > before.step() ? after : before;
        }
        if (after.timestamp() != before.timestamp()) {
            return after.timestamp() > before.timestamp() ? after : before;
        }
        return number(after) > number(before) ? after : before;
    }

    private static double number(Metric m) {
        return Double.isNaN(m.value()) ? 0 : m.value();
    }

    /** Writers log increasing values during compaction; a search must find each value that was acknowledged before it began. */
    @Test
    void searchReturnsAcknowledgedWrites() throws Exception {
        List<String> runs = List.of(newRun(), newRun(), newRun(), newRun());
        Map<String, AtomicLong> acknowledged =
                runs.stream().collect(Collectors.toMap(run -> run, _ -> new AtomicLong(-1)));
        AtomicBoolean writing = new AtomicBoolean(true);
        try (Compactor compactor = stores().startCompactor(Duration.ZERO);
                var pool = Executors.newCachedThreadPool()) {
            Collection<Callable<Void>> writers = runs.stream()
                    .map(run -> (Callable<Void>) () -> {
                        for (long i = 0; i < 300; i++) {
                            log(run, "m", i, i);
                            acknowledged.get(run).set(i);
                        }
                        return null;
                    })
                    .toList();
            Future<Long> searches = pool.submit(() -> {
                long n = 0;
                for (; writing.get(); n++) {
                    String run = runs.get((int) (n % runs.size()));
                    long before = acknowledged.get(run).get();
                    List<Run> found = above("m", before - 0.5);
                    long seen = found.stream()
                            .filter(r -> r.info().runId().equals(run))
                            .map(r -> (long) metrics(r).get("m").value())
                            .findFirst()
                            .orElse(-1L);
                    assertTrue(seen >= before, seen + " was found, but " + before + " was acknowledged");
                }
                return n;
            });
            for (Future<Void> written : pool.invokeAll(writers)) {
                written.get();
            }
            writing.set(false);
            assertTrue(searches.get() > 0);
            assertEquals(0, compactor.progress().failures());
        }
    }
}
