package dev.kiroku.stores.tracking;

import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.tracking.OverviewStore;
import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.tracking.OverviewApi;
import dev.kiroku.model.tracking.OverviewApi.KeyKind;
import dev.kiroku.model.tracking.OverviewApi.MetricRange;
import dev.kiroku.model.tracking.OverviewApi.RunKeysResponse;
import dev.kiroku.model.tracking.RunStatus;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.Row;
import dev.kiroku.stores.sql.StoredEnums;
import dev.kiroku.stores.sql.TextDictionary;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads of many runs at once, in SQL. Thread-safe. */
public final class SqlOverviewStore implements OverviewStore {
    /** The distinct values of a key that are searched for a text: enough to find some, and not all of a million learning rates. */
    private static final int MAX_SEARCHED_VALUES = 20_000;

    private final Database database;
    private final TextDictionary keys;
    private final TextDictionary texts;
    private final LatestMetrics latestMetrics;

    /**
     * Creates the store.
     *
     * @param keys the dictionary of the keys of metrics, params and tags
     * @param texts the dictionary of the values of params and tags
     */
    public SqlOverviewStore(Database database, TextDictionary keys, TextDictionary texts) {
        this.database = database;
        this.keys = keys;
        this.texts = texts;
        this.latestMetrics = new LatestMetrics(database.dialect());
    }

    /** A row of the overview whose metrics, params and tags are filled in one table after the other. */
    private record OverviewRow(
            long key,
            String runId,
            long experimentId,
            String name,
            String userId,
            RunStatus status,
            long startTime,
            @Nullable Long endTime,
            String stage,
            @Nullable Double[] metrics,
            @Nullable Double[] least,
            @Nullable Double[] greatest,
            @Nullable String[] params,
            @Nullable String[] tags) {
        static final String COLUMNS =
                "r.run_key, r.run_id, r.experiment_id, r.name, r.user_id, r.status, r.start_time, r.end_time, r.stage";

        static OverviewRow of(Row row, Columns columns) throws SQLException {
            int extremes = columns.extremes().size();
            return new OverviewRow(
                    row.getLong("run_key"),
                    row.getString("run_id"),
                    row.getLong("experiment_id"),
                    row.getString("name"),
                    row.getString("user_id"),
                    row.get("status", StoredEnums.RUN_STATUS),
                    row.getLong("start_time"),
                    row.getLongOrNull("end_time"),
                    row.get("stage", StoredEnums.LIFECYCLE_STAGE).wireName(),
                    new @Nullable Double[columns.metrics().size()],
                    new @Nullable Double[extremes],
                    new @Nullable Double[extremes],
                    new @Nullable String[columns.params().size()],
                    new @Nullable String[columns.tags().size()]);
        }

        OverviewApi.RunRow toRow() {
            return new OverviewApi.RunRow(
                    runId,
                    Long.toString(experimentId),
                    name,
                    userId,
                    status,
                    startTime,
                    endTime,
                    stage,
                    Arrays.asList(metrics),
                    Arrays.asList(least),
                    Arrays.asList(greatest),
                    Arrays.asList(params),
                    Arrays.asList(tags));
        }
    }

    @Override
    public Page<OverviewApi.RunRow> findRows(RunStore.Query query, long skip, Columns columns) {
        boolean showsMetrics =
                !columns.metrics().isEmpty() || !columns.extremes().isEmpty();
        List<Long> toCatchUp = showsMetrics ? query.experimentIds() : LatestMetrics.experimentsToCatchUp(query);
        return latestMetrics.readUpToDate(database, toCatchUp, (tx, toCheck) -> {
            RunSearch search = newSearch(tx, query);
            if (!search.prepareForPage(toCheck)) {
                return Optional.empty();
            }
            Page<OverviewRow> page =
                    search.page("select " + OverviewRow.COLUMNS, skip, row -> OverviewRow.of(row, columns));
            fill(tx, page.items(), columns);
            return Optional.of(
                    new Page<>(page.items().stream().map(OverviewRow::toRow).toList(), page.nextPageToken()));
        });
    }

    private RunSearch newSearch(Transaction tx, RunStore.Query query) throws SQLException {
        return new RunSearch(tx, keys, texts, SearchLimits.DEFAULT, query);
    }

    /** Fills in the metrics, params and tags of rows. */
    private void fill(Transaction tx, List<OverviewRow> rows, Columns columns) throws SQLException {
        Map<Long, OverviewRow> byKey = new HashMap<>();
        rows.forEach(row -> byKey.put(row.key, row));
        ColumnIndexes metrics = columnIndexes(tx, columns.metrics());
        ColumnIndexes extremes = columnIndexes(tx, columns.extremes());
        ColumnIndexes params = columnIndexes(tx, columns.params());
        ColumnIndexes tags = columnIndexes(tx, columns.tags());
        for (List<OverviewRow> chunk : PageQuery.chunks(rows)) {
            List<Long> runKeys = chunk.stream().map(OverviewRow::key).toList();
            if (!metrics.isEmpty()) {
                Sql query = forRunsAndKeys(
                        "select run_key, key_id, is_nan, value from latest_metrics", runKeys, metrics.keyIds());
                tx.queryEach(query, row -> {
                    OverviewRow target = require(byKey, row.getLong("run_key"));
                    int index = metrics.of(row.getLong("key_id"));
                    boolean nan = row.getBoolean("is_nan");
                    target.metrics[index] = nan ? Double.NaN : row.getDouble("value");
                });
            }
            if (!extremes.isEmpty()) {
                Sql query = forRunsAndKeys(
                                "select run_key, key_id, least, greatest from latest_metrics",
                                runKeys,
                                extremes.keyIds())
                        .add(" and least is not null");
                tx.queryEach(query, row -> {
                    OverviewRow target = require(byKey, row.getLong("run_key"));
                    int index = extremes.of(row.getLong("key_id"));
                    target.least[index] = row.getDouble("least");
                    target.greatest[index] = row.getDouble("greatest");
                });
            }
            readTexts(tx, "params", runKeys, params, (run, index, text) -> require(byKey, run).params[index] = text);
            readTexts(tx, "tags", runKeys, tags, (run, index, text) -> require(byKey, run).tags[index] = text);
        }
    }

    private static OverviewRow require(Map<Long, OverviewRow> rows, long runKey) {
        return Objects.requireNonNull(rows.get(runKey));
    }

    /** The positions of keys among the requested columns, by key id. */
    private record ColumnIndexes(Map<Long, Integer> byKeyId) {
        boolean isEmpty() {
            return byKeyId.isEmpty();
        }

        Collection<Long> keyIds() {
            return byKeyId.keySet();
        }

        int of(long keyId) {
            return Objects.requireNonNull(byKeyId.get(keyId));
        }
    }

    /** Returns the positions of keys; keys that no run ever had are left out. */
    private ColumnIndexes columnIndexes(Transaction tx, List<String> requested) throws SQLException {
        Map<Long, Integer> indexes = new HashMap<>();
        for (int i = 0; i < requested.size(); i++) {
            Optional<Long> id = keys.find(tx, requested.get(i));
            if (id.isPresent()) {
                indexes.putIfAbsent(id.get(), i);
            }
        }
        return new ColumnIndexes(indexes);
    }

    private interface CellConsumer {
        void accept(long run, int column, String text);
    }

    private static void readTexts(
            Transaction tx, String table, List<Long> runKeys, ColumnIndexes indexes, CellConsumer consumer)
            throws SQLException {
        if (!indexes.isEmpty()) {
            Sql query = forRunsAndKeys(
                    "select p.run_key, p.key_id, v.value from " + table + " p join texts v on v.id = p.value_id",
                    runKeys,
                    indexes.keyIds());
            tx.queryEach(
                    query,
                    row -> consumer.accept(
                            row.getLong("run_key"), indexes.of(row.getLong("key_id")), row.getString("value")));
        }
    }

    private static Sql forRunsAndKeys(String select, List<Long> runKeys, Collection<Long> keyIds) {
        return Sql.of(select + " where run_key in ")
                .addIn(runKeys)
                .add(" and key_id in ")
                .addIn(keyIds);
    }

    @Override
    public long countRuns(RunStore.Query query) {
        return latestMetrics.readUpToDate(database, LatestMetrics.experimentsToCatchUp(query), (tx, toCheck) -> {
            RunSearch search = newSearch(tx, query);
            return search.prepareForCount(toCheck)
                    ? tx.queryLong(Sql.of("select count(*)").add(search.matchingRuns()))
                    : Optional.empty();
        });
    }

    @Override
    public RunKeysResponse findKeys(List<Long> experimentIds) {
        return latestMetrics.readUpToDate(
                database,
                experimentIds,
                (tx, toCheck) -> LatestMetrics.isUpToDate(tx, toCheck)
                        ? Optional.of(readKeys(tx, experimentIds))
                        : Optional.empty());
    }

    private static RunKeysResponse readKeys(Transaction tx, List<Long> experimentIds) throws SQLException {
        SortedMap<String, MetricRange> metrics = new TreeMap<>();
        TreeSet<String> params = new TreeSet<>();
        TreeSet<String> tags = new TreeSet<>();
        for (Long experiment : experimentIds) {
            tx.queryEach(metricRanges(tx, experiment), row -> {
                String key = row.getString("metric_key");
                MetricRange range =
                        new MetricRange(key, row.getDoubleOrNull("smallest"), row.getDoubleOrNull("largest"));
                metrics.merge(key, range, SqlOverviewStore::mergeRanges);
            });
            tx.queryEach(distinctKeys(tx, "params", experiment), row -> params.add(row.getString("value")));
            tx.queryEach(distinctKeys(tx, "tags", experiment), row -> tags.add(row.getString("value")));
        }
        return new RunKeysResponse(List.copyOf(metrics.values()), List.copyOf(params), List.copyOf(tags));
    }

    /** Returns a query for the metrics of an experiment and the range of their values: two index lookups each, however many runs there are. */
    private static Sql metricRanges(Transaction tx, long experiment) {
        String extreme = """
                (select %s(m.value) from latest_metrics m
                 where m.experiment_id = ? and m.key_id = k.id and m.is_nan = 0)""";
        return tx.dialect()
                .distinctValues("latest_metrics", "key_id", Sql.of("experiment_id = ?", experiment), Integer.MAX_VALUE)
                .add("select k.value as metric_key, ")
                .add(extreme.formatted("min") + " as smallest, ", experiment)
                .add(extreme.formatted("max") + " as largest", experiment)
                .add(" from chosen f join keys k on k.id = f.id");
    }

    private static Sql distinctKeys(Transaction tx, String table, long experiment) {
        return tx.dialect()
                .distinctValues(table, "key_id", Sql.of("experiment_id = ?", experiment), Integer.MAX_VALUE)
                .add("select k.value from chosen f join keys k on k.id = f.id");
    }

    private static MetricRange mergeRanges(MetricRange a, MetricRange b) {
        if (a.min() == null || a.max() == null) {
            return b;
        }
        if (b.min() == null || b.max() == null) {
            return a;
        }
        return new MetricRange(a.key(), Math.min(a.min(), b.min()), Math.max(a.max(), b.max()));
    }

    @Override
    public List<String> findValues(List<Long> experimentIds, KeyKind kind, String key, String containing, int limit) {
        return database.read(tx -> {
            Long keyId = keys.find(tx, key).orElse(null);
            if (keyId == null) {
                return List.of();
            }
            String table = kind == KeyKind.PARAM ? "params" : "tags";
            TreeSet<String> values = new TreeSet<>();
            for (Long experiment : experimentIds) {
                Sql query = tx.dialect()
                        .distinctValues(
                                table,
                                "value_id",
                                Sql.of("experiment_id = ? and key_id = ?", experiment, keyId),
                                MAX_SEARCHED_VALUES)
                        .add("select v.value from chosen f join texts v on v.id = f.id where ")
                        // A percent sign or an underscore in the text is a wildcard, as in filters.
                        .add(tx.dialect().like("v.value", "%" + containing + "%"))
                        .add(" order by v.value limit " + limit);
                tx.queryEach(query, row -> values.add(row.getString("value")));
            }
            return values.stream().limit(limit).toList();
        });
    }

    @Override
    public MetricHistories getMetricHistories(String runId, List<String> metricKeys) {
        return database.read(tx -> {
            RunKey run = tx.queryFirst(
                            Sql.of("select run_key, start_time from runs where run_id = ?", runId),
                            row -> new RunKey(row.getLong("run_key"), row.getLong("start_time")))
                    .orElseThrow(() -> notFound("Run with id=%s not found", runId));
            Map<String, Long> ids = new HashMap<>();
            for (String key : metricKeys) {
                keys.find(tx, key).ifPresent(id -> ids.put(key, id));
            }
            Map<Long, List<MetricPoint>> points = MetricHistory.read(tx, run.key, ids.values(), MetricPoint.BY_STEP);
            List<List<Metric>> metrics = new ArrayList<>();
            for (String key : metricKeys) {
                Long id = ids.get(key);
                List<MetricPoint> ofKey = id == null ? List.of() : Objects.requireNonNull(points.get(id));
                metrics.add(ofKey.stream()
                        .map(p -> new Metric(key, p.value(), p.timestamp(), p.step()))
                        .toList());
            }
            return new MetricHistories(run.startTime, metrics);
        });
    }

    private record RunKey(long key, long startTime) {}
}
