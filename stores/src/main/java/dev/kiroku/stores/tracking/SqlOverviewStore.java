package dev.kiroku.stores.tracking;

import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.tracking.OverviewStore;
import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.tracking.OverviewApi.KeyKind;
import dev.kiroku.model.tracking.OverviewApi.MetricRange;
import dev.kiroku.model.tracking.OverviewApi.RunKeysResponse;
import dev.kiroku.model.tracking.OverviewApi.RunRow;
import dev.kiroku.model.tracking.RunStatus;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.TextDictionary;
import dev.kiroku.stores.sql.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Many runs at once, read from SQL. */
public final class SqlOverviewStore implements OverviewStore {
    private final Database database;
    private final TextDictionary keys;
    private final TextDictionary texts;

    public SqlOverviewStore(Database database, TextDictionary keys, TextDictionary texts) {
        this.database = database;
        this.keys = keys;
        this.texts = texts;
    }

    /** A run and the places for what its row shows. */
    private record OverviewRow(
            long key,
            String runId,
            long experimentId,
            String name,
            String userId,
            RunStatus status,
            long startTime,
            Long endTime,
            String stage,
            Double[] metrics,
            Double[] least,
            Double[] greatest,
            String[] params,
            String[] tags) {
        RunRow toRow() {
            return new RunRow(
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
    public Page<RunRow> findRows(RunStore.Query query, long skip, Columns columns) {
        boolean metricsShown =
                !columns.metrics().isEmpty() || !columns.extremes().isEmpty();
        return LatestMetrics.readUpToDate(
                database,
                metricsShown ? query.experimentIds() : LatestMetrics.experimentsToCatchUp(query),
                (tx, unsettled) -> {
                    String select =
                            "select r.run_key, r.run_id, r.experiment_id, r.name, r.user_id, r.status, r.start_time, r.end_time, r.stage";
                    Page<OverviewRow> page = search(tx, query, unsettled).page(select, skip, r -> readRow(r, columns));
                    Map<Long, OverviewRow> byKey = new HashMap<>();
                    page.items().forEach(found -> byKey.put(found.key, found));
                    Map<Long, Integer> metrics = columnIndexes(tx, columns.metrics());
                    Map<Long, Integer> extremes = columnIndexes(tx, columns.extremes());
                    Map<Long, Integer> params = columnIndexes(tx, columns.params());
                    Map<Long, Integer> tags = columnIndexes(tx, columns.tags());
                    for (List<OverviewRow> chunk : PageQuery.chunks(page.items())) {
                        List<Long> runs = chunk.stream().map(OverviewRow::key).toList();
                        if (!metrics.isEmpty()) {
                            tx.queryEach(
                                    forRunsAndKeys(
                                            "select run_key, key_id, is_nan, value from latest_metrics", runs, metrics),
                                    r -> byKey.get(r.getLong(1)).metrics[metrics.get(r.getLong(2))] =
                                            r.getInt(3) == 1 ? Double.NaN : r.getDouble(4));
                        }
                        if (!extremes.isEmpty()) {
                            tx.queryEach(
                                    forRunsAndKeys(
                                                    "select run_key, key_id, least, greatest from latest_metrics",
                                                    runs,
                                                    extremes)
                                            .add(" and least is not null"),
                                    r -> {
                                        OverviewRow found = byKey.get(r.getLong(1));
                                        int place = extremes.get(r.getLong(2));
                                        found.least[place] = r.getDouble(3);
                                        found.greatest[place] = r.getDouble(4);
                                    });
                        }
                        readTexts(
                                tx, "params", runs, params, (run, place, text) -> byKey.get(run).params[place] = text);
                        readTexts(tx, "tags", runs, tags, (run, place, text) -> byKey.get(run).tags[place] = text);
                    }
                    return new Page<>(
                            page.items().stream().map(OverviewRow::toRow).toList(), page.nextPageToken());
                });
    }

    private RunSearch search(Transaction tx, RunStore.Query query, List<Long> unsettled) throws SQLException {
        return new RunSearch(tx, keys, texts, SearchLimits.DEFAULT, query, unsettled);
    }

    private static OverviewRow readRow(ResultSet row, Columns columns) throws SQLException {
        long endTime = row.getLong(8);
        Long ended = row.wasNull() ? null : endTime;
        return new OverviewRow(
                row.getLong(1),
                row.getString(2),
                row.getLong(3),
                row.getString(4),
                row.getString(5),
                RunStatus.values()[row.getInt(6)],
                row.getLong(7),
                ended,
                LifecycleStage.values()[row.getInt(9)].wireName(),
                new Double[columns.metrics().size()],
                new Double[columns.extremes().size()],
                new Double[columns.extremes().size()],
                new String[columns.params().size()],
                new String[columns.tags().size()]);
    }

    /** The place of each key in the question, by the key's number; a key that nothing ever had is left out. */
    private Map<Long, Integer> columnIndexes(Transaction tx, List<String> asked) throws SQLException {
        Map<Long, Integer> places = new HashMap<>();
        for (int i = 0; i < asked.size(); i++) {
            Optional<Long> id = keys.find(tx, asked.get(i));
            if (id.isPresent()) {
                places.putIfAbsent(id.get(), i);
            }
        }
        return places;
    }

    private interface CellConsumer {
        void accept(long run, int place, String text);
    }

    private static void readTexts(
            Transaction tx, String table, List<Long> runs, Map<Long, Integer> places, CellConsumer into)
            throws SQLException {
        if (!places.isEmpty()) {
            tx.queryEach(
                    forRunsAndKeys(
                            "select p.run_key, p.key_id, v.value from " + table
                                    + " p join texts v on v.id = p.value_id",
                            runs,
                            places),
                    r -> into.accept(r.getLong(1), places.get(r.getLong(2)), r.getString(3)));
        }
    }

    private static Sql forRunsAndKeys(String select, List<Long> runs, Map<Long, Integer> places) {
        return Sql.of(select + " where run_key in ")
                .addIn(runs)
                .add(" and key_id in ")
                .addIn(places.keySet());
    }

    @Override
    public long countRuns(RunStore.Query query) {
        return LatestMetrics.readUpToDate(
                database,
                LatestMetrics.experimentsToCatchUp(query),
                (tx, unsettled) -> tx.queryFirst(
                                Sql.of("select count(*)")
                                        .add(search(tx, query, unsettled).matchingRuns()),
                                row -> row.getLong(1))
                        .orElse(0L));
    }

    @Override
    public RunKeysResponse findKeys(List<Long> experimentIds) {
        return LatestMetrics.readUpToDate(database, experimentIds, (tx, unsettled) -> {
            LatestMetrics.requireUpToDate(tx, unsettled);
            SortedMap<String, MetricRange> metrics = new TreeMap<>();
            TreeSet<String> params = new TreeSet<>();
            TreeSet<String> tags = new TreeSet<>();
            for (Long experiment : experimentIds) {
                // An index holds the least and the greatest at its ends: a look at each, however many runs there are.
                String end =
                        "(select %s(m.value) from latest_metrics m where m.experiment_id = ? and m.key_id = k.id and m.is_nan = 0)";
                tx.queryEach(
                        distinctValues(
                                        "latest_metrics",
                                        "key_id",
                                        Sql.of("experiment_id = ?", experiment),
                                        Integer.MAX_VALUE)
                                .add(
                                        "select k.value, " + end.formatted("min") + ", " + end.formatted("max"),
                                        experiment,
                                        experiment)
                                .add(" from chosen f join keys k on k.id = f.id"),
                        row -> metrics.merge(
                                row.getString(1),
                                new MetricRange(row.getString(1), nullableDouble(row, 2), nullableDouble(row, 3)),
                                SqlOverviewStore::mergeRanges));
                for (String table : List.of("params", "tags")) {
                    tx.queryEach(
                            distinctValues(table, "key_id", Sql.of("experiment_id = ?", experiment), Integer.MAX_VALUE)
                                    .add("select k.value from chosen f join keys k on k.id = f.id"),
                            row -> (table.equals("params") ? params : tags).add(row.getString(1)));
                }
            }
            return new RunKeysResponse(List.copyOf(metrics.values()), List.copyOf(params), List.copyOf(tags));
        });
    }

    private static Double nullableDouble(ResultSet row, int column) throws SQLException {
        double value = row.getDouble(column);
        return row.wasNull() ? null : value;
    }

    private static MetricRange mergeRanges(MetricRange a, MetricRange b) {
        if (a.min() == null || b.min() == null) {
            return a.min() == null ? b : a;
        }
        return new MetricRange(a.key(), Math.min(a.min(), b.min()), Math.max(a.max(), b.max()));
    }

    @Override
    public List<String> findValues(List<Long> experimentIds, KeyKind kind, String key, String containing, int limit) {
        // Enough to find some that fit, and not all of a million learning rates.
        int looked = 20_000;
        return database.read(tx -> {
            Long keyId = keys.find(tx, key).orElse(null);
            TreeSet<String> values = new TreeSet<>();
            if (keyId != null) {
                for (Long experiment : experimentIds) {
                    tx.queryEach(
                            distinctValues(
                                            kind == KeyKind.PARAM ? "params" : "tags",
                                            "value_id",
                                            Sql.of("experiment_id = ? and key_id = ?", experiment, keyId),
                                            looked)
                                    .add(
                                            "select v.value from chosen f join texts v on v.id = f.id where v.value like ?"
                                                    + tx.dialect().likeWithoutEscape(),
                                            containsPattern(containing))
                                    .add(" order by v.value limit " + limit),
                            row -> values.add(row.getString(1)));
                }
            }
            return values.stream().limit(limit).toList();
        });
    }

    /** A percent sign or an underscore in what is looked for stands for any text, as it does in filters. */
    private static String containsPattern(String containing) {
        return "%" + containing + "%";
    }

    /**
     * Begins a statement with the distinct values {@code id} of an index's next column as {@code chosen}: from each to the next greater by one
     * look into the index, instead of past all rows.
     */
    private static Sql distinctValues(String table, String column, Sql where, int limit) {
        // The recursion is lazy: what the limit does not take is not looked for.
        return Sql.of("with recursive found(id) as (select min(" + column + ") from " + table + " where ")
                .add(where)
                .add(" union all select (select min(" + column + ") from " + table + " where ")
                .add(where)
                .add(" and " + column
                        + " > found.id) from found where found.id is not null), chosen as (select id from found limit "
                        + limit + ") ");
    }

    @Override
    public MetricHistories getMetricHistories(String runId, List<String> metricKeys) {
        return database.read(tx -> {
            long[] run = tx.queryFirst(Sql.of("select run_key, start_time from runs where run_id = ?", runId), row ->
                            new long[] {row.getLong(1), row.getLong(2)})
                    .orElseThrow(() -> notFound("Run with id=%s not found", runId));
            Map<String, Long> ids = new HashMap<>();
            for (String key : metricKeys) {
                keys.find(tx, key).ifPresent(id -> ids.put(key, id));
            }
            Map<Long, List<MetricPoint>> points = MetricHistory.read(tx, run[0], ids.values(), MetricPoint.BY_STEP);
            List<List<Metric>> metrics = new ArrayList<>();
            for (String key : metricKeys) {
                List<MetricPoint> ofKey = ids.containsKey(key) ? points.get(ids.get(key)) : List.of();
                metrics.add(ofKey.stream()
                        .map(p -> new Metric(key, p.value(), p.timestamp(), p.step()))
                        .toList());
            }
            return new MetricHistories(run[1], metrics);
        });
    }
}
