package dev.kiroku.stores.tracking;

import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.Tx;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/** The points of one metric of one run, read from its blocks: the fresh ones, which hold any keys, and the compacted ones of that key. */
final class MetricHistory {
    /** The key of fresh blocks. */
    static final long ANY_KEY = 0;

    private MetricHistory() {}

    /** @return each point once, in no order; a point that was logged twice (a client's retry) is one point */
    static SequencedSet<Point> read(Tx tx, long runKey, long keyId) throws SQLException {
        SequencedSet<Point> points = new LinkedHashSet<>();
        tx.each(
                Sql.of("select data from metric_blocks where run_key = ? and key_id in (?, ?) order by key_id, seq", runKey, ANY_KEY, keyId),
                row -> MetricBlock.unpack(row.getBytes(1), keyId, points::add));
        return points;
    }

    /** The same for several metrics at once, in one walk over the run's blocks. */
    static Map<Long, SequencedSet<Point>> read(Tx tx, long runKey, Collection<Long> keyIds) throws SQLException {
        Map<Long, SequencedSet<Point>> points = new HashMap<>();
        keyIds.forEach(id -> points.put(id, new LinkedHashSet<>()));
        List<Long> blocks = new ArrayList<>(points.keySet());
        blocks.add(ANY_KEY);
        tx.each(
                Sql.of("select data from metric_blocks where run_key = ? and key_id in ", runKey).addIn(blocks).add(" order by key_id, seq"),
                row -> {
                    byte[] data = row.getBytes(1);
                    for (Map.Entry<Long, SequencedSet<Point>> of : points.entrySet()) {
                        MetricBlock.unpack(data, of.getKey(), of.getValue()::add);
                    }
                });
        return points;
    }

    /** Appends points as a fresh block; the run is locked by the caller, so that no other takes the same place. */
    static void append(Tx tx, long runKey, List<Point> points) throws SQLException {
        tx.update(Sql.of(
                "insert into metric_blocks (run_key, key_id, seq, points, data)"
                        + " select ?, ?, coalesce(max(seq), 0) + 1, ?, ? from metric_blocks where run_key = ? and key_id = ?",
                runKey, ANY_KEY, points.size(), MetricBlock.pack(points), runKey, ANY_KEY));
    }

    /**
     * Spreads at most {@code wanted} samples evenly over the points: those are dealt into as many groups of equal size (the first ones
     * larger by one where it does not come out even), the first of each group is taken, and the last of all stands for the last group.
     */
    static List<Point> sample(List<Point> sorted, int wanted) {
        int n = sorted.size();
        if (n <= wanted) {
            return sorted;
        }
        List<Point> samples = new ArrayList<>(wanted);
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
