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

/**
 * The points of one metric of one run, read from its blocks: the fresh ones and the compacted mixed ones, which hold any keys, and the
 * compacted ones of that key.
 */
final class MetricHistory {
    /** The key of fresh blocks: one for each transaction that logged something (see {@link MetricAppender}). */
    static final long UNCOMPACTED = 0;
    /** The key of compacted blocks of metrics that have too few points for blocks of their own. */
    static final long MIXED_KEYS = -1;

    private MetricHistory() {}

    /** @return each point once, in this order; a point that was logged twice (a client's retry) is one point */
    static List<MetricPoint> read(Transaction tx, long runKey, long keyId, Comparator<MetricPoint> order)
            throws SQLException {
        return read(tx, runKey, List.of(keyId), order).get(keyId);
    }

    /** The same for several metrics at once, in one walk over the run's blocks. */
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

    /** @return the points in order, of equal ones just one */
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

    /** As most metrics are logged: nothing twice, nothing late. */
    private static boolean isSortedDistinct(List<MetricPoint> points, Comparator<MetricPoint> order) {
        for (int i = 1; i < points.size(); i++) {
            if (order.compare(points.get(i - 1), points.get(i)) >= 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Spreads at most {@code wanted} samples evenly over the points: those are dealt into as many groups of equal size (the first ones
     * larger by one where it does not come out even), the first of each group is taken, and the last of all stands for the last group.
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
