package dev.kiroku.bench;

import dev.kiroku.bench.http.BenchmarkRequest;
import dev.kiroku.bench.load.BenchmarkOperation;
import dev.kiroku.bench.load.LoadGenerator;
import dev.kiroku.bench.load.LoadResult;
import dev.kiroku.bench.report.LogLogChart;
import dev.kiroku.bench.scenarios.BenchmarkScenario;
import dev.kiroku.bench.scenarios.SearchScenarios;
import dev.kiroku.bench.seed.DatabaseSeeder;
import dev.kiroku.bench.servers.BenchmarkServer;
import dev.kiroku.bench.servers.BenchmarkStore;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Measures how Kiroku's costs grow with its data: the median latency of one client at each size. */
final class GrowthBenchmark {
    private static final String API = "/api/2.0/mlflow/";
    private static final String INTERVAL = "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?max_results=320";

    /** Each run has a million points. */
    private static final int KEYS = 10;

    private static final int STEPS = 100_000;
    private static final int WRITERS = 4;

    private final BenchmarkOptions options;
    private final BenchmarkServer kiroku;
    private final BenchmarkStore store;

    GrowthBenchmark(BenchmarkOptions options, BenchmarkServer kiroku, BenchmarkStore store) {
        this.options = options;
        this.kiroku = kiroku;
        this.store = store;
    }

    /** Returns charts by file name. */
    Map<String, LogLogChart> measure() throws IOException, SQLException, InterruptedException {
        Map<String, LogLogChart> charts = new LinkedHashMap<>();
        charts.put("search.svg", new LogLogChart("Search of 100 runs", "runs in the experiment", "ms", searches()));
        Map<String, SortedMap<Double, Double>> points = new LinkedHashMap<>();
        Map<String, SortedMap<Double, Double>> bytes = new LinkedHashMap<>();
        points(points, bytes);
        charts.put(
                "points.svg", new LogLogChart("Points of one run among many", "points in the database", "ms", points));
        charts.put("bytes.svg", new LogLogChart("Database", "points in it", "bytes for each point", bytes));
        return charts;
    }

    private Map<String, SortedMap<Double, Double>> searches() throws IOException, SQLException, InterruptedException {
        Map<String, SortedMap<Double, Double>> lines = new LinkedHashMap<>();
        for (int size : options.sizes()) {
            for (BenchmarkScenario scenario : SearchScenarios.all(List.of(size), 0)) {
                BenchmarkRun.log(scenario.name());
                double median = median(scenario.prepare(kiroku, store).work());
                lines.computeIfAbsent(scenario.name().replaceFirst("search-[0-9]+[km]-", ""), k -> new TreeMap<>())
                        .put((double) size, median);
            }
        }
        return lines;
    }

    /** Adds runs to the store and measures, at each size, the cost of logging to a run and of reading a history. */
    private void points(Map<String, SortedMap<Double, Double>> costs, Map<String, SortedMap<Double, Double>> bytes)
            throws IOException, SQLException, InterruptedException {
        long before = store.size(kiroku.database());
        List<String> runs = new ArrayList<>();
        for (int size : options.points()) {
            BenchmarkRun.log(size + " points");
            addRuns(runs, Math.max(1, size / (KEYS * STEPS)));
            int held = runs.size() * KEYS * STEPS;
            put(
                    bytes,
                    "as logged, with compaction under way",
                    held,
                    (double) (store.size(kiroku.database()) - before) / held);
            put(
                    costs,
                    "history of 100,000",
                    held,
                    median((client, worker, n) -> client.sendAndDiscard(BenchmarkRequest.get(API
                            + "metrics/get-history?metric_key=" + key(n / runs.size()) + "&run_id=" + any(runs, n)))));
            put(
                    costs,
                    "sample of 320",
                    held,
                    median((client, worker, n) -> client.sendAndDiscard(BenchmarkRequest.get(
                            INTERVAL + "&metric_key=" + key(n / runs.size()) + "&run_ids=" + any(runs, n)))));
            put(
                    costs,
                    "log one more",
                    held,
                    median((client, worker, n) -> client.sendAndDiscard(BenchmarkRequest.post(
                            API + "runs/log-metric",
                            "{\"run_id\": \"" + any(runs, n)
                                    + "\", \"key\": \"other\", \"value\": 1, \"timestamp\": 1, \"step\": " + n
                                    + "}"))));
        }
    }

    private void addRuns(List<String> runs, int wanted) throws IOException, InterruptedException {
        List<String> added = new ArrayList<>();
        while (runs.size() + added.size() < wanted) {
            added.add(kiroku.call(
                            BenchmarkRequest.post(API + "runs/create", "{\"experiment_id\": \"0\", \"start_time\": 1}"))
                    .at("/run/info/run_id")
                    .asString());
        }
        try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
            List<Callable<Void>> work = added.stream()
                    .map(run -> (Callable<Void>) () -> {
                        for (int key = 0; key < KEYS; key++) {
                            DatabaseSeeder.points(kiroku, store, run, key(key), 0, STEPS);
                        }
                        return null;
                    })
                    .toList();
            for (Future<Void> done : writers.invokeAll(work)) {
                done.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("the runs were not filled", e);
        }
        runs.addAll(added);
    }

    private static String key(long n) {
        return "metric-" + n % KEYS;
    }

    /** Returns a different run each time, in an order that defeats caches. */
    private static String any(List<String> runs, long n) {
        return runs.get((int) (n * 7919 % runs.size()));
    }

    private static void put(Map<String, SortedMap<Double, Double>> lines, String line, int size, double cost) {
        lines.computeIfAbsent(line, k -> new TreeMap<>()).put((double) size, cost);
    }

    private double median(BenchmarkOperation work) throws IOException, InterruptedException {
        try (LoadGenerator load = new LoadGenerator(kiroku.port(), 1)) {
            load.run(work, options.time().dividedBy(3));
            LoadResult sample = load.run(work, options.time());
            if (sample.errors() > 0) {
                throw new IOException(sample.firstError());
            }
            return sample.p50();
        }
    }
}
