package dev.kiroku.stores.tracking;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One step of the compaction of a run: replaces its oldest uncompacted blocks by compacted ones, which are smaller and faster to read. A plan
 * is made without locks. It is applied in one transaction, and only if the blocks that it was made from still exist.
 *
 * <p>The new points are merged with the last compacted blocks of their key if these have at most twice as many points, as in a log-structured
 * merge tree. So a point is rewritten about ten times at most, and a key has few blocks.
 *
 * @param removedBlocks the blocks to delete; the uncompacted ones first, in order
 * @param complete whether the plan covers all uncompacted blocks of the run
 */
record CompactionPlan(
        long runKey,
        List<StoredBlock> removedBlocks,
        List<NewBlock> newBlocks,
        boolean complete,
        CompactionStats stats) {
    /** Enough points that the row of a block costs little, few enough to read a block for a sample. */
    static final int MAX_POINTS_PER_BLOCK = 4096;
    /** Metrics with fewer points share blocks: a row for each would be larger than its points. */
    static final int MIN_POINTS_FOR_OWN_BLOCK = 64;
    /** Bounds the memory of a plan and the length of its transaction. */
    private static final int MAX_BLOCKS_PER_STEP = 256;

    private static final int MAX_POINTS_PER_STEP = 50_000;

    /** Inserts a block after the last one of its key, with {@link #insertParameters}. */
    static final String INSERT_BLOCK = """
            insert into metric_blocks (run_key, key_id, seq, points, data)
            select ?, ?, coalesce(max(seq), 0) + 1, ?, ? from metric_blocks where run_key = ? and key_id = ?""";

    /** A block in the database. */
    record StoredBlock(long keyId, long seq, int points) {}

    /** A block to insert. */
    record NewBlock(long keyId, int points, byte[] data) {}

    /**
     * Counts of compaction.
     *
     * @param points of uncompacted blocks that were compacted
     */
    record CompactionStats(long blocksIn, long bytesIn, long blocksOut, long bytesOut, long points) {
        static final CompactionStats NONE = new CompactionStats(0, 0, 0, 0, 0);

        CompactionStats plus(CompactionStats other) {
            return new CompactionStats(
                    blocksIn + other.blocksIn,
                    bytesIn + other.bytesIn,
                    blocksOut + other.blocksOut,
                    bytesOut + other.bytesOut,
                    points + other.points);
        }
    }

    /** Returns the plan of the next step; it removes no blocks if there is nothing to compact. */
    static CompactionPlan plan(Transaction tx, long runKey) throws SQLException {
        return new Planner(tx, runKey).plan();
    }

    /**
     * Applies the plan.
     *
     * @throws KirokuException RESOURCE_CONFLICT if the blocks of the run have changed, so that nothing may be committed
     */
    void apply(Transaction tx, LatestMetrics latestMetrics) throws SQLException {
        // Writers lock the run too, so that none of them misses that its row in fresh_runs was deleted.
        RunRow.lock(tx, runKey);
        latestMetrics.catchUp(tx, List.of(runKey));
        List<StoredBlock> uncompacted = removedBlocks.stream()
                .filter(block -> block.keyId == MetricHistory.UNCOMPACTED)
                .toList();
        if (!uncompacted.isEmpty()) {
            deleteBlocks(
                    tx,
                    MetricHistory.UNCOMPACTED,
                    uncompacted.getFirst().seq,
                    uncompacted.getLast().seq,
                    uncompacted.size());
        }
        for (StoredBlock block : removedBlocks) {
            if (block.keyId != MetricHistory.UNCOMPACTED) {
                deleteBlocks(tx, block.keyId, block.seq, block.seq, 1);
            }
        }
        List<@Nullable Object[]> rows =
                newBlocks.stream().map(block -> insertParameters(runKey, block)).toList();
        tx.batch(INSERT_BLOCK, rows);
        // Uncompacted blocks are numbered from 1 again if none is left.
        tx.update(Sql.of("""
                update runs
                set caught_up = coalesce((select max(seq) from metric_blocks where run_key = ? and key_id = ?), 0)
                where run_key = ?""", runKey, MetricHistory.UNCOMPACTED, runKey));
        tx.update(Sql.of("""
                delete from fresh_runs
                where run_key = ? and not exists (select 1 from metric_blocks where run_key = ? and key_id = ?)""", runKey, runKey, MetricHistory.UNCOMPACTED));
        if (complete) {
            tx.update(Sql.of(
                    "update fresh_runs set since = " + tx.dialect().currentTimeMillis() + " where run_key = ?",
                    runKey));
        }
    }

    /** Returns the parameters of {@link #INSERT_BLOCK}. */
    static @Nullable Object[] insertParameters(long runKey, NewBlock block) {
        return new @Nullable Object[] {runKey, block.keyId, block.points, block.data, runKey, block.keyId};
    }

    /** Deletes blocks; new blocks have greater numbers, so that between the first and the last there are only those of the plan. */
    private void deleteBlocks(Transaction tx, long keyId, long first, long last, int expected) throws SQLException {
        Sql delete = Sql.of(
                "delete from metric_blocks where run_key = ? and key_id = ? and seq between ? and ?",
                runKey,
                keyId,
                first,
                last);
        if (tx.update(delete) != expected) {
            throw new KirokuException(
                    ErrorCode.RESOURCE_CONFLICT, "The blocks of the run were changed by another transaction.");
        }
    }

    /** Chooses the blocks to replace and encodes the new ones. */
    private static final class Planner {
        private final Transaction tx;
        private final long runKey;
        private final List<StoredBlock> removedBlocks = new ArrayList<>();
        private final List<NewBlock> newBlocks = new ArrayList<>();
        /** The compacted blocks that are not full, by key id; the last one first. */
        private final Map<Long, List<StoredBlock>> tails = new HashMap<>();

        private boolean complete = true;
        private long bytesIn;
        private long points;

        Planner(Transaction tx, long runKey) {
            this.tx = tx;
            this.runKey = runKey;
        }

        CompactionPlan plan() throws SQLException {
            List<MetricPoint> uncompacted = readUncompacted();
            points = uncompacted.size();
            if (!removedBlocks.isEmpty()) {
                findTails();
                addNewBlocks(mergeTails(MetricHistory.MIXED_KEYS, uncompacted));
            }
            long bytesOut = newBlocks.stream().mapToLong(b -> b.data.length).sum();
            return new CompactionPlan(
                    runKey,
                    removedBlocks,
                    newBlocks,
                    complete,
                    new CompactionStats(removedBlocks.size(), bytesIn, newBlocks.size(), bytesOut, points));
        }

        private List<MetricPoint> readUncompacted() throws SQLException {
            List<MetricPoint> uncompacted = new ArrayList<>();
            Sql query = Sql.of(
                    "select seq, points, data from metric_blocks where run_key = ? and key_id = ? order by seq limit "
                            + (MAX_BLOCKS_PER_STEP + 1),
                    runKey,
                    MetricHistory.UNCOMPACTED);
            tx.queryEach(query, row -> {
                if (removedBlocks.size() == MAX_BLOCKS_PER_STEP || uncompacted.size() >= MAX_POINTS_PER_STEP) {
                    complete = false;
                    return;
                }
                StoredBlock block =
                        new StoredBlock(MetricHistory.UNCOMPACTED, row.getLong("seq"), row.getInt("points"));
                uncompacted.addAll(decode(block, row.getBytes("data")));
            });
            return uncompacted;
        }

        /** Adds blocks for each key that has enough points, and blocks for the other keys together. */
        private void addNewBlocks(List<MetricPoint> compacted) throws SQLException {
            List<MetricPoint> mixed = new ArrayList<>();
            for (Map.Entry<Long, List<MetricPoint>> entry :
                    groupByKey(compacted).entrySet()) {
                long keyId = entry.getKey();
                List<MetricPoint> ofKey = entry.getValue();
                if (ofKey.size() < MIN_POINTS_FOR_OWN_BLOCK) {
                    mixed.addAll(ofKey);
                } else {
                    addBlocks(keyId, MetricHistory.sortedDistinct(mergeTails(keyId, ofKey), MetricPoint.BY_TIME));
                }
            }
            addBlocks(MetricHistory.MIXED_KEYS, mixed);
        }

        private void findTails() throws SQLException {
            tx.queryEach(Sql.of("""
                            select key_id, seq, points from metric_blocks
                            where run_key = ? and key_id <> ? and points < ?
                            order by seq""", runKey, MetricHistory.UNCOMPACTED, MAX_POINTS_PER_BLOCK), row -> {
                StoredBlock block = new StoredBlock(row.getLong("key_id"), row.getLong("seq"), row.getInt("points"));
                tails.computeIfAbsent(block.keyId, _ -> new ArrayList<>()).addFirst(block);
            });
        }

        /** Adds the points of the last blocks of a key to these points, block by block while they have at most twice as many; returns the list. */
        private List<MetricPoint> mergeTails(long keyId, List<MetricPoint> merged) throws SQLException {
            for (StoredBlock tail : tails.getOrDefault(keyId, List.of())) {
                if (tail.points > 2L * merged.size()) {
                    break;
                }
                merged.addAll(readBlock(tail));
            }
            return merged;
        }

        private List<MetricPoint> readBlock(StoredBlock block) throws SQLException {
            byte[] data = tx.queryFirst(
                            Sql.of(
                                    "select data from metric_blocks where run_key = ? and key_id = ? and seq = ?",
                                    runKey,
                                    block.keyId,
                                    block.seq),
                            row -> row.getBytes("data"))
                    .orElseThrow();
            return decode(block, data);
        }

        /** Decodes a block and marks it as removed. */
        private List<MetricPoint> decode(StoredBlock block, byte[] data) {
            removedBlocks.add(block);
            bytesIn += data.length;
            List<MetricPoint> decoded = new ArrayList<>(block.points);
            MetricBlock.decode(data, MetricBlock.ALL_KEYS, decoded::add);
            return decoded;
        }

        private static Map<Long, List<MetricPoint>> groupByKey(List<MetricPoint> points) {
            Map<Long, List<MetricPoint>> byKey = new TreeMap<>();
            for (MetricPoint point : points) {
                byKey.computeIfAbsent(point.keyId(), _ -> new ArrayList<>()).add(point);
            }
            byKey.replaceAll((_, ofKey) -> MetricHistory.sortedDistinct(ofKey, MetricPoint.BY_TIME));
            return byKey;
        }

        private void addBlocks(long keyId, List<MetricPoint> points) {
            for (int from = 0; from < points.size(); from += MAX_POINTS_PER_BLOCK) {
                List<MetricPoint> part = points.subList(from, Math.min(points.size(), from + MAX_POINTS_PER_BLOCK));
                newBlocks.add(new NewBlock(keyId, part.size(), MetricBlock.encodeCompressed(part)));
            }
        }
    }
}
