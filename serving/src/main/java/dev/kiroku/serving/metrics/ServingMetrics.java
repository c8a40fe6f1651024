package dev.kiroku.serving.metrics;

import dev.kiroku.http.prometheus.Histogram;
import dev.kiroku.http.prometheus.PrometheusSample;
import dev.kiroku.http.prometheus.PrometheusTextWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counters and histograms of the model server. Thread-safe. */
public final class ServingMetrics {
    private static final Histogram.Buckets DURATIONS = Histogram.Buckets.of(
            "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10",
            "30", "60");
    private static final Histogram.Buckets COUNTS =
            Histogram.Buckets.of("1", "2", "4", "8", "16", "32", "64", "128", "256", "512", "1024");

    /** The help texts of the metrics, by name. */
    private static final Map<String, String> HELP = Map.ofEntries(
            Map.entry("kiroku_requests_total", "Scoring requests, by model, version and status."),
            Map.entry("kiroku_request_seconds", "Duration of scoring requests."),
            Map.entry("kiroku_model_lookup_failures_total", "Failed attempts to resolve a model's version."),
            Map.entry("kiroku_model_updates_total", "Versions that were loaded after the first."),
            Map.entry("kiroku_model_update_failures_total", "Versions that could not be loaded."),
            Map.entry("kiroku_batch_requests", "Requests in a batch."),
            Map.entry("kiroku_batch_rows", "Rows in a batch."),
            Map.entry("kiroku_predict_seconds", "Duration of a batch's prediction."),
            Map.entry("kiroku_worker_restarts_total", "Worker processes that were started again."));

    /**
     * The identity of a time series.
     *
     * @param labels names and values, alternating
     */
    private record SeriesKey(String name, List<String> labels) implements Comparable<SeriesKey> {
        @Override
        public int compareTo(SeriesKey other) {
            int byName = name.compareTo(other.name);
            return byName != 0 ? byName : labels.toString().compareTo(other.labels.toString());
        }

        Map<String, String> labelMap() {
            Map<String, String> map = new LinkedHashMap<>();
            for (int i = 0; i < labels.size(); i += 2) {
                map.put(labels.get(i), labels.get(i + 1));
            }
            return map;
        }

        String help() {
            return HELP.getOrDefault(name, name);
        }
    }

    private final Map<SeriesKey, LongAdder> counters = new ConcurrentHashMap<>();
    private final Map<SeriesKey, Histogram> histograms = new ConcurrentHashMap<>();

    /**
     * Returns a counter, which is exposed from then on. Callers that count often keep it.
     *
     * @param labels names and values, alternating
     */
    public LongAdder counter(String name, String... labels) {
        return counters.computeIfAbsent(new SeriesKey(name, List.of(labels)), _ -> new LongAdder());
    }

    /** Adds one to a counter. */
    public void increment(String name, String... labels) {
        counter(name, labels).increment();
    }

    /** Returns a histogram of durations in seconds. */
    public Histogram durationHistogram(String name, String... labels) {
        return histograms.computeIfAbsent(new SeriesKey(name, List.of(labels)), _ -> new Histogram(DURATIONS));
    }

    /** Returns a histogram of counts. */
    public Histogram countHistogram(String name, String... labels) {
        return histograms.computeIfAbsent(new SeriesKey(name, List.of(labels)), _ -> new Histogram(COUNTS));
    }

    /** Writes all counters and histograms. */
    public void writeTo(PrometheusTextWriter writer) {
        writer.write(new TreeMap<>(counters)
                .entrySet().stream()
                        .map(counter -> new PrometheusSample(
                                counter.getKey().name,
                                "counter",
                                counter.getKey().help(),
                                counter.getKey().labelMap(),
                                counter.getValue().sum()))
                        .toList());
        new TreeMap<>(histograms)
                .forEach((key, histogram) -> writer.write(key.name, key.help(), key.labelMap(), histogram));
    }
}
