package dev.kiroku.stores.tracking;

import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Reads the points of a metric of a run from its blocks: uncompacted and compacted blocks of several keys, and compacted blocks of the one
 * key.
 */
final class MetricHistory {
    /** The key id of uncompacted blocks, of which each transaction that logs to a run appends one (see {@link MetricAppender}). */
    static final long UNCOMPACTED = 0;
    /** The key id of compacted blocks of metrics that have too few points for blocks of their own. */
    static final long MIXED_KEYS = -1;

    private MetricHistory() {}

    /** Returns the distinct points of a metric in this order; a point that a client logged twice, as on a retry, occurs once. */
    static List<MetricPoint> read(Transaction tx, long runKey, long keyId, Comparator<MetricPoint> order)
            throws SQLException {
        return Objects.requireNonNull(read(tx, runKey, List.of(keyId), order).get(keyId));
    }

    /** Returns the distinct points of several metrics by key id, reading each block once. */
    static Map<Long, List<MetricPoint>> read(
            Transaction tx, long runKey, Collection<Long> keyIds, Comparator<MetricPoint> order) throws SQLException {
        Map<Long, List<MetricPoint>> points = new HashMap<>();
        keyIds.forEach(id -> points.put(id, new ArrayList<>()));
        List<Long> blocks = new ArrayList<>(points.keySet());
        blocks.addAll(List.of(UNCOMPACTED, MIXED_KEYS));
        long wanted = points.size() == 1 ? blocks.getFirst() : MetricBlock.ALL_KEYS;
        tx.queryEach(
                Sql.of("select data from metric_blocks where run_key = ? and key_id in ", runKey)
                        .addIn(blocks)
                        .add(" order by key_id desc, seq"),
                row -> MetricBlock.decode(row.getBytes("data"), wanted, point -> {
                    List<MetricPoint> of = points.get(point.keyId());
                    if (of != null) {
                        of.add(point);
                    }
                }));
        points.replaceAll((key, some) -> sortedDistinct(some, order));
        return points;
    }

    /** Returns the distinct points in order; may sort the list that is passed. */
    static List<MetricPoint> sortedDistinct(List<MetricPoint> points, Comparator<MetricPoint> order) {
        if (isSortedDistinct(points, order)) {
            return points;
        }
        points.sort(order);
        List<MetricPoint> once = new ArrayList<>(points.size());
        for (MetricPoint point : points) {
            if (once.isEmpty() || !once.getLast().equals(point)) {
                once.add(point);
            }
        }
        return once;
    }

    /** Returns whether points are distinct and in order, as most metrics are logged. */
    private static boolean isSortedDistinct(List<MetricPoint> points, Comparator<MetricPoint> order) {
        for (int i = 1; i < points.size(); i++) {
            if (order.compare(points.get(i - 1), points.get(i)) >= 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns at most {@code wanted} points, evenly spread: the points are divided into groups of equal size (the first groups have one more
     * if the division has a remainder), of which the first point is taken, and for the last group the last point of all.
     */
    static List<MetricPoint> sample(List<MetricPoint> sorted, int wanted) {
        int n = sorted.size();
        if (n <= wanted) {
            return sorted;
        }
        List<MetricPoint> samples = new ArrayList<>(wanted);
        int size = n / wanted;
        int larger = n % wanted;
        for (int group = 0; group < wanted; group++) {
            samples.add(sorted.get(group * size + Math.min(group, larger)));
        }
        if (!samples.getLast().equals(sorted.getLast())) {
            samples.set(wanted - 1, sorted.getLast());
        }
        return samples;
    }
}
