package dev.kiroku.stores.tracking;

import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes what calls have logged to runs, together for all calls that share a transaction: one fresh block for each run, however many calls named it.
 * So the statements of a busy moment do not grow with its calls. A run's first fresh block is told to {@link LatestMetrics} at once; what comes
 * after it when it is asked for, when the run ends, when it is compacted, or when there is much of it.
 */
final class MetricAppender implements Transaction.DeferredWriter<MetricAppender.LoggedPoints> {
    /**
     * What a call has logged. Its run is locked by the transaction, so that no other takes the same place among the run's blocks.
     *
     * @param points as they came
     */
    record LoggedPoints(long runKey, long experimentId, List<MetricPoint> points) {
        private LoggedPoints append(LoggedPoints later) {
            List<MetricPoint> all = new ArrayList<>(points.size() + later.points.size());
            all.addAll(points);
            all.addAll(later.points);
            return new LoggedPoints(runKey, experimentId, all);
        }
    }

    /**
     * Where a run stands after a block was appended.
     *
     * @param seq the block's place among the run's fresh blocks, from 1
     * @param behind whether {@code latest_metrics} lacked something before already
     * @param caughtUp the last block that it has
     */
    private record AppendedBlock(long runKey, long seq, boolean behind, long caughtUp) {}

    /** With so many fresh blocks a run is due to be compacted, whatever its age. */
    private static final int COMPACTION_THRESHOLD = 128;
    /** More fresh blocks than this no run has for long: who would write more compacts first, so that reading stays quick. */
    private static final int MAX_UNCOMPACTED_BLOCKS = 512;
    /** Fills what is left of a statement's rows; no run has such a key. */
    private static final Object[] PADDING_ROW = {0L, 0, new byte[0]};

    private static final String APPEND =
            "insert into metric_blocks (run_key, key_id, seq, points, data) select v.column1, %1$d,"
                    + " coalesce((select max(b.seq) from metric_blocks b where b.run_key = v.column1 and b.key_id = %1$d), 0) + 1, v.column2, v.column3 from (values ";
    private static final String APPEND_RETURNING = ") v where v.column1 > 0 returning run_key, seq,"
            + " (select r.behind from runs r where r.run_key = metric_blocks.run_key), (select r.caught_up from runs r where r.run_key = metric_blocks.run_key)";

    @Override
    public void write(Transaction tx, List<LoggedPoints> calls) throws SQLException {
        // In one order everywhere, so that transactions do not wait for each other in a circle.
        SortedMap<Long, LoggedPoints> runs = new TreeMap<>();
        calls.forEach(call -> runs.merge(call.runKey, call, LoggedPoints::append));
        List<AppendedBlock> appended = append(tx, runs.values());
        LatestMetrics.add(
                tx,
                appended.stream()
                        .filter(run -> run.seq == 1)
                        .map(run -> runs.get(run.runKey))
                        .toList());
        List<Long> behind = appended.stream()
                .filter(run -> run.seq > 1 && !run.behind)
                .map(AppendedBlock::runKey)
                .toList();
        if (!behind.isEmpty()) {
            tx.update(Sql.of("update runs set behind = 1 where run_key in ").addIn(behind));
        }
        LatestMetrics.catchUp(
                tx,
                appended.stream()
                        .filter(run -> run.behind && run.seq - run.caughtUp >= LatestMetrics.MAX_PENDING_BLOCKS)
                        .map(AppendedBlock::runKey)
                        .toList());
        for (AppendedBlock run : appended) {
            scheduleCompaction(tx, run.runKey, run.seq);
        }
    }

    private static List<AppendedBlock> append(Transaction tx, Collection<LoggedPoints> runs) throws SQLException {
        List<Object[]> blocks = runs.stream()
                .map(run -> new Object[] {run.runKey, run.points.size(), MetricBlock.encode(run.points)})
                .toList();
        List<AppendedBlock> appended = new ArrayList<>(blocks.size());
        for (List<Object[]> chunk : PageQuery.chunks(blocks)) {
            tx.queryEach(
                    Sql.of(APPEND.formatted(MetricHistory.UNCOMPACTED))
                            .addRows(PageQuery.padToPowerOfTwo(chunk, PADDING_ROW))
                            .add(APPEND_RETURNING),
                    row -> appended.add(
                            new AppendedBlock(row.getLong(1), row.getLong(2), row.getInt(3) == 1, row.getLong(4))));
        }
        return appended;
    }

    private static void scheduleCompaction(Transaction tx, long runKey, long lastBlock) throws SQLException {
        // A single block is as good as a compacted one: most runs that log once are never looked at again.
        if (lastBlock == 2) {
            tx.update(Sql.of(
                    "insert into fresh_runs (run_key, since) values (?, "
                            + tx.dialect().currentTimeMillis() + ") on conflict (run_key) do nothing",
                    runKey));
        } else if (lastBlock % COMPACTION_THRESHOLD == 0) {
            tx.update(Sql.of(
                    "insert into fresh_runs (run_key, since) values (?, 0) on conflict (run_key) do update set since = 0",
                    runKey));
            while (countUncompactedBlocks(tx, runKey) > MAX_UNCOMPACTED_BLOCKS) {
                CompactionPlan.plan(tx, runKey).apply(tx);
            }
        }
    }

    private static long countUncompactedBlocks(Transaction tx, long runKey) throws SQLException {
        return tx.queryFirst(
                        Sql.of(
                                "select count(*) from metric_blocks where run_key = ? and key_id = ?",
                                runKey,
                                MetricHistory.UNCOMPACTED),
                        row -> row.getLong(1))
                .orElseThrow();
    }
}
