package dev.kiroku.stores.tracking;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.Tx;
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
record Compaction(long runKey, List<Block> gone, List<Packed> come, boolean complete, Work work) {
    /** So many points a block holds: enough that its row costs nothing, few enough to read one for a sample. */
    private static final int FULL = 4096;
    /** Metrics with fewer points stay in mixed blocks: a row each would cost more than it holds. */
    private static final int MIN_OWN = 64;
    /** What one plan takes at most, so that it stays small in memory and its transaction short. */
    private static final int MAX_BLOCKS = 256;

    private static final int MAX_POINTS = 50_000;

    record Block(long keyId, long seq, int points) {}

    record Packed(long keyId, int points, byte[] data) {}

    /** What it amounts to; {@code points} are those that left fresh blocks. */
    record Work(long blocksIn, long bytesIn, long blocksOut, long bytesOut, long points) {
        Work plus(Work more) {
            return new Work(
                    blocksIn + more.blocksIn,
                    bytesIn + more.bytesIn,
                    blocksOut + more.blocksOut,
                    bytesOut + more.bytesOut,
                    points + more.points);
        }
    }

    static Compaction plan(Tx tx, long runKey) throws SQLException {
        return new Planner(tx, runKey).plan();
    }

    /** @throws KirokuException RESOURCE_CONFLICT when another has compacted or removed the run meanwhile */
    void apply(Tx tx) throws SQLException {
        // As writers of the run do, so that none of them overlooks that a note of the run has gone.
        RunRow.lock(tx, runKey);
        LatestMetrics.catchUp(tx, List.of(runKey));
        List<Block> fresh = gone.stream()
                .filter(block -> block.keyId == MetricHistory.FRESH)
                .toList();
        if (!fresh.isEmpty()) {
            remove(tx, MetricHistory.FRESH, fresh.getFirst().seq, fresh.getLast().seq, fresh.size());
        }
        for (Block block : gone) {
            if (block.keyId != MetricHistory.FRESH) {
                remove(tx, block.keyId, block.seq, block.seq, 1);
            }
        }
        List<Object[]> rows = come.stream()
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
                MetricHistory.FRESH,
                runKey));
        tx.update(Sql.of(
                "delete from fresh_runs where run_key = ?"
                        + " and not exists (select 1 from metric_blocks where run_key = ? and key_id = ?)",
                runKey,
                runKey,
                MetricHistory.FRESH));
        if (complete) {
            tx.update(Sql.of("update fresh_runs set since = " + tx.dialect().now() + " where run_key = ?", runKey));
        }
    }

    /** Later blocks have greater numbers: between the first and the last there are just those that were seen. */
    private void remove(Tx tx, long keyId, long first, long last, int expected) throws SQLException {
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
        private final Tx tx;
        private final long runKey;
        private final List<Block> gone = new ArrayList<>();
        private final List<Packed> come = new ArrayList<>();
        private final Map<Long, List<Block>> tails = new HashMap<>();
        private long bytesIn;
        private long points;

        Planner(Tx tx, long runKey) {
            this.tx = tx;
            this.runKey = runKey;
        }

        Compaction plan() throws SQLException {
            List<Point> pending = new ArrayList<>();
            boolean[] more = {false};
            tx.each(
                    Sql.of(
                            "select seq, points, data from metric_blocks where run_key = ? and key_id = ? order by seq limit "
                                    + (MAX_BLOCKS + 1),
                            runKey,
                            MetricHistory.FRESH),
                    row -> {
                        if (gone.size() == MAX_BLOCKS || pending.size() >= MAX_POINTS) {
                            more[0] = true;
                        } else {
                            pending.addAll(unpack(
                                    new Block(MetricHistory.FRESH, row.getLong(1), row.getInt(2)), row.getBytes(3)));
                        }
                    });
            points = pending.size();
            if (!gone.isEmpty()) {
                findTails();
                List<Point> small = new ArrayList<>();
                for (Map.Entry<Long, List<Point>> each :
                        byKey(join(MetricHistory.MIXED, pending)).entrySet()) {
                    if (each.getValue().size() < MIN_OWN) {
                        small.addAll(each.getValue());
                    } else {
                        put(
                                each.getKey(),
                                MetricHistory.sortedOnce(join(each.getKey(), each.getValue()), Point.BY_TIME));
                    }
                }
                put(MetricHistory.MIXED, small);
            }
            long bytesOut = come.stream().mapToLong(b -> b.data.length).sum();
            return new Compaction(
                    runKey, gone, come, !more[0], new Work(gone.size(), bytesIn, come.size(), bytesOut, points));
        }

        private void findTails() throws SQLException {
            tx.each(
                    Sql.of(
                            "select key_id, seq, points from metric_blocks where run_key = ? and key_id <> ? and points < ? order by seq",
                            runKey,
                            MetricHistory.FRESH,
                            FULL),
                    row -> tails.computeIfAbsent(row.getLong(1), key -> new ArrayList<>())
                            .addFirst(new Block(row.getLong(1), row.getLong(2), row.getInt(3))));
        }

        /** Adds the points of the key's last blocks to these, as far as that pays. */
        private List<Point> join(long keyId, List<Point> some) throws SQLException {
            for (Block tail : tails.getOrDefault(keyId, List.of())) {
                if (tail.points > 2L * some.size()) {
                    break;
                }
                some.addAll(take(tail));
            }
            return some;
        }

        private List<Point> take(Block block) throws SQLException {
            byte[] data = tx.first(
                            Sql.of(
                                    "select data from metric_blocks where run_key = ? and key_id = ? and seq = ?",
                                    runKey,
                                    block.keyId,
                                    block.seq),
                            row -> row.getBytes(1))
                    .orElseThrow();
            return unpack(block, data);
        }

        private List<Point> unpack(Block block, byte[] data) {
            gone.add(block);
            bytesIn += data.length;
            List<Point> some = new ArrayList<>(block.points);
            MetricBlock.unpack(data, MetricBlock.EVERY_KEY, some::add);
            return some;
        }

        private static Map<Long, List<Point>> byKey(List<Point> points) {
            Map<Long, List<Point>> byKey = new TreeMap<>();
            for (Point point : points) {
                byKey.computeIfAbsent(point.keyId(), key -> new ArrayList<>()).add(point);
            }
            byKey.replaceAll((key, some) -> MetricHistory.sortedOnce(some, Point.BY_TIME));
            return byKey;
        }

        private void put(long keyId, List<Point> points) {
            for (int from = 0; from < points.size(); from += FULL) {
                List<Point> part = points.subList(from, Math.min(points.size(), from + FULL));
                come.add(new Packed(keyId, part.size(), MetricBlock.squeeze(part)));
            }
        }
    }
}
