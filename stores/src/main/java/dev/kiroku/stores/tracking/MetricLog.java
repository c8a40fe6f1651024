package dev.kiroku.stores.tracking;

import dev.kiroku.stores.sql.Pages;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.Tx;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes what calls have logged to runs, together for all calls that share a transaction: one fresh block for each run, and one upsert for each of
 * its metrics, however many calls named it. So the statements of a busy moment do not grow with its calls.
 */
final class MetricLog implements Tx.Last<MetricLog.Logged> {
    /**
     * What a call has logged. Its run is locked by the transaction, so that no other takes the same place among the run's blocks.
     *
     * @param points by key, of each key as they came
     */
    record Logged(long runKey, long experimentId, SortedMap<Long, List<Point>> points) {
        private Logged plus(Logged later) {
            SortedMap<Long, List<Point>> all = new TreeMap<>(points);
            later.points.forEach((keyId, more) -> all.merge(keyId, more, MetricLog::concatenated));
            return new Logged(runKey, experimentId, all);
        }
    }

    /** With so many fresh blocks a run is due to be compacted, whatever its age. */
    private static final int DUE_BLOCKS = 128;
    /** More fresh blocks than this no run has for long: who would write more compacts first, so that reading stays quick. */
    private static final int MAX_BLOCKS = 512;
    /** Rows of {@code latest_metrics} that are sent at a time. */
    private static final int MAX_ROWS = 4096;

    private static final String APPEND = "insert into metric_blocks (run_key, key_id, seq, points, data)"
            + " select ?, ?, coalesce(max(seq), 0) + 1, ?, ? from metric_blocks where run_key = ? and key_id = ?";
    private static final String LATER =
            "(excluded.step, excluded.timestamp, excluded.value) > (latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)";
    private static final String UPSERT_LATEST =
            "insert into latest_metrics (run_key, key_id, experiment_id, is_nan, value, step, timestamp, least, greatest) values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                    + " on conflict (run_key, key_id) do update set " + ifLater("is_nan") + ", " + ifLater("value") + ", " + ifLater("step") + ", " + ifLater("timestamp")
                    + ", " + extreme("least", "<") + ", " + extreme("greatest", ">")
                    + " where " + LATER + " or latest_metrics.least is null or excluded.least < latest_metrics.least or excluded.greatest > latest_metrics.greatest";

    private static String ifLater(String column) {
        return "%1$s = case when %2$s then excluded.%1$s else latest_metrics.%1$s end".formatted(column, LATER);
    }

    private static String extreme(String column, String beyond) {
        return "%1$s = case when latest_metrics.%1$s is null or excluded.%1$s %2$s latest_metrics.%1$s then excluded.%1$s else latest_metrics.%1$s end"
                .formatted(column, beyond);
    }

    private static List<Point> concatenated(List<Point> some, List<Point> more) {
        List<Point> all = new ArrayList<>(some.size() + more.size());
        all.addAll(some);
        all.addAll(more);
        return all;
    }

    @Override
    public void write(Tx tx, List<Logged> calls) throws SQLException {
        // In one order everywhere, so that transactions do not wait for each other in a circle.
        SortedMap<Long, Logged> runs = new TreeMap<>();
        calls.forEach(call -> runs.merge(call.runKey, call, Logged::plus));
        appendBlocks(tx, runs);
        updateLatest(tx, runs);
    }

    private static void appendBlocks(Tx tx, SortedMap<Long, Logged> runs) throws SQLException {
        List<Object[]> blocks = new ArrayList<>(runs.size());
        for (Logged run : runs.values()) {
            List<Point> points = new ArrayList<>();
            run.points.values().forEach(points::addAll);
            blocks.add(new Object[] {run.runKey, MetricHistory.FRESH, points.size(), MetricBlock.pack(points), run.runKey, MetricHistory.FRESH});
        }
        tx.batch(APPEND, blocks);
        Map<Long, Long> lastBlocks = new HashMap<>();
        for (List<Long> some : Pages.chunks(List.copyOf(runs.keySet()))) {
            tx.each(
                    Sql.of(
                                    "select r.run_key, (select max(b.seq) from metric_blocks b where b.run_key = r.run_key and b.key_id = ?)"
                                            + " from runs r where r.run_key in ",
                                    MetricHistory.FRESH)
                            .addIn(some),
                    row -> lastBlocks.put(row.getLong(1), row.getLong(2)));
        }
        for (long runKey : runs.keySet()) {
            askForCompaction(tx, runKey, lastBlocks.get(runKey));
        }
    }

    private static void askForCompaction(Tx tx, long runKey, long lastBlock) throws SQLException {
        // A single block is as good as a compacted one: most runs that log once are never looked at again.
        if (lastBlock == 2) {
            tx.update(Sql.of("insert into fresh_runs (run_key, since) values (?, " + tx.dialect().now() + ") on conflict (run_key) do nothing", runKey));
        } else if (lastBlock % DUE_BLOCKS == 0) {
            tx.update(Sql.of("insert into fresh_runs (run_key, since) values (?, 0) on conflict (run_key) do update set since = 0", runKey));
            while (freshBlocks(tx, runKey) > MAX_BLOCKS) {
                Compaction.plan(tx, runKey).apply(tx);
            }
        }
    }

    private static long freshBlocks(Tx tx, long runKey) throws SQLException {
        return tx.first(
                        Sql.of("select count(*) from metric_blocks where run_key = ? and key_id = ?", runKey, MetricHistory.FRESH),
                        row -> row.getLong(1))
                .orElseThrow();
    }

    private static void updateLatest(Tx tx, SortedMap<Long, Logged> runs) throws SQLException {
        List<Object[]> rows = new ArrayList<>();
        for (Logged run : runs.values()) {
            run.points.forEach((keyId, points) -> rows.add(latest(run, keyId, points)));
            if (rows.size() >= MAX_ROWS) {
                tx.batch(UPSERT_LATEST, rows);
                rows.clear();
            }
        }
        tx.batch(UPSERT_LATEST, rows);
    }

    /** What is kept of a metric beside its points: the latest of them, and the extremes of those that are numbers. */
    private static Object[] latest(Logged run, long keyId, List<Point> points) {
        Point latest = points.getFirst();
        double least = Double.POSITIVE_INFINITY;
        double greatest = Double.NEGATIVE_INFINITY;
        for (Point point : points) {
            latest = Point.isLater(point, latest) ? point : latest;
            if (!point.isNaN()) {
                least = Math.min(least, point.value());
                greatest = Math.max(greatest, point.value());
            }
        }
        boolean numbers = least <= greatest;
        return new Object[] {
            run.runKey, keyId, run.experimentId, latest.isNaN() ? 1 : 0, latest.sortValue(), latest.step(), latest.timestamp(),
            numbers ? least : null, numbers ? greatest : null
        };
    }
}
