package dev.kiroku.transfer.source.tracker;

import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.transfer.source.PointCollector;
import java.util.Optional;

/** A run of another tracker. It is read again each time, because it may still grow. */
public interface TrackedRun {
    /** Returns the name of its project, which becomes the name of the experiment. */
    String project();

    /** Reads everything but the metric points. Returns empty, and reports a problem, if the run cannot be read. */
    Optional<RunRecord> read(long experimentId);

    /**
     * Reads the metric points.
     *
     * @param runId the ID that {@link #read} returned
     */
    void readMetrics(String runId, PointCollector points);
}
