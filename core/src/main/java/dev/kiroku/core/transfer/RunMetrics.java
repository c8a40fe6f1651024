package dev.kiroku.core.transfer;

import java.util.List;

/**
 * Metric points of one run: all of them, or a part if the run has many. The run is in the store, or in the same batch.
 *
 * @param series each key at most once
 * @param compare whether the store may have some of the points already, from an import that was interrupted or from an earlier one; it then
 *     adds only the others. Otherwise it does not look, which is faster. A point that is added twice is one point to every reader
 */
public record RunMetrics(String runId, List<MetricPoints> series, boolean compare) {
    /** Returns the number of points. */
    public long size() {
        return series.stream().mapToLong(MetricPoints::size).sum();
    }
}
