package dev.kiroku.stores.tracking;

import dev.kiroku.stores.dialect.Dialect;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.Row;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Appends metric points to runs: one uncompacted block for each run, however many calls of the transaction logged to it, so that the number of
 * statements does not grow with the number of calls.
 *
 * <p>The first block of a run is added to {@code latest_metrics} at once. Later blocks are added when the table is searched, when the run
 * ends or is compacted, or when there are many of them (see {@link LatestMetrics}).
 */
final class MetricAppender {
    /**
     * A block that was appended.
     *
     * @param seq the number of the block among the uncompacted blocks of the run, from 1
     * @param behind whether {@code latest_metrics} lacked points of the run before
     * @param caughtUp the number of the last block that {@code latest_metrics} has
     */
    private record AppendedBlock(long runKey, long seq, boolean behind, long caughtUp) {
        static AppendedBlock of(Row row) throws SQLException {
            return new AppendedBlock(
                    row.getLong("run_key"), row.getLong("seq"), row.getBoolean("behind"), row.getLong("caught_up"));
        }
    }

    /** A run with this many uncompacted blocks is compacted next, whatever their age. */
    private static final int COMPACTION_THRESHOLD = 128;
    /** A writer that finds more uncompacted blocks compacts the run itself, so that reads stay fast. */
    private static final int MAX_UNCOMPACTED_BLOCKS = 512;
    /** Fills up the rows of a statement; no run has this key. */
    private static final @Nullable Object[] PADDING_ROW = {0L, 0, new byte[0]};

    private final LatestMetrics latestMetrics;
    private final String insertBlocks;
    private final String insertBlocksWhere;
    private final String insertDueLater;
    private final String upsertDueNow;

    MetricAppender(Dialect dialect, LatestMetrics latestMetrics) {
        this.latestMetrics = latestMetrics;
        this.insertBlocks = """
                insert into metric_blocks (run_key, key_id, seq, points, data)
                select %2$s, %1$d,
                  coalesce((select max(b.seq) from metric_blocks b where b.run_key = %2$s and b.key_id = %1$d), 0) + 1,
                  %3$s, %4$s
                from\s""".formatted(
                        MetricHistory.UNCOMPACTED, dialect.rowColumn(1), dialect.rowColumn(2), dialect.rowColumn(3));
        this.insertBlocksWhere = " where " + dialect.rowColumn(1) + " > 0";
        this.insertDueLater = dialect.insertIfAbsent(
                "insert into fresh_runs (run_key, since) values (?, " + dialect.currentTimeMillis() + ")");
        this.upsertDueNow = dialect.upsert("insert into fresh_runs (run_key, since) values (?, 0)", "run_key", "since");
    }

    /** Appends the points of all calls of a transaction. */
    void append(Transaction tx, List<LoggedPoints> calls) throws SQLException {
        // Sorted, so that transactions do not deadlock.
        SortedMap<Long, LoggedPoints> runs = new TreeMap<>();
        calls.forEach(call -> runs.merge(call.runKey(), call, LoggedPoints::append));
        List<AppendedBlock> blocks = appendBlocks(tx, runs.values());
        addFirstBlocks(tx, runs, blocks);
        markBehind(tx, blocks);
        catchUpFarBehind(tx, blocks);
        for (AppendedBlock block : blocks) {
            scheduleCompaction(tx, block.runKey, block.seq);
        }
    }

    private List<AppendedBlock> appendBlocks(Transaction tx, Collection<LoggedPoints> runs) throws SQLException {
        List<@Nullable Object[]> rows = runs.stream()
                .map(run ->
                        new @Nullable Object[] {run.runKey(), run.points().size(), MetricBlock.encode(run.points())})
                .toList();
        List<AppendedBlock> appended = new ArrayList<>(rows.size());
        for (List<@Nullable Object[]> chunk : PageQuery.chunks(rows)) {
            Sql insert = Sql.of(insertBlocks)
                    .add(tx.dialect().rows(PageQuery.padToPowerOfTwo(chunk, PADDING_ROW)))
                    .add(insertBlocksWhere);
            if (tx.dialect().supportsReturning()) {
                tx.insertReturning(insert, """
                        run_key, seq,
                        (select r.behind from runs r where r.run_key = metric_blocks.run_key) as behind,
                        (select r.caught_up from runs r where r.run_key = metric_blocks.run_key) as caught_up""", row -> appended.add(AppendedBlock.of(row)));
            } else {
                tx.update(insert);
                appended.addAll(lastBlocks(tx, chunk));
            }
        }
        return appended;
    }

    /** Returns the last block of each run, which this transaction has appended. */
    private static List<AppendedBlock> lastBlocks(Transaction tx, List<@Nullable Object[]> rows) throws SQLException {
        Sql query = Sql.of("""
                        select r.run_key, r.behind, r.caught_up,
                          (select max(b.seq) from metric_blocks b where b.run_key = r.run_key and b.key_id = ?) as seq
                        from runs r
                        where r.run_key in\s""", MetricHistory.UNCOMPACTED)
                .addIn(rows.stream().map(row -> row[0]).toList());
        return tx.queryList(query, AppendedBlock::of);
    }

    private void addFirstBlocks(Transaction tx, SortedMap<Long, LoggedPoints> runs, List<AppendedBlock> blocks)
            throws SQLException {
        List<LoggedPoints> first = new ArrayList<>();
        for (AppendedBlock block : blocks) {
            LoggedPoints points = runs.get(block.runKey);
            if (block.seq == 1 && points != null) {
                first.add(points);
            }
        }
        latestMetrics.add(tx, first);
    }

    private static void markBehind(Transaction tx, List<AppendedBlock> blocks) throws SQLException {
        List<Long> behind = blocks.stream()
                .filter(block -> block.seq > 1 && !block.behind)
                .map(AppendedBlock::runKey)
                .toList();
        if (!behind.isEmpty()) {
            tx.update(Sql.of("update runs set behind = 1 where run_key in ").addIn(behind));
        }
    }

    private void catchUpFarBehind(Transaction tx, List<AppendedBlock> blocks) throws SQLException {
        latestMetrics.catchUp(
                tx,
                blocks.stream()
                        .filter(block -> block.behind && block.seq - block.caughtUp >= LatestMetrics.MAX_PENDING_BLOCKS)
                        .map(AppendedBlock::runKey)
                        .toList());
    }

    private void scheduleCompaction(Transaction tx, long runKey, long lastBlock) throws SQLException {
        // A single block is as good as a compacted one: most runs that log once are never read again.
        if (lastBlock == 2) {
            tx.update(Sql.of(insertDueLater, runKey));
        } else if (lastBlock % COMPACTION_THRESHOLD == 0) {
            tx.update(Sql.of(upsertDueNow, runKey));
            while (countUncompactedBlocks(tx, runKey) > MAX_UNCOMPACTED_BLOCKS) {
                CompactionPlan.plan(tx, runKey).apply(tx, latestMetrics);
            }
        }
    }

    private static long countUncompactedBlocks(Transaction tx, long runKey) throws SQLException {
        return tx.queryLong(Sql.of(
                        "select count(*) from metric_blocks where run_key = ? and key_id = ?",
                        runKey,
                        MetricHistory.UNCOMPACTED))
                .orElseThrow();
    }
}
