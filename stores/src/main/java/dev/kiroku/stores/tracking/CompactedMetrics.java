package dev.kiroku.stores.tracking;

import dev.kiroku.core.transfer.MetricPoints;
import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.stores.dialect.Dialect;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Adds many metric points of a run at once, as the blocks that compaction would make of them. Encoding, which takes most of the time, needs no
 * transaction.
 */
public final class CompactedMetrics {
    private final LatestMetrics latestMetrics;

    /** Creates the writer of a database. */
    public CompactedMetrics(Dialect dialect) {
        this.latestMetrics = new LatestMetrics(dialect);
    }

    /** The points of a run that are to be added, encoded. */
    public static final class EncodedMetrics {
        private final String runId;
        private final List<MetricPoint> points = new ArrayList<>();
        private final List<CompactionPlan.NewBlock> blocks = new ArrayList<>();

        private EncodedMetrics(String runId) {
            this.runId = runId;
        }

        /** Returns the run. */
        public String runId() {
            return runId;
        }

        /** Returns the number of points. */
        public int size() {
            return points.size();
        }

        private void addBlocks(long keyId, List<MetricPoint> ofBlocks) {
            for (int from = 0; from < ofBlocks.size(); from += CompactionPlan.MAX_POINTS_PER_BLOCK) {
                int to = Math.min(ofBlocks.size(), from + CompactionPlan.MAX_POINTS_PER_BLOCK);
                List<MetricPoint> part = ofBlocks.subList(from, to);
                blocks.add(new CompactionPlan.NewBlock(keyId, part.size(), MetricBlock.encodeCompressed(part)));
            }
        }
    }

    /**
     * Encodes points.
     *
     * @param keyIds the id of each key
     * @param stored points to leave out, by key id
     */
    public static EncodedMetrics encode(
            RunMetrics metrics, Map<String, Long> keyIds, Map<Long, List<MetricPoint>> stored) {
        EncodedMetrics encoded = new EncodedMetrics(metrics.runId());
        List<MetricPoint> mixed = new ArrayList<>();
        for (MetricPoints series : metrics.series()) {
            long keyId = Objects.requireNonNull(keyIds.get(series.key()));
            List<MetricPoint> points = newPoints(series, keyId, stored.getOrDefault(keyId, List.of()));
            encoded.points.addAll(points);
            if (points.size() < CompactionPlan.MIN_POINTS_FOR_OWN_BLOCK) {
                mixed.addAll(points);
            } else {
                encoded.addBlocks(keyId, points);
            }
        }
        encoded.addBlocks(MetricHistory.MIXED_KEYS, mixed);
        return encoded;
    }

    private static List<MetricPoint> newPoints(MetricPoints series, long keyId, List<MetricPoint> stored) {
        Set<MetricPoint> known = stored.isEmpty() ? Set.of() : new HashSet<>(stored);
        List<MetricPoint> points = new ArrayList<>(series.size());
        for (int i = 0; i < series.size(); i++) {
            MetricPoint point = MetricPoint.of(keyId, series.values()[i], series.timestamps()[i], series.steps()[i]);
            if (!known.contains(point)) {
                points.add(point);
            }
        }
        return MetricHistory.sortedDistinct(points, MetricPoint.BY_TIME);
    }

    /** Returns the points of a run that are stored, for some keys, by key id. */
    public static Map<Long, List<MetricPoint>> read(Transaction tx, long runKey, Collection<Long> keyIds)
            throws SQLException {
        return MetricHistory.read(tx, runKey, keyIds, MetricPoint.BY_TIME);
    }

    /** The run that points belong to. */
    public record RunKey(long key, long experimentId) {}

    /**
     * Inserts the points of runs, which the transaction has locked or added.
     *
     * @param runs by id
     */
    public void insert(Transaction tx, List<EncodedMetrics> all, Map<String, RunKey> runs) throws SQLException {
        List<@Nullable Object[]> rows = new ArrayList<>();
        Map<Long, LoggedPoints> points = new HashMap<>();
        for (EncodedMetrics metrics : all) {
            RunKey run = Objects.requireNonNull(runs.get(metrics.runId));
            for (CompactionPlan.NewBlock block : metrics.blocks) {
                rows.add(CompactionPlan.insertParameters(run.key, block));
            }
            points.merge(run.key, new LoggedPoints(run.key, run.experimentId, metrics.points), LoggedPoints::append);
        }
        tx.batch(CompactionPlan.INSERT_BLOCK, rows);
        latestMetrics.add(tx, points.values());
    }
}
