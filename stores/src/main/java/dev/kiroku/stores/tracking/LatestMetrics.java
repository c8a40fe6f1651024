package dev.kiroku.stores.tracking;

import dev.kiroku.core.search.Condition;
import dev.kiroku.core.search.OrderTerm;
import dev.kiroku.core.search.SearchField;
import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The table {@code latest_metrics}: of each run and metric the latest point, and the least and the greatest number it ever had.
 *
 * <p>A run that logs again and again is brought up to date there only now and then, for to move an entry of the index by value costs more than to
 * append a block: it is {@code behind}, by its fresh blocks after the one that {@code caught_up} tells. Who searches by metrics has such runs brought
 * up to date first ({@link #readUpToDate}); who reads runs adds what is missing ({@link #read}). So nobody sees less than what was acknowledged.
 */
public final class LatestMetrics {
    /** By so many blocks a run is behind at most: they are read at once when it is brought up to date. */
    static final int MAX_PENDING_BLOCKS = 64;
    /** Rows that are sent at a time. */
    private static final int BATCH_SIZE = 4096;

    private static final String IS_LATER =
            "(excluded.step, excluded.timestamp, excluded.value) > (latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)";
    private static final String UPSERT =
            "insert into latest_metrics (run_key, key_id, experiment_id, is_nan, value, step, timestamp, least, greatest) values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                    + " on conflict (run_key, key_id) do update set " + updateIfLater("is_nan") + ", "
                    + updateIfLater("value")
                    + ", " + updateIfLater("step") + ", " + updateIfLater("timestamp")
                    + ", " + updateExtreme("least", "<") + ", " + updateExtreme("greatest", ">")
                    + " where " + IS_LATER
                    + " or latest_metrics.least is null or excluded.least < latest_metrics.least or excluded.greatest > latest_metrics.greatest";
    private static final String PENDING_BLOCKS =
            " from runs r join metric_blocks b on b.run_key = r.run_key and b.key_id = " + MetricHistory.UNCOMPACTED
                    + " and b.seq > r.caught_up where r.behind = 1 and r.run_key in ";

    private LatestMetrics() {}

    private static String updateIfLater(String column) {
        return "%1$s = case when %2$s then excluded.%1$s else latest_metrics.%1$s end".formatted(column, IS_LATER);
    }

    private static String updateExtreme(String column, String beyond) {
        return "%1$s = case when latest_metrics.%1$s is null or excluded.%1$s %2$s latest_metrics.%1$s then excluded.%1$s else latest_metrics.%1$s end"
                .formatted(column, beyond);
    }

    /** What is kept of one metric of a run. */
    private static final class MetricAggregate {
        private MetricPoint latest;
        private double least = Double.POSITIVE_INFINITY;
        private double greatest = Double.NEGATIVE_INFINITY;

        void add(MetricPoint point) {
            latest = latest == null || MetricPoint.isLater(point, latest) ? point : latest;
            if (!point.isNaN()) {
                least = Math.min(least, point.value());
                greatest = Math.max(greatest, point.value());
            }
        }

        Object[] row(long runKey, long experimentId) {
            boolean numbers = least <= greatest;
            return new Object[] {
                runKey,
                latest.keyId(),
                experimentId,
                latest.isNaN() ? 1 : 0,
                latest.sortValue(),
                latest.step(),
                latest.timestamp(),
                numbers ? least : null,
                numbers ? greatest : null
            };
        }
    }

    /** The metrics of one run, in the order of their keys, which is the same everywhere, so that transactions do not wait for each other in a circle. */
    private static final class RunAggregates {
        private final long experimentId;
        private final SortedMap<Long, MetricAggregate> byKey = new TreeMap<>();
        private long lastBlock;

        RunAggregates(long experimentId) {
            this.experimentId = experimentId;
        }

        void add(MetricPoint point) {
            byKey.computeIfAbsent(point.keyId(), _ -> new MetricAggregate()).add(point);
        }
    }

    /** Brings runs up to date with points that were not in any of their blocks before. */
    static void add(Transaction tx, Collection<MetricAppender.LoggedPoints> runs) throws SQLException {
        SortedMap<Long, RunAggregates> all = new TreeMap<>();
        for (MetricAppender.LoggedPoints run : runs) {
            RunAggregates summaries = new RunAggregates(run.experimentId());
            run.points().forEach(summaries::add);
            all.put(run.runKey(), summaries);
        }
        upsert(tx, all);
    }

    /** Brings runs up to date with their blocks; they are locked. */
    static void catchUp(Transaction tx, Collection<Long> runKeys) throws SQLException {
        SortedMap<Long, RunAggregates> runs = new TreeMap<>();
        for (List<Long> chunk : PageQuery.chunks(List.copyOf(runKeys))) {
            tx.queryEach(
                    Sql.of("select r.run_key, r.experiment_id, b.seq, b.data" + PENDING_BLOCKS)
                            .addIn(chunk)
                            .add(" order by r.run_key, b.seq"),
                    row -> {
                        long experimentId = row.getLong(2);
                        RunAggregates summaries =
                                runs.computeIfAbsent(row.getLong(1), _ -> new RunAggregates(experimentId));
                        summaries.lastBlock = row.getLong(3);
                        MetricBlock.decode(row.getBytes(4), MetricBlock.ALL_KEYS, summaries::add);
                    });
        }
        upsert(tx, runs);
        List<Object[]> rows = new ArrayList<>();
        runs.forEach((runKey, summaries) -> rows.add(new Object[] {summaries.lastBlock, runKey}));
        tx.batch("update runs set behind = 0, caught_up = ? where run_key = ?", rows);
    }

    private static void upsert(Transaction tx, SortedMap<Long, RunAggregates> runs) throws SQLException {
        List<Object[]> rows = new ArrayList<>();
        for (Map.Entry<Long, RunAggregates> run : runs.entrySet()) {
            run.getValue()
                    .byKey
                    .values()
                    .forEach(summary -> rows.add(summary.row(run.getKey(), run.getValue().experimentId)));
            if (rows.size() >= BATCH_SIZE) {
                tx.batch(UPSERT, rows);
                rows.clear();
            }
        }
        tx.batch(UPSERT, rows);
    }

    /** @return the experiments whose runs must be up to date before the query is answered: those it asks for when it looks at metrics, else none */
    static List<Long> experimentsToCatchUp(RunStore.Query query) {
        Stream<SearchField> fields = Stream.concat(
                query.filter().conditions().stream().map(Condition::field),
                query.order().stream().map(OrderTerm::field));
        boolean looks = fields.anyMatch(field -> switch (field.kind()) {
            case METRIC, METRIC_MIN, METRIC_MAX -> true;
            default -> false;
        });
        return looks ? query.experimentIds() : List.of();
    }

    /** Reads what looks at the table. */
    interface UpToDateRead<T> {
        /** @param unsettled experiments of which the reader must make sure that no run is behind ({@link #requireUpToDate}), before it looks */
        T read(Transaction tx, List<Long> unsettled) throws SQLException;
    }

    /** Says that a run is behind. */
    private static final class RunsBehindException extends RuntimeException {
        private static final long serialVersionUID = 1;

        RunsBehindException() {
            super(null, null, false, false);
        }
    }

    /** Reads what looks at the table, the runs of these experiments being up to date with all that was acknowledged before. */
    static <T> T readUpToDate(Database database, List<Long> experimentIds, UpToDateRead<T> reading) {
        try {
            return database.read(tx -> reading.read(tx, experimentIds));
        } catch (RunsBehindException e) {
            catchUpExperiments(database, experimentIds);
            // What is logged meanwhile may leave some behind again: they are seen as they were.
            return database.read(tx -> reading.read(tx, List.of()));
        }
    }

    private static void catchUpExperiments(Database database, List<Long> experimentIds) {
        Map<Long, String> behind = database.read(tx -> {
            Map<Long, String> runs = new HashMap<>();
            tx.queryEach(
                    Sql.of("select run_key, run_id from runs where behind = 1 and experiment_id in ")
                            .addIn(experimentIds),
                    row -> runs.put(row.getLong(1), row.getString(2)));
            return runs;
        });
        // Each with the run's own writes, which would only wait for it.
        database.writeAll(behind.keySet(), behind::get, runKey -> tx -> {
            RunRow.lock(tx, runKey);
            catchUp(tx, List.of(runKey));
            return null;
        });
    }

    /** An expression for {@link #requireUpToDate(long)}: of two questions the database is asked at once. */
    static Sql anyBehind(List<Long> experimentIds) {
        return Sql.of("(select count(*) from (select 1 from runs where behind = 1 and experiment_id in ")
                .addIn(experimentIds)
                .add(" limit 1) b)");
    }

    /** @param anyBehind what {@link #anyBehind} gave */
    static void requireUpToDate(long anyBehind) {
        if (anyBehind > 0) {
            throw new RunsBehindException();
        }
    }

    static void requireUpToDate(Transaction tx, List<Long> experimentIds) throws SQLException {
        if (!experimentIds.isEmpty()) {
            requireUpToDate(tx.queryFirst(Sql.of("select ").add(anyBehind(experimentIds)), row -> row.getLong(1))
                    .orElseThrow());
        }
    }

    /** Takes a run's latest point of a metric. */
    public interface LatestMetricConsumer {
        void accept(long runKey, String key, MetricPoint latest);
    }

    /**
     * Reads the latest points of runs, also of those that are behind.
     *
     * @param behind those of the runs that may be; for the others nothing more is asked
     */
    public static void read(Transaction tx, List<Long> runKeys, Collection<Long> behind, LatestMetricConsumer each)
            throws SQLException {
        Map<Long, Map<Long, MetricPoint>> missing = readPending(tx, behind);
        tx.queryEach(
                Sql.of(
                                "select m.run_key, m.key_id, k.value, m.is_nan, m.value, m.timestamp, m.step from latest_metrics m join keys k on k.id = m.key_id"
                                        + " where m.run_key in ")
                        .addIn(runKeys),
                row -> {
                    MetricPoint kept = point(row);
                    Map<Long, MetricPoint> ofRun = missing.get(row.getLong(1));
                    MetricPoint later = ofRun == null ? null : ofRun.remove(kept.keyId());
                    each.accept(
                            row.getLong(1),
                            row.getString(3),
                            later == null || !MetricPoint.isLater(later, kept) ? kept : later);
                });
        Map<Long, String> names = readKeys(
                tx,
                missing.values().stream()
                        .flatMap(points -> points.keySet().stream())
                        .distinct()
                        .toList());
        missing.forEach(
                (runKey, points) -> points.forEach((keyId, latest) -> each.accept(runKey, names.get(keyId), latest)));
    }

    private static MetricPoint point(ResultSet row) throws SQLException {
        return new MetricPoint(
                row.getLong(2), row.getInt(4) == 1 ? Double.NaN : row.getDouble(5), row.getLong(6), row.getLong(7));
    }

    /** The latest points, by run and key, among those that are in blocks alone. */
    private static Map<Long, Map<Long, MetricPoint>> readPending(Transaction tx, Collection<Long> runKeys)
            throws SQLException {
        Map<Long, Map<Long, MetricPoint>> missing = new HashMap<>();
        if (!runKeys.isEmpty()) {
            tx.queryEach(
                    Sql.of("select r.run_key, b.data" + PENDING_BLOCKS)
                            .addIn(runKeys)
                            .add(" order by r.run_key, b.seq"),
                    row -> {
                        Map<Long, MetricPoint> latest = missing.computeIfAbsent(row.getLong(1), _ -> new TreeMap<>());
                        MetricBlock.decode(
                                row.getBytes(2),
                                MetricBlock.ALL_KEYS,
                                point -> latest.merge(
                                        point.keyId(),
                                        point,
                                        (before, after) -> MetricPoint.isLater(after, before) ? after : before));
                    });
        }
        return missing;
    }

    private static Map<Long, String> readKeys(Transaction tx, List<Long> keyIds) throws SQLException {
        Map<Long, String> names = new HashMap<>();
        for (List<Long> chunk : PageQuery.chunks(keyIds)) {
            tx.queryEach(
                    Sql.of("select id, value from keys where id in ").addIn(chunk),
                    row -> names.put(row.getLong(1), row.getString(2)));
        }
        return names;
    }
}
