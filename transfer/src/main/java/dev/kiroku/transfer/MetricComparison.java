package dev.kiroku.transfer;

import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.core.transfer.MetricPoints;
import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.model.tracking.Metric;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Compares the metric points of a source with the histories that a store returns, run by run. */
final class MetricComparison implements Consumer<RunMetrics> {
    private final RunStore store;
    private final RecordDifferences differences;
    private String runId = "";
    /** The points of the run that the store has, by key; true if the source has shown them, once or several times. */
    private final Map<String, Map<Point, Boolean>> stored = new LinkedHashMap<>();

    private long points;

    MetricComparison(RunStore store, RecordDifferences differences) {
        this.store = store;
        this.differences = differences;
    }

    private record Point(long timestamp, long step, double value) {
        /** Returns the point with its value as stores keep it: infinities as the greatest finite numbers, -0.0 as 0.0. */
        static Point of(long timestamp, long step, double value) {
            double finite = Double.isInfinite(value) ? Math.copySign(Double.MAX_VALUE, value) : value;
            return new Point(timestamp, step, finite + 0.0);
        }
    }

    @Override
    public void accept(RunMetrics metrics) {
        if (!metrics.runId().equals(runId)) {
            end();
            runId = metrics.runId();
        }
        for (MetricPoints series : metrics.series()) {
            Map<Point, Boolean> ofKey = stored.computeIfAbsent(series.key(), this::read);
            for (int i = 0; i < series.size(); i++) {
                Point point = Point.of(series.timestamps()[i], series.steps()[i], series.values()[i]);
                if (ofKey.replace(point, true) == null) {
                    differences.add("run %s: %s of the metric %s is missing".formatted(runId, point, series.key()));
                }
            }
            points += series.size();
            differences.count(series.size());
        }
    }

    private Map<Point, Boolean> read(String key) {
        Map<Point, Boolean> points = new HashMap<>();
        for (Metric metric : store.getMetricHistory(runId, key, 0, null).items()) {
            points.put(Point.of(metric.timestamp(), metric.step(), metric.value()), false);
        }
        return points;
    }

    /** Ends the comparison of a run: what is left in its histories is not in the source. */
    void end() {
        stored.forEach((key, all) -> {
            long left = all.values().stream().filter(seen -> !seen).count();
            if (left > 0) {
                differences.add(
                        "run %s: the metric %s has %d points that are not in the source".formatted(runId, key, left));
            }
        });
        stored.clear();
        runId = "";
    }

    long points() {
        return points;
    }
}
