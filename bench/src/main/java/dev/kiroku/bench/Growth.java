package dev.kiroku.bench;

import dev.kiroku.bench.http.Request;
import dev.kiroku.bench.load.Load;
import dev.kiroku.bench.load.Sample;
import dev.kiroku.bench.load.Work;
import dev.kiroku.bench.report.Chart;
import dev.kiroku.bench.scenarios.Scenario;
import dev.kiroku.bench.scenarios.Searching;
import dev.kiroku.bench.seed.Seed;
import dev.kiroku.bench.servers.Server;
import dev.kiroku.bench.servers.Store;
import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** How Kiroku's costs grow with what it holds: one client, the median of each size. */
final class Growth {
    private static final String API = "/api/2.0/mlflow/";
    private static final String INTERVAL = "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?metric_key=loss&max_results=320&run_ids=";

    private final Options options;
    private final Server kiroku;
    private final Store store;

    Growth(Options options, Server kiroku, Store store) {
        this.options = options;
        this.kiroku = kiroku;
        this.store = store;
    }

    /** @return charts by the names of their files */
    Map<String, Chart> measure() throws IOException, SQLException, InterruptedException {
        Map<String, Chart> charts = new LinkedHashMap<>();
        charts.put("search.svg", new Chart("Search of 100 runs", "runs in the experiment", "ms", searches()));
        Map<String, SortedMap<Double, Double>> points = new LinkedHashMap<>();
        Map<String, SortedMap<Double, Double>> bytes = new LinkedHashMap<>();
        points(points, bytes);
        charts.put("points.svg", new Chart("One run's points", "points of the metric", "ms", points));
        charts.put("bytes.svg", new Chart("Database", "points of the metric", "bytes for each point", bytes));
        return charts;
    }

    private Map<String, SortedMap<Double, Double>> searches() throws IOException, SQLException, InterruptedException {
        Map<String, SortedMap<Double, Double>> lines = new LinkedHashMap<>();
        for (int size : options.sizes()) {
            for (Scenario scenario : Searching.all(List.of(size), 0)) {
                Contest.say(scenario.name());
                double median = median(scenario.prepare(kiroku, store).work());
                lines.computeIfAbsent(scenario.name().replaceFirst("search-[0-9]+[km]-", ""), k -> new TreeMap<>()).put((double) size, median);
            }
        }
        return lines;
    }

    /** One run grows tenfold again and again; what it costs to log to it and to read it is measured between. */
    private void points(Map<String, SortedMap<Double, Double>> costs, Map<String, SortedMap<Double, Double>> bytes)
            throws IOException, SQLException, InterruptedException {
        String runId = kiroku.call(Request.post(API + "runs/create", "{\"experiment_id\": \"0\", \"start_time\": 1}")).at("/run/info/run_id").asString();
        long before = store.size(kiroku.database());
        int logged = 0;
        for (int size : options.sizes()) {
            Contest.say(size + " points");
            Seed.points(kiroku, store, runId, "loss", logged, size);
            logged = size;
            put(bytes, "as logged, with compaction under way", size, (double) (store.size(kiroku.database()) - before) / size);
            put(costs, "sample 320", size, median((client, worker, n) -> client.sendAndDiscard(Request.get(INTERVAL + runId))));
            put(costs, "log one more", size, median((client, worker, n) -> client.sendAndDiscard(Request.post(API + "runs/log-metric",
                    "{\"run_id\": \"" + runId + "\", \"key\": \"other\", \"value\": 1, \"timestamp\": 1, \"step\": " + (size + n) + "}"))));
        }
    }

    private static void put(Map<String, SortedMap<Double, Double>> lines, String line, int size, double cost) {
        lines.computeIfAbsent(line, k -> new TreeMap<>()).put((double) size, cost);
    }

    private double median(Work work) throws IOException, InterruptedException {
        try (Load load = new Load(kiroku.port(), 1)) {
            load.run(work, options.time().dividedBy(3));
            Sample sample = load.run(work, options.time());
            if (sample.errors() > 0) {
                throw new IOException(sample.firstError());
            }
            return sample.p50();
        }
    }
}
