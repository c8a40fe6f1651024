package dev.kiroku.stores.tracking;

import dev.kiroku.core.search.Condition;
import dev.kiroku.core.search.OrderTerm;
import dev.kiroku.core.search.SearchField;
import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.stores.dialect.Dialect;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code latest_metrics}: the latest point of each metric of a run, and the least and the greatest value the metric ever had.
 *
 * <p>Updating an entry of the index by value costs more than appending a block. So the table lags behind a run that logs again and again: the
 * run is {@code behind} by its uncompacted blocks after number {@code caught_up}. A search by metrics first catches up such runs ({@link
 * #readUpToDate}); a read of runs adds the pending points from the blocks ({@link #read}). So every read sees all acknowledged points.
 */
public final class LatestMetrics {
    /** A run is behind by at most this many blocks, which are read together to catch up. */
    static final int MAX_PENDING_BLOCKS = 64;
    /** Rows of one batch. */
    private static final int BATCH_SIZE = 4096;

    /** FROM and the beginning of WHERE of the blocks that the table lacks; ends before a list of run keys. */
    private static final String PENDING_BLOCKS =
            " from runs r join metric_blocks b on b.run_key = r.run_key and b.key_id = "
                    + MetricHistory.UNCOMPACTED
                    + " and b.seq > r.caught_up where r.behind = 1 and r.run_key in ";

    private final String upsert;

    /** Creates the access to the table of a database. */
    public LatestMetrics(Dialect dialect) {
        String isLater = "(%s, %s, %s) > (latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)"
                .formatted(dialect.inserted("step"), dialect.inserted("timestamp"), dialect.inserted("value"));
        String insert = """
                insert into latest_metrics (run_key, key_id, experiment_id, is_nan, value, step, timestamp, least, greatest)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?)""";
        List<String> assignments = List.of(
                updateIfLater(dialect, "is_nan", isLater),
                updateIfLater(dialect, "value", isLater),
                updateIfLater(dialect, "step", isLater),
                updateIfLater(dialect, "timestamp", isLater),
                updateExtreme(dialect, "least", "<"),
                updateExtreme(dialect, "greatest", ">"));
        String changesAnything = isLater + " or latest_metrics.least is null or " + dialect.inserted("least")
                + " < latest_metrics.least or " + dialect.inserted("greatest") + " > latest_metrics.greatest";
        this.upsert = dialect.upsert(insert, "run_key, key_id", assignments, changesAnything);
    }

    private static String updateIfLater(Dialect dialect, String column, String isLater) {
        return "%1$s = case when %2$s then %3$s else latest_metrics.%1$s end"
                .formatted(column, isLater, dialect.inserted(column));
    }

    private static String updateExtreme(Dialect dialect, String column, String comparator) {
        return "%1$s = case when latest_metrics.%1$s is null or %3$s %2$s latest_metrics.%1$s then %3$s else latest_metrics.%1$s end"
                .formatted(column, comparator, dialect.inserted(column));
    }

    /** What the table holds of one metric of a run. */
    private static final class MetricAggregate {
        private MetricPoint latest;
        private double least = Double.POSITIVE_INFINITY;
        private double greatest = Double.NEGATIVE_INFINITY;

        MetricAggregate(MetricPoint first) {
            latest = first;
        }

        void add(MetricPoint point) {
            latest = MetricPoint.isLater(point, latest) ? point : latest;
            if (!point.isNaN()) {
                least = Math.min(least, point.value());
                greatest = Math.max(greatest, point.value());
            }
        }

        @Nullable Object[] toRow(long runKey, long experimentId) {
            boolean hasNumbers = least <= greatest;
            return new @Nullable Object[] {
                runKey,
                latest.keyId(),
                experimentId,
                latest.isNaN() ? 1 : 0,
                latest.sortValue(),
                latest.step(),
                latest.timestamp(),
                hasNumbers ? least : null,
                hasNumbers ? greatest : null
            };
        }
    }

    /** The metrics of one run, sorted by key, so that transactions do not deadlock. */
    private static final class RunAggregates {
        private final long experimentId;
        private final SortedMap<Long, MetricAggregate> byKey = new TreeMap<>();
        private long lastBlock;

        RunAggregates(long experimentId) {
            this.experimentId = experimentId;
        }

        void add(MetricPoint point) {
            byKey.computeIfAbsent(point.keyId(), _ -> new MetricAggregate(point))
                    .add(point);
        }
    }

    /** Adds points of runs that had no uncompacted blocks before. The runs are locked. */
    void add(Transaction tx, Collection<LoggedPoints> runs) throws SQLException {
        SortedMap<Long, RunAggregates> all = new TreeMap<>();
        for (LoggedPoints run : runs) {
            RunAggregates aggregates = new RunAggregates(run.experimentId());
            run.points().forEach(aggregates::add);
            all.put(run.runKey(), aggregates);
        }
        upsert(tx, all);
    }

    /** Adds the pending blocks of runs. The runs are locked. */
    void catchUp(Transaction tx, Collection<Long> runKeys) throws SQLException {
        SortedMap<Long, RunAggregates> runs = new TreeMap<>();
        for (List<Long> chunk : PageQuery.chunks(List.copyOf(runKeys))) {
            Sql pending = Sql.of("select r.run_key, r.experiment_id, b.seq, b.data" + PENDING_BLOCKS)
                    .addIn(chunk)
                    .add(" order by r.run_key, b.seq");
            tx.queryEach(pending, row -> {
                long runKey = row.getLong("run_key");
                long experimentId = row.getLong("experiment_id");
                RunAggregates aggregates = runs.computeIfAbsent(runKey, _ -> new RunAggregates(experimentId));
                aggregates.lastBlock = row.getLong("seq");
                MetricBlock.decode(row.getBytes("data"), MetricBlock.ALL_KEYS, aggregates::add);
            });
        }
        upsert(tx, runs);
        List<@Nullable Object[]> caughtUp = new ArrayList<>();
        runs.forEach((runKey, aggregates) -> caughtUp.add(new Object[] {aggregates.lastBlock, runKey}));
        tx.batch("update runs set behind = 0, caught_up = ? where run_key = ?", caughtUp);
    }

    private void upsert(Transaction tx, SortedMap<Long, RunAggregates> runs) throws SQLException {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (Map.Entry<Long, RunAggregates> run : runs.entrySet()) {
            RunAggregates aggregates = run.getValue();
            aggregates.byKey.values().forEach(metric -> rows.add(metric.toRow(run.getKey(), aggregates.experimentId)));
            if (rows.size() >= BATCH_SIZE) {
                tx.batch(upsert, rows);
                rows.clear();
            }
        }
        tx.batch(upsert, rows);
    }

    /** Returns the experiments whose runs must not be behind when a query is answered: all of the query if it uses metrics, else none. */
    static List<Long> experimentsToCatchUp(RunStore.Query query) {
        Stream<SearchField> fields = Stream.concat(
                query.filter().conditions().stream().map(Condition::field),
                query.order().stream().map(OrderTerm::field));
        boolean usesMetrics = fields.anyMatch(field -> switch (field.kind()) {
            case METRIC, METRIC_MIN, METRIC_MAX -> true;
            default -> false;
        });
        return usesMetrics ? query.experimentIds() : List.of();
    }

    /** A read of the table that begins with a check whether it is up to date. */
    interface UpToDateRead<T> {
        /**
         * Checks, then reads.
         *
         * @param toCheck the experiments to check; may be empty
         * @return the result, or empty if a run of these experiments is behind
         */
        Optional<T> read(Transaction tx, List<Long> toCheck) throws SQLException;
    }

    /** Runs a read that sees every point of these experiments that was acknowledged before: catches up first if a run is behind. */
    <T> T readUpToDate(Database database, List<Long> experimentIds, UpToDateRead<T> read) {
        Optional<T> result = database.read(tx -> read.read(tx, experimentIds));
        if (result.isEmpty()) {
            catchUpExperiments(database, experimentIds);
            // Runs that log meanwhile may be behind again; the read sees them as they were.
            result = database.read(tx -> read.read(tx, List.of()));
        }
        return result.orElseThrow();
    }

    private void catchUpExperiments(Database database, List<Long> experimentIds) {
        Map<Long, String> behind = database.read(tx -> {
            Map<Long, String> runs = new HashMap<>();
            tx.queryEach(
                    Sql.of("select run_key, run_id from runs where behind = 1 and experiment_id in ")
                            .addIn(experimentIds),
                    row -> runs.put(row.getLong("run_key"), row.getString("run_id")));
            return runs;
        });
        // Ordered by run id, as the writes of the run itself, which otherwise would wait for the lock.
        database.runAll(behind.entrySet(), Map.Entry::getValue, run -> tx -> {
            RunRow.lock(tx, run.getKey());
            catchUp(tx, List.of(run.getKey()));
        });
    }

    /** Returns an expression that is greater than 0 if a run of these experiments is behind. */
    static Sql anyBehind(List<Long> experimentIds) {
        return Sql.of("(select count(*) from (select 1 from runs where behind = 1 and experiment_id in ")
                .addIn(experimentIds)
                .add(" limit 1) b)");
    }

    /** Returns whether no run of these experiments is behind. */
    static boolean isUpToDate(Transaction tx, List<Long> experimentIds) throws SQLException {
        return experimentIds.isEmpty()
                || tx.queryLong(Sql.of("select ").add(anyBehind(experimentIds))).orElseThrow() == 0;
    }

    /** Consumes the latest points of runs. */
    public interface LatestMetricConsumer {
        /** Consumes the latest point of a metric. */
        void accept(long runKey, String key, MetricPoint latest);
    }

    /**
     * Reads the latest points of runs, whether the table is up to date or not.
     *
     * @param behind those of the runs that may be behind; no blocks are read for the others
     */
    public static void read(Transaction tx, List<Long> runKeys, Collection<Long> behind, LatestMetricConsumer consumer)
            throws SQLException {
        Map<Long, Map<Long, MetricPoint>> pending = readPending(tx, behind);
        Sql stored = Sql.of("""
                        select m.run_key, m.key_id, k.value as metric_key, m.is_nan, m.value, m.timestamp, m.step
                        from latest_metrics m join keys k on k.id = m.key_id
                        where m.run_key in\s""").addIn(runKeys);
        tx.queryEach(stored, row -> {
            long runKey = row.getLong("run_key");
            long keyId = row.getLong("key_id");
            String key = row.getString("metric_key");
            boolean nan = row.getBoolean("is_nan");
            double value = row.getDouble("value");
            MetricPoint point =
                    new MetricPoint(keyId, nan ? Double.NaN : value, row.getLong("timestamp"), row.getLong("step"));
            Map<Long, MetricPoint> pendingOfRun = pending.get(runKey);
            MetricPoint later = pendingOfRun == null ? null : pendingOfRun.remove(keyId);
            consumer.accept(runKey, key, later != null && MetricPoint.isLater(later, point) ? later : point);
        });
        Map<Long, String> keys = readKeys(
                tx,
                pending.values().stream()
                        .flatMap(points -> points.keySet().stream())
                        .distinct()
                        .toList());
        pending.forEach((runKey, points) -> points.forEach(
                (keyId, latest) -> consumer.accept(runKey, Objects.requireNonNull(keys.get(keyId)), latest)));
    }

    /** Returns the latest points in pending blocks, by run key and key id. */
    private static Map<Long, Map<Long, MetricPoint>> readPending(Transaction tx, Collection<Long> runKeys)
            throws SQLException {
        Map<Long, Map<Long, MetricPoint>> pending = new HashMap<>();
        if (!runKeys.isEmpty()) {
            Sql blocks = Sql.of("select r.run_key, b.data" + PENDING_BLOCKS)
                    .addIn(runKeys)
                    .add(" order by r.run_key, b.seq");
            tx.queryEach(blocks, row -> {
                Map<Long, MetricPoint> latest = pending.computeIfAbsent(row.getLong("run_key"), _ -> new TreeMap<>());
                MetricBlock.decode(
                        row.getBytes("data"),
                        MetricBlock.ALL_KEYS,
                        point -> latest.merge(
                                point.keyId(),
                                point,
                                (before, after) -> MetricPoint.isLater(after, before) ? after : before));
            });
        }
        return pending;
    }

    private static Map<Long, String> readKeys(Transaction tx, List<Long> keyIds) throws SQLException {
        Map<Long, String> keys = new HashMap<>();
        for (List<Long> chunk : PageQuery.chunks(keyIds)) {
            tx.queryEach(
                    Sql.of("select id, value from keys where id in ").addIn(chunk),
                    row -> keys.put(row.getLong("id"), row.getString("value")));
        }
        return keys;
    }
}
