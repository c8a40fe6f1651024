package dev.kiroku.transfer.source;

import dev.kiroku.core.transfer.MetricPoints;
import dev.kiroku.core.transfer.RunMetrics;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Collects metric points that come one by one, run after run, and passes them on as {@link RunMetrics}: one for each run, or several with at most
 * {@link TransferSource#MAX_POINTS} points each.
 */
public final class PointCollector {
    private static final int INITIAL_CAPACITY = 16;

    private final Consumer<RunMetrics> consumer;
    private final Map<String, Columns> byKey = new LinkedHashMap<>();
    private String runId = "";
    private String lastKey = "";
    private Columns last = new Columns();
    private int size;

    /** Creates a collector. */
    public PointCollector(Consumer<RunMetrics> consumer) {
        this.consumer = consumer;
    }

    /** Points of one metric, in arrays that grow. */
    private static final class Columns {
        private long[] timestamps = new long[INITIAL_CAPACITY];
        private long[] steps = new long[INITIAL_CAPACITY];
        private double[] values = new double[INITIAL_CAPACITY];
        private int size;

        void add(long timestamp, long step, double value) {
            if (size == values.length) {
                timestamps = Arrays.copyOf(timestamps, 2 * size);
                steps = Arrays.copyOf(steps, 2 * size);
                values = Arrays.copyOf(values, 2 * size);
            }
            timestamps[size] = timestamp;
            steps[size] = step;
            values[size++] = value;
        }

        MetricPoints toPoints(String key) {
            return new MetricPoints(
                    key, Arrays.copyOf(timestamps, size), Arrays.copyOf(steps, size), Arrays.copyOf(values, size));
        }
    }

    /** Adds a point. */
    public void add(String run, String key, long timestamp, long step, double value) {
        if (!run.equals(runId)) {
            end();
            runId = run;
        } else if (size == TransferSource.MAX_POINTS) {
            end();
        }
        if (!key.equals(lastKey) || size == 0) {
            lastKey = key;
            last = byKey.computeIfAbsent(key, _ -> new Columns());
        }
        last.add(timestamp, step, value);
        size++;
    }

    /** Passes on what was collected. */
    public void end() {
        if (size > 0) {
            List<MetricPoints> series = byKey.entrySet().stream()
                    .map(entry -> entry.getValue().toPoints(entry.getKey()))
                    .toList();
            consumer.accept(new RunMetrics(runId, series, false));
            byKey.clear();
            size = 0;
        }
    }
}
