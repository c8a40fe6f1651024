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

/**
 * What is to be done for one run: its oldest fresh blocks go, and blocks that are small and quick to read come in their place. A plan is made
 * without locks; it is carried out in one transaction, or not at all when what it was made from is no longer there.
 *
 * <p>Points join blocks of their key as numbers are carried in counting: a block is packed anew together with the newer ones when those are
 * at least half as many, until it is full. So a point is packed some ten times in its life at most, and a key has few blocks.
 *
 * @param complete whether all fresh blocks of the run were looked at
 */
record CompactionPlan(
        long runKey,
        List<StoredBlock> removedBlocks,
        List<NewBlock> newBlocks,
        boolean complete,
        CompactionStats stats) {
    /** So many points a block holds: enough that its row costs nothing, few enough to read one for a sample. */
    private static final int MAX_POINTS_PER_BLOCK = 4096;
    /** Metrics with fewer points stay in mixed blocks: a row each would cost more than it holds. */
    private static final int MIN_POINTS_FOR_OWN_BLOCK = 64;
    /** What one plan takes at most, so that it stays small in memory and its transaction short. */
    private static final int MAX_BLOCKS_PER_STEP = 256;

    private static final int MAX_POINTS_PER_STEP = 50_000;

    record StoredBlock(long keyId, long seq, int points) {}

    record NewBlock(long keyId, int points, byte[] data) {}

    /** What it amounts to; {@code points} are those that left fresh blocks. */
    record CompactionStats(long blocksIn, long bytesIn, long blocksOut, long bytesOut, long points) {
        CompactionStats plus(CompactionStats more) {
            return new CompactionStats(
                    blocksIn + more.blocksIn,
                    bytesIn + more.bytesIn,
                    blocksOut + more.blocksOut,
                    bytesOut + more.bytesOut,
                    points + more.points);
        }
    }

    static CompactionPlan plan(Transaction tx, long runKey) throws SQLException {
        return new Planner(tx, runKey).plan();
    }

    /** @throws KirokuException RESOURCE_CONFLICT when another has compacted or removed the run meanwhile */
    void apply(Transaction tx, LatestMetrics latestMetrics) throws SQLException {
        // As writers of the run do, so that none of them overlooks that a note of the run has gone.
        RunRow.lock(tx, runKey);
        latestMetrics.catchUp(tx, List.of(runKey));
        List<StoredBlock> fresh = removedBlocks.stream()
                .filter(block -> block.keyId == MetricHistory.UNCOMPACTED)
                .toList();
        if (!fresh.isEmpty()) {
            deleteBlocks(tx, MetricHistory.UNCOMPACTED, fresh.getFirst().seq, fresh.getLast().seq, fresh.size());
        }
        for (StoredBlock block : removedBlocks) {
            if (block.keyId != MetricHistory.UNCOMPACTED) {
                deleteBlocks(tx, block.keyId, block.seq, block.seq, 1);
            }
        }
        List<Object[]> rows = newBlocks.stream()
                .map(b -> new Object[] {runKey, b.keyId, b.points, b.data, runKey, b.keyId})
                .toList();
        tx.batch(
                "insert into metric_blocks (run_key, key_id, seq, points, data)"
                        + " select ?, ?, coalesce(max(seq), 0) + 1, ?, ? from metric_blocks where run_key = ? and key_id = ?",
                rows);
        // Fresh blocks are numbered from 1 again when none is left.
        tx.update(Sql.of(
                "update runs set caught_up = coalesce((select max(seq) from metric_blocks where run_key = ? and key_id = ?), 0) where run_key = ?",
                runKey,
                MetricHistory.UNCOMPACTED,
                runKey));
        tx.update(Sql.of(
                "delete from fresh_runs where run_key = ?"
                        + " and not exists (select 1 from metric_blocks where run_key = ? and key_id = ?)",
                runKey,
                runKey,
                MetricHistory.UNCOMPACTED));
        if (complete) {
            tx.update(Sql.of(
                    "update fresh_runs set since = " + tx.dialect().currentTimeMillis() + " where run_key = ?",
                    runKey));
        }
    }

    /** Later blocks have greater numbers: between the first and the last there are just those that were seen. */
    private void deleteBlocks(Transaction tx, long keyId, long first, long last, int expected) throws SQLException {
        Sql delete = Sql.of(
                "delete from metric_blocks where run_key = ? and key_id = ? and seq between ? and ?",
                runKey,
                keyId,
                first,
                last);
        if (tx.update(delete) != expected) {
            throw new KirokuException(
                    ErrorCode.RESOURCE_CONFLICT, "The run was compacted or removed by another meanwhile.");
        }
    }

    /** Gathers what belongs together. */
    private static final class Planner {
        private final Transaction tx;
        private final long runKey;
        private final List<StoredBlock> removedBlocks = new ArrayList<>();
        private final List<NewBlock> newBlocks = new ArrayList<>();
        private final Map<Long, List<StoredBlock>> tails = new HashMap<>();
        private long bytesIn;
        private long points;

        Planner(Transaction tx, long runKey) {
            this.tx = tx;
            this.runKey = runKey;
        }

        CompactionPlan plan() throws SQLException {
            List<MetricPoint> pending = new ArrayList<>();
            boolean[] more = {false};
            tx.queryEach(
                    Sql.of(
                            "select seq, points, data from metric_blocks where run_key = ? and key_id = ? order by seq limit "
                                    + (MAX_BLOCKS_PER_STEP + 1),
                            runKey,
                            MetricHistory.UNCOMPACTED),
                    row -> {
                        if (removedBlocks.size() == MAX_BLOCKS_PER_STEP || pending.size() >= MAX_POINTS_PER_STEP) {
                            more[0] = true;
                        } else {
                            pending.addAll(decode(
                                    new StoredBlock(
                                            MetricHistory.UNCOMPACTED, row.getLong("seq"), row.getInt("points")),
                                    row.getBytes("data")));
                        }
                    });
            points = pending.size();
            if (!removedBlocks.isEmpty()) {
                findTails();
                List<MetricPoint> small = new ArrayList<>();
                for (Map.Entry<Long, List<MetricPoint>> each : groupByKey(mergeTails(MetricHistory.MIXED_KEYS, pending))
                        .entrySet()) {
                    if (each.getValue().size() < MIN_POINTS_FOR_OWN_BLOCK) {
                        small.addAll(each.getValue());
                    } else {
                        addBlocks(
                                each.getKey(),
                                MetricHistory.sortedDistinct(
                                        mergeTails(each.getKey(), each.getValue()), MetricPoint.BY_TIME));
                    }
                }
                addBlocks(MetricHistory.MIXED_KEYS, small);
            }
            long bytesOut = newBlocks.stream().mapToLong(b -> b.data.length).sum();
            return new CompactionPlan(
                    runKey,
                    removedBlocks,
                    newBlocks,
                    !more[0],
                    new CompactionStats(removedBlocks.size(), bytesIn, newBlocks.size(), bytesOut, points));
        }

        private void findTails() throws SQLException {
            tx.queryEach(
                    Sql.of(
                            "select key_id, seq, points from metric_blocks where run_key = ? and key_id <> ? and points < ? order by seq",
                            runKey,
                            MetricHistory.UNCOMPACTED,
                            MAX_POINTS_PER_BLOCK),
                    row -> {
                        StoredBlock block =
                                new StoredBlock(row.getLong("key_id"), row.getLong("seq"), row.getInt("points"));
                        tails.computeIfAbsent(block.keyId, _ -> new ArrayList<>())
                                .addFirst(block);
                    });
        }

        /** Adds the points of the key's last blocks to these, as far as that pays. */
        private List<MetricPoint> mergeTails(long keyId, List<MetricPoint> some) throws SQLException {
            for (StoredBlock tail : tails.getOrDefault(keyId, List.of())) {
                if (tail.points > 2L * some.size()) {
                    break;
                }
                some.addAll(readBlock(tail));
            }
            return some;
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

        private List<MetricPoint> decode(StoredBlock block, byte[] data) {
            removedBlocks.add(block);
            bytesIn += data.length;
            List<MetricPoint> some = new ArrayList<>(block.points);
            MetricBlock.decode(data, MetricBlock.ALL_KEYS, some::add);
            return some;
        }

        private static Map<Long, List<MetricPoint>> groupByKey(List<MetricPoint> points) {
            Map<Long, List<MetricPoint>> byKey = new TreeMap<>();
            for (MetricPoint point : points) {
                byKey.computeIfAbsent(point.keyId(), key -> new ArrayList<>()).add(point);
            }
            byKey.replaceAll((key, some) -> MetricHistory.sortedDistinct(some, MetricPoint.BY_TIME));
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
