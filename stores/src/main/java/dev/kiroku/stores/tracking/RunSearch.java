package dev.kiroku.stores.tracking;

import dev.kiroku.core.search.OrderTerm;
import dev.kiroku.core.search.SearchField;
import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.ViewType;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Keyset;
import dev.kiroku.stores.sql.PageQuery.PageBuilder;
import dev.kiroku.stores.sql.Row;
import dev.kiroku.stores.sql.StoredEnums;
import dev.kiroku.stores.sql.TextDictionary;
import dev.kiroku.stores.sql.Transaction;
import dev.kiroku.stores.tracking.RunConditionCompiler.CompiledCondition;
import dev.kiroku.stores.tracking.RunOrder.MetricGroup;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A search over runs: {@link #prepareForPage} then {@link #page}, or {@link #prepareForCount} then {@link #matchingRuns}.
 *
 * <p>A page can be found in two ways. An <em>index scan</em> reads the index of the order and checks the conditions on each run until the page
 * is full; it is fast if many runs satisfy them. A <em>driving condition</em> gives the runs that satisfy it, which are filtered by the others
 * and sorted; it is fast if they are few. Which one is cheaper depends on how frequent a value is for a key, which no database has
 * statistics of.
 *
 * <p>So the runs of each condition are counted, up to a limit. A condition with fewer runs drives. Otherwise a prefix of the order's index is
 * scanned, a short one first; if that does not fill the page, more runs are counted. Several equalities that are frequent each but rare
 * together drive together. The cost is bounded by the cheaper way times a small constant, whatever the data. docs/performance.md has
 * measurements.
 */
final class RunSearch {
    private static final int NO_LIMIT = Integer.MAX_VALUE;

    private final Transaction tx;
    private final RunStore.Query query;
    private final SearchLimits limits;
    private final RunConditionCompiler compiler;
    private final List<CompiledCondition> conditions;
    /** Those of the conditions that an index answers. */
    private final List<CompiledCondition> indexed;

    private final Sql stage;
    /** The runs of each indexed condition, counted up to the limit of the preparation. */
    private List<Integer> counts = List.of();

    /**
     * Creates a search in a transaction.
     *
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if runs cannot be searched by a field of the query
     */
    RunSearch(Transaction tx, TextDictionary keys, TextDictionary texts, SearchLimits limits, RunStore.Query query)
            throws SQLException {
        this.tx = tx;
        this.limits = limits;
        this.query = query;
        this.compiler = new RunConditionCompiler(tx, keys, texts, query.experimentIds());
        this.conditions = compiler.compile(query);
        this.indexed = conditions.stream()
                .filter(condition -> condition.source() != null)
                .toList();
        this.stage = switch (query.view()) {
            case ALL -> new Sql();
            case ACTIVE_ONLY -> inStage(LifecycleStage.ACTIVE);
            case DELETED_ONLY -> inStage(LifecycleStage.DELETED);
        };
    }

    private static Sql inStage(LifecycleStage stage) {
        return Sql.of(" and r.stage = ?", StoredEnums.LIFECYCLE_STAGE.encode(stage));
    }

    /** A part of the result: the statement from FROM on, and its order. */
    private record Part(Sql where, Keyset order) {}

    /**
     * An order that an index has.
     *
     * @param parts together, one after the other, the whole result
     * @param leadingColumn the expression by which the index of the first part is sorted
     * @param ofDoubles whether the leading column is a double; else it is a long
     * @param indexEntries the index entries of the first part, from FROM on
     */
    private record IndexScan(
            List<Part> parts, String leadingColumn, boolean ofDoubles, boolean ascending, Sql indexEntries) {}

    /**
     * Counts the runs of the conditions for {@link #page}, and checks with the same statement whether runs are behind.
     *
     * @param toCheck the experiments to check; may be empty
     * @return false if a run of these experiments is behind, so that the search must not be continued
     */
    boolean prepareForPage(List<Long> toCheck) throws SQLException {
        return prepare(toCheck, limits.driveAtOnceBelow());
    }

    /** As {@link #prepareForPage}, for {@link #matchingRuns}. */
    boolean prepareForCount(List<Long> toCheck) throws SQLException {
        return prepare(toCheck, limits.driveBelow());
    }

    private boolean prepare(List<Long> toCheck, int limit) throws SQLException {
        if (indexed.isEmpty()) {
            return LatestMetrics.isUpToDate(tx, toCheck);
        }
        Sql query = countQuery(indexed, limit);
        if (!toCheck.isEmpty()) {
            query.add(", ").add(LatestMetrics.anyBehind(toCheck)).add(" as behind");
        }
        return tx.queryFirst(query, row -> {
                    counts = readCounts(row, indexed.size());
                    return toCheck.isEmpty() || row.getLong("behind") == 0;
                })
                .orElseThrow();
    }

    /** Returns the first page of the result after the query's token. */
    <T> Page<T> page(String columns, Transaction.RowMapper<T> mapper) throws SQLException {
        return page(columns, 0, mapper);
    }

    /** @param skip the number of runs to leave out first, which costs no more than counting all runs */
    <T> Page<T> page(String columns, long skip, Transaction.RowMapper<T> mapper) throws SQLException {
        DrivingConditions driving = chooseDrivingConditions(counts, limits.driveAtOnceBelow());
        if (driving != null) {
            return readParts(columns, skip, mapper, List.of(drivenPart(driving)));
        }
        IndexScan scan = indexScan();
        if (scan == null) {
            driving = chooseDrivingConditions(limits.driveBelow());
            Part part = driving == null ? fullScan() : drivenPart(driving);
            return readParts(columns, skip, mapper, List.of(part));
        }
        if (!conditions.isEmpty()) {
            if (skip == 0) { // else many runs are passed, however few the page holds
                PageBuilder<T> page = scanPrefix(scan, columns, mapper);
                if (page.isFull()) {
                    return page.build();
                }
            }
            driving = chooseDrivingConditions(limits.driveBelow());
            if (driving != null) {
                return readParts(columns, skip, mapper, List.of(drivenPart(driving)));
            }
        }
        return readParts(columns, skip, mapper, scan.parts);
    }

    /** Returns FROM and WHERE of all runs of the result, without an order. */
    Sql matchingRuns() throws SQLException {
        DrivingConditions driving = chooseDrivingConditions(counts, limits.driveBelow());
        if (driving == null && !indexed.isEmpty()) {
            driving = new DrivingConditions(List.of(indexed.getFirst()), NO_LIMIT);
        }
        if (driving == null) {
            return addFilters(Sql.of(" from runs r").add(inExperiments()), "r", List.of());
        }
        return addFilters(
                runsOf(driving).add(inExperiments()).add(" and r.run_key = d.run_key"), "d", driving.conditions);
    }

    /** Fills a page from a prefix of the order: a short one, and a longer one if the short one shows that it would fill the page. */
    private <T> PageBuilder<T> scanPrefix(IndexScan scan, String columns, Transaction.RowMapper<T> mapper)
            throws SQLException {
        Part first = scan.parts.getFirst();
        String token = query.pageToken();
        PageBuilder<T> page = new PageBuilder<>(tx, columns, query.maxResults(), token, mapper);
        if (token != null && !token.isEmpty() && first.order.isBefore(tx.pageTokens(), token)) {
            return page;
        }
        int longScan = Math.max(limits.longScan(), 2 * query.maxResults());
        for (int length : List.of(Math.min(limits.shortScan(), longScan), longScan)) {
            Object end = valueAtOffset(scan, length);
            if (end == null) {
                return page; // the order is shorter
            }
            page = new PageBuilder<>(tx, columns, query.maxResults(), token, mapper);
            String before = " and " + scan.leadingColumn + (scan.ascending ? " < ?" : " > ?");
            page.addPart(new Sql().add(first.where).add(before, end), first.order);
            if (page.isFull() || (long) page.size() * longScan < (long) query.maxResults() * length) {
                return page;
            }
        }
        return page;
    }

    private <T> Page<T> readParts(String columns, long skip, Transaction.RowMapper<T> mapper, List<Part> parts)
            throws SQLException {
        PageBuilder<T> page = new PageBuilder<>(tx, columns, query.maxResults(), query.pageToken(), skip, mapper);
        for (Part part : parts) {
            page.addPart(part.where, part.order);
        }
        return page.build();
    }

    /**
     * The conditions whose indexes give the runs of a search.
     *
     * @param conditions one, or several whose indexes are sorted by run key, so that the database merges them as it reads
     * @param maxRuns at least the number of runs that satisfy them; stated so that the planner does not expect more
     */
    private record DrivingConditions(List<CompiledCondition> conditions, int maxRuns) {}

    /** Returns FROM of the runs {@code r} and the rows {@code d} that name the runs of driving conditions. */
    private Sql runsOf(DrivingConditions driving) {
        Sql from = Sql.of(" from (select d.run_key");
        if (driving.conditions.size() == 1) {
            from.add(source(driving.conditions.getFirst()));
        } else {
            from.add(" from (");
            String separator = "";
            for (CompiledCondition condition : driving.conditions) {
                from.add(separator + "select d.run_key").add(source(condition));
                separator = " intersect ";
            }
            from.add(") d");
        }
        return from.add(driving.maxRuns == NO_LIMIT ? "" : " limit " + driving.maxRuns)
                .add(") d" + tx.dialect().orderedJoin() + "runs r");
    }

    private static Sql source(CompiledCondition condition) {
        if (condition.source() == null) {
            throw new IllegalArgumentException("no index answers the condition");
        }
        return condition.source();
    }

    private @Nullable DrivingConditions chooseDrivingConditions(int limit) throws SQLException {
        return chooseDrivingConditions(countRuns(indexed, limit), limit);
    }

    /**
     * Returns the condition with the fewest runs, and others to merge with it; null if each has {@code limit} runs or more.
     *
     * @param counts the runs of each indexed condition, counted up to {@code limit}
     */
    private @Nullable DrivingConditions chooseDrivingConditions(List<Integer> counts, int limit) throws SQLException {
        if (counts.isEmpty() || Collections.min(counts) >= limit) {
            return null;
        }
        int fewest = Collections.min(counts);
        CompiledCondition rarest = indexed.get(counts.indexOf(fewest));
        List<CompiledCondition> driving = new ArrayList<>(List.of(rarest));
        if (rarest.sortedByRunKey() && fewest >= limits.driveAtOnceBelow()) {
            int maxRuns = limits.mergeFactor() * fewest;
            List<CompiledCondition> others = indexed.stream()
                    .filter(condition -> condition != rarest && condition.sortedByRunKey())
                    .toList();
            // Counts that were not cut off before maxRuns are exact enough.
            List<Integer> otherCounts = maxRuns <= limit
                    ? others.stream()
                            .map(condition -> counts.get(indexed.indexOf(condition)))
                            .toList()
                    : countRuns(others, maxRuns);
            for (int i = 0; i < others.size(); i++) {
                if (otherCounts.get(i) < maxRuns) {
                    driving.add(others.get(i));
                }
            }
        }
        return new DrivingConditions(driving, limit);
    }

    /** Returns the runs of each condition, counted up to a limit. */
    private List<Integer> countRuns(List<CompiledCondition> counted, int limit) throws SQLException {
        return counted.isEmpty()
                ? List.of()
                : tx.queryFirst(countQuery(counted, limit), row -> readCounts(row, counted.size()))
                        .orElseThrow();
    }

    private static Sql countQuery(List<CompiledCondition> counted, int limit) {
        Sql query = new Sql();
        for (int i = 0; i < counted.size(); i++) {
            query.add(i == 0 ? "select " : ", ")
                    .add("(select count(*) from (select 1")
                    .add(source(counted.get(i)))
                    .add(" limit " + limit + ") c) as c" + i);
        }
        return query;
    }

    private static List<Integer> readCounts(Row row, int size) throws SQLException {
        List<Integer> counts = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            counts.add(row.getInt("c" + i));
        }
        return counts;
    }

    private Part drivenPart(DrivingConditions driving) throws SQLException {
        Sql where = inExperiments().add(" and r.run_key = d.run_key");
        return part("d", runsOf(driving), where, driving.conditions, null);
    }

    /** Returns the whole result as one part that is sorted without an index. */
    private Part fullScan() throws SQLException {
        return part("r", Sql.of(" from runs r"), inExperiments(), List.of(), null);
    }

    /** Returns WHERE of the runs of the experiments in the stage. */
    private Sql inExperiments() {
        List<Long> experiments = query.experimentIds();
        Sql where = experiments.size() == 1
                ? Sql.of(" where r.experiment_id = ?", experiments.getFirst())
                : Sql.of(" where r.experiment_id in ").addIn(experiments);
        return where.add(stage);
    }

    /** Returns the scan of the index that has the query's order; null if there is none. */
    private @Nullable IndexScan indexScan() throws SQLException {
        if (query.experimentIds().size() != 1) {
            return null;
        }
        OrderTerm first = query.order().isEmpty()
                ? new OrderTerm(new SearchField(SearchField.Kind.ATTRIBUTE, "start_time"), false)
                : query.order().getFirst();
        if (first.field().kind() == SearchField.Kind.METRIC) {
            return metricScan(query.experimentIds().getFirst(), first);
        }
        if (RunOrder.isStartTime(first.field()) && query.view() != ViewType.ALL) {
            Sql entries = Sql.of(" from runs r").add(inExperiments());
            return new IndexScan(List.of(fullScan()), "r.start_time", false, first.ascending(), entries);
        }
        return null;
    }

    private IndexScan metricScan(long experiment, OrderTerm order) throws SQLException {
        long keyId = compiler.keyId(order.field().key());
        Sql withoutMetric = inExperiments()
                .add(
                        " and not exists (select 1 from latest_metrics m where m.run_key = r.run_key and m.key_id = ?)",
                        keyId);
        List<Part> parts = List.of(
                metricPart(experiment, keyId, 0, MetricGroup.NUMBERS),
                metricPart(experiment, keyId, 1, MetricGroup.NANS),
                part("r", Sql.of(" from runs r"), withoutMetric, List.of(), MetricGroup.ABSENT));
        Sql entries = Sql.of(
                " from latest_metrics d where d.experiment_id = ? and d.key_id = ? and d.is_nan = 0",
                experiment,
                keyId);
        return new IndexScan(parts, "d.value", true, order.ascending(), entries);
    }

    private Part metricPart(long experiment, long keyId, int isNan, MetricGroup group) throws SQLException {
        Sql where = Sql.of(
                        " where d.experiment_id = ? and d.key_id = ? and d.is_nan = " + isNan
                                + " and r.run_key = d.run_key",
                        experiment,
                        keyId)
                .add(stage);
        Sql from = Sql.of(" from latest_metrics d" + tx.dialect().orderedJoin() + "runs r");
        return part("d", from, where, List.of(), group);
    }

    /** Returns the value of the leading column after some index entries; null if there are not as many. */
    private @Nullable Object valueAtOffset(IndexScan scan, int offset) throws SQLException {
        Sql value = Sql.of("select " + scan.leadingColumn + " as leading_value").add(scan.indexEntries);
        String token = query.pageToken();
        if (token != null && !token.isEmpty()) {
            value.add(scan.parts.getFirst().order.atOrAfter(tx.pageTokens(), token));
        }
        value.add(" order by " + scan.leadingColumn + (scan.ascending ? "" : " desc") + " limit 1 offset " + offset);
        Transaction.RowMapper<Object> mapper =
                scan.ofDoubles ? row -> row.getDouble("leading_value") : row -> row.getLong("leading_value");
        return tx.queryFirst(value, mapper).orElse(null);
    }

    /**
     * Returns a part of the result.
     *
     * @param alias of the rows with which {@code from} begins: {@code d} for rows that name runs, {@code r} for runs
     * @param satisfied the conditions that {@code from} satisfies
     * @param group the values of the first order term's metric in {@code from}; null to join the metric
     */
    private Part part(String alias, Sql from, Sql where, List<CompiledCondition> satisfied, @Nullable MetricGroup group)
            throws SQLException {
        RunOrder order = RunOrder.compile(compiler, query.order(), group);
        Sql statement = new Sql().add(from).add(order.joins()).add(where);
        return new Part(addFilters(statement, alias, satisfied), order.keyset());
    }

    /** Adds the conditions. Those that need only the run key are checked on the first row that has it, before a run is looked up. */
    private Sql addFilters(Sql statement, String alias, List<CompiledCondition> satisfied) {
        for (CompiledCondition condition : conditions) {
            if (!satisfied.contains(condition)) {
                String row = condition.needsOnlyRunKey() ? alias : "r";
                statement.add(" and ").add(condition.predicate().toSql(row));
            }
        }
        return statement;
    }
}
