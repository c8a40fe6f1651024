package dev.kiroku.transfer.source.tracker;

import dev.kiroku.transfer.source.PointCollector;
import dev.kiroku.transfer.source.files.Problems;
import java.util.Optional;

/** Adds the points of one run under names that MLflow's clients accept. Not thread-safe. */
public final class MetricWriter {
    private static final double MAX_MILLIS = 253_402_300_800_000.0; // the year 10000

    private final String runId;
    private final PointCollector points;
    private final Problems problems;
    private final KeyNames names = new KeyNames();

    /** Creates a writer for a run. */
    public MetricWriter(String runId, PointCollector points, Problems problems) {
        this.runId = runId;
        this.points = points;
        this.problems = problems;
    }

    /**
     * Adds a point.
     *
     * @param key as the source names the metric; those after the first hundred thousand names are left out and reported
     * @param timestamp milliseconds since 1970
     */
    public void add(String key, long timestamp, long step, double value) {
        Optional<String> name = names.convert(key);
        if (name.isPresent()) {
            points.add(runId, name.get(), timestamp, step, value);
        } else {
            problems.add("The run " + runId + " has too many metrics: some are left out.");
        }
    }

    /** Returns the milliseconds of a time in seconds; 0 if it is no time that can be. */
    public static long millis(double seconds) {
        double millis = seconds * 1000;
        return millis >= 0 && millis < MAX_MILLIS ? Math.round(millis) : 0;
    }
}
