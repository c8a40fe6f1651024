package dev.kiroku.stores.tracking;

import java.util.ArrayList;
import java.util.List;

/**
 * The metric points of one call. The transaction has locked the run, so that no other appends a block with the same number.
 *
 * @param points in the order in which they were logged
 */
record LoggedPoints(long runKey, long experimentId, List<MetricPoint> points) {
    /** Returns these points with those of a later call for the same run. */
    LoggedPoints append(LoggedPoints later) {
        List<MetricPoint> all = new ArrayList<>(points.size() + later.points.size());
        all.addAll(points);
        all.addAll(later.points);
        return new LoggedPoints(runKey, experimentId, all);
    }
}
