package dev.kiroku.stores.tracking;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.search.OrderTerm;
import dev.kiroku.core.search.SearchField;
import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.tracking.ViewType;
import dev.kiroku.stores.sql.Keyset;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.TextDictionary;
import dev.kiroku.stores.sql.Transaction;
import dev.kiroku.stores.tracking.RunConditionCompiler.CompiledCondition;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A search over runs. A page of it can be found in two ways, and how much they differ in cost no database can know, since it depends on how
 * rare a value is for a key: one can <em>walk</em> the index of the order and try the conditions on each run until the page is full, which is
 * quick when many runs satisfy them; or one can <em>drive</em> from the rarest condition, and sort what is left, which is quick when few do.
 *
 * <p>So the runs of each condition are counted, but not beyond a bound: with fewer, that condition drives. Otherwise a stretch of
 * the order is walked, a short one first, and only when that did not fill the page is counted further. Several equalities that are each
 * common and rare together drive together. Whatever the data, the work is bounded by the cheaper way and a small constant.
 * docs/performance.md has the measurements.
 */
final class RunSearch {
    private static final int NO_LIMIT = Integer.MAX_VALUE;

    private final Transaction tx;
    private final RunStore.Query query;
    private final RunConditionCompiler conditions;
    private final List<CompiledCondition> compiledConditions;
    private final Sql stage;
    private final SearchLimits limits;
    private List<Long> toCatchUp;

    /** @param unsettled see {@link LatestMetrics.UpToDateRead} */
    RunSearch(
            Transaction tx,
            TextDictionary keys,
            TextDictionary texts,
            SearchLimits bounds,
            RunStore.Query query,
            List<Long> unsettled)
            throws SQLException {
        this.tx = tx;
        this.limits = bounds;
        this.query = query;
        this.toCatchUp = unsettled;
        this.conditions = new RunConditionCompiler(tx, keys, texts, query.experimentIds());
        this.compiledConditions = conditions.compile(query);
        this.stage = query.view() == ViewType.ALL
                ? new Sql()
                : Sql.of(" and r.stage = ?", query.view() == ViewType.ACTIVE_ONLY ? 0 : 1);
    }

    /** FROM and WHERE, and the order of what they give. */
    private record Part(Sql where, Keyset order) {}

    /**
     * An order that an index has: its parts, one after the other, are the whole of it.
     *
     * @param leading the expression that the first part's index is sorted by
     * @param index the index entries of the first part, from FROM on
     */
    private record IndexScan(List<Part> parts, String leadingColumn, boolean ascending, Sql indexEntries) {}

    <T> Page<T> page(String columns, Transaction.RowMapper<T> row) throws SQLException {
        return page(columns, 0, row);
    }

    /** @param skip how many runs are left out first, which costs no more than counting all */
    <T> Page<T> page(String columns, long skip, Transaction.RowMapper<T> row) throws SQLException {
        DrivingConditions driver = chooseDrivingConditions(limits.driveAtOnceBelow());
        if (driver != null) {
            return readParts(columns, skip, row, List.of(drivenPart(driver)));
        }
        IndexScan walk = indexScan();
        if (walk == null) {
            driver = chooseDrivingConditions(limits.driveBelow());
            return readParts(
                    columns,
                    skip,
                    row,
                    List.of(
                            driver != null
                                    ? drivenPart(driver)
                                    : part("r", Sql.of(" from runs r"), inExperiments(), List.of(), null)));
        }
        if (!compiledConditions.isEmpty()) {
            if (skip == 0) { // a jump passes by many runs, however few the page holds
                PageQuery.PageBuilder<T> page = scanPrefix(walk, columns, row);
                if (page.isFull()) {
                    return page.build();
                }
            }
            driver = chooseDrivingConditions(limits.driveBelow());
            if (driver != null) {
                return readParts(columns, skip, row, List.of(drivenPart(driver)));
            }
        }
        return readParts(columns, skip, row, walk.parts);
    }

    /** A page that is filled from a stretch of the order, or from a short one when that shows that a longer one would not fill it. */
    private <T> PageQuery.PageBuilder<T> scanPrefix(IndexScan walk, String columns, Transaction.RowMapper<T> row)
            throws SQLException {
        Part first = walk.parts.getFirst();
        String token = query.pageToken();
        PageQuery.PageBuilder<T> page = new PageQuery.PageBuilder<>(tx, columns, query.maxResults(), token, row);
        if (token != null && !token.isEmpty() && first.order.isBefore(token)) {
            return page;
        }
        int stretch = Math.max(limits.longScan(), 2 * query.maxResults());
        for (int length : List.of(Math.min(limits.shortScan(), stretch), stretch)) {
            Object bound = valueAtOffset(walk, length);
            if (bound == null) {
                return page; // the order is no longer than that
            }
            page = new PageQuery.PageBuilder<>(tx, columns, query.maxResults(), token, row);
            page.addPart(
                    new Sql()
                            .add(first.where)
                            .add(" and " + walk.leadingColumn + (walk.ascending ? " < ?" : " > ?"), bound),
                    first.order);
            if (page.isFull() || (long) page.size() * stretch < (long) query.maxResults() * length) {
                return page;
            }
        }
        return page;
    }

    /** FROM and WHERE of all that is searched for, in no order. */
    Sql matchingRuns() throws SQLException {
        DrivingConditions driver = chooseDrivingConditions(limits.driveBelow());
        if (driver == null) {
            driver = compiledConditions.stream()
                    .filter(term -> term.source() != null)
                    .findFirst()
                    .map(term -> new DrivingConditions(List.of(term), NO_LIMIT))
                    .orElse(null);
        }
        if (driver == null) {
            return addFilters(Sql.of(" from runs r").add(inExperiments()), "r", List.of());
        }
        return addFilters(driver.runs().add(inExperiments()).add(" and r.run_key = d.run_key"), "d", driver.conditions);
    }

    private <T> Page<T> readParts(String columns, long skip, Transaction.RowMapper<T> row, List<Part> parts)
            throws SQLException {
        PageQuery.PageBuilder<T> page =
                new PageQuery.PageBuilder<>(tx, columns, query.maxResults(), query.pageToken(), skip, row);
        for (Part part : parts) {
            page.addPart(part.where, part.order);
        }
        return page.build();
    }

    /**
     * The conditions from whose indexes a search begins.
     *
     * @param terms one, or several whose indexes have the runs in the same order, so that the database merges them as it reads
     * @param atMost no fewer than the runs for which they hold; told so that the database does not expect more
     */
    private record DrivingConditions(List<CompiledCondition> conditions, int maxRuns) {
        /** FROM of the runs {@code r} that the rows {@code d} name. */
        Sql runs() {
            Sql from = Sql.of(" from (select d.run_key");
            if (conditions.size() == 1) {
                from.add(conditions.getFirst().source());
            } else {
                from.add(" from (");
                for (CompiledCondition term : conditions) {
                    from.add(term == conditions.getFirst() ? "select d.run_key" : " intersect select d.run_key")
                            .add(term.source());
                }
                from.add(") d");
            }
            return from.add(maxRuns == NO_LIMIT ? "" : " limit " + maxRuns).add(") d cross join runs r");
        }
    }

    /** Begins with the condition that the fewest runs satisfy; null when there is none with fewer than {@code limit}. */
    private DrivingConditions chooseDrivingConditions(int limit) throws SQLException {
        List<CompiledCondition> indexed = compiledConditions.stream()
                .filter(term -> term.source() != null)
                .toList();
        List<Integer> counts = countRuns(indexed, limit);
        if (counts.isEmpty()) {
            return null;
        }
        int fewest = Collections.min(counts);
        if (fewest >= limit) {
            return null;
        }
        CompiledCondition rarest = indexed.get(counts.indexOf(fewest));
        List<CompiledCondition> merged = new ArrayList<>(List.of(rarest));
        if (rarest.sortedByRunKey() && fewest >= limits.driveAtOnceBelow()) {
            int most = limits.mergeFactor() * fewest;
            List<CompiledCondition> others = indexed.stream()
                    .filter(term -> term != rarest && term.sortedByRunKey())
                    .toList();
            // Where the first count was not cut off before, it tells already.
            List<Integer> further = most <= limit
                    ? others.stream()
                            .map(term -> counts.get(indexed.indexOf(term)))
                            .toList()
                    : countRuns(others, most);
            for (int i = 0; i < others.size(); i++) {
                if (further.get(i) < most) {
                    merged.add(others.get(i));
                }
            }
        }
        return new DrivingConditions(merged, limit);
    }

    /** How many runs each condition has, but no more than {@code limit}. Asked for first of all: also whether the runs can be searched as they are. */
    private List<Integer> countRuns(List<CompiledCondition> of, int limit) throws SQLException {
        List<Long> toSettle = toCatchUp;
        toCatchUp = List.of();
        if (of.isEmpty()) {
            LatestMetrics.requireUpToDate(tx, toSettle);
            return List.of();
        }
        Sql sql = new Sql();
        for (CompiledCondition term : of) {
            sql.add(sql.isEmpty() ? "select " : ", ")
                    .add("(select count(*) from (select 1")
                    .add(term.source())
                    .add(" limit " + limit + ") c)");
        }
        if (!toSettle.isEmpty()) {
            sql.add(", ").add(LatestMetrics.anyBehind(toSettle));
        }
        return tx.queryFirst(sql, row -> {
                    if (!toSettle.isEmpty()) {
                        LatestMetrics.requireUpToDate(row.getLong(of.size() + 1));
                    }
                    List<Integer> counts = new ArrayList<>();
                    for (int i = 1; i <= of.size(); i++) {
                        counts.add(row.getInt(i));
                    }
                    return counts;
                })
                .orElseThrow();
    }

    private Part drivenPart(DrivingConditions driver) throws SQLException {
        return part("d", driver.runs(), inExperiments().add(" and r.run_key = d.run_key"), driver.conditions, null);
    }

    /** Runs of the experiments in the stage. */
    private Sql inExperiments() {
        List<Long> experiments = query.experimentIds();
        Sql where = experiments.size() == 1
                ? Sql.of(" where r.experiment_id = ?", experiments.getFirst())
                : Sql.of(" where r.experiment_id in ").addIn(experiments);
        return where.add(stage);
    }

    /** How to walk the order by an index; null when there is no index for it. */
    private IndexScan indexScan() throws SQLException {
        if (query.experimentIds().size() != 1) {
            return null;
        }
        long experiment = query.experimentIds().getFirst();
        OrderTerm first = query.order().isEmpty()
                ? new OrderTerm(new SearchField(SearchField.Kind.ATTRIBUTE, "start_time"), false)
                : query.order().getFirst();
        if (first.field().kind() == SearchField.Kind.METRIC) {
            long keyId = conditions.keyId(first.field().key());
            List<Part> parts = new ArrayList<>();
            for (int nan = 0; nan <= 1; nan++) {
                Sql where = Sql.of(
                                " where d.experiment_id = ? and d.key_id = ? and d.is_nan = " + nan
                                        + " and r.run_key = d.run_key",
                                experiment,
                                keyId)
                        .add(stage);
                parts.add(part(
                        "d",
                        Sql.of(" from latest_metrics d cross join runs r"),
                        where,
                        List.of(),
                        new MetricGroup(nan, "d.value")));
            }
            Sql without = inExperiments()
                    .add(
                            " and not exists (select 1 from latest_metrics m where m.run_key = r.run_key and m.key_id = ?)",
                            keyId);
            parts.add(part("r", Sql.of(" from runs r"), without, List.of(), new MetricGroup(2, null)));
            return new IndexScan(
                    parts,
                    "d.value",
                    first.ascending(),
                    Sql.of(
                            " from latest_metrics d where d.experiment_id = ? and d.key_id = ? and d.is_nan = 0",
                            experiment,
                            keyId));
        }
        if (first.field().kind() == SearchField.Kind.ATTRIBUTE
                && first.field().key().equals("start_time")
                && !stage.isEmpty()) {
            return new IndexScan(
                    List.of(part("r", Sql.of(" from runs r"), inExperiments(), List.of(), null)),
                    "r.start_time",
                    first.ascending(),
                    Sql.of(" from runs r").add(inExperiments()));
        }
        return null;
    }

    /** The value that the first part's order has after a stretch; null when it ends before. */
    private Object valueAtOffset(IndexScan walk, int stretch) throws SQLException {
        Sql sql = Sql.of("select " + walk.leadingColumn).add(walk.indexEntries);
        if (query.pageToken() != null && !query.pageToken().isEmpty()) {
            sql.add(walk.parts.getFirst().order.atOrAfter(query.pageToken()));
        }
        sql.add(" order by " + walk.leadingColumn + (walk.ascending ? "" : " desc") + " limit 1 offset " + stretch);
        boolean real = walk.leadingColumn.equals("d.value");
        return tx.queryFirst(sql, row -> real ? (Object) row.getDouble(1) : (Object) row.getLong(1))
                .orElse(null);
    }

    /**
     * Where the metric that is ordered by first has all runs of a part.
     *
     * @param group 0: numbers, 1: NaN, 2: no value
     * @param value the expression, or null for no value
     */
    private record MetricGroup(int group, String value) {}

    /**
     * @param row what {@code from} begins with: {@code d}, rows that name runs, or {@code r}, the runs themselves
     * @param driver the conditions that {@code from} holds to already
     * @param position of the first of the order's terms, where {@code from} has it; null to join what is needed
     */
    private Part part(String row, Sql from, Sql where, List<CompiledCondition> driver, MetricGroup position)
            throws SQLException {
        Sql joins = new Sql().add(from);
        Keyset order = new Keyset("runs " + query.order());
        orderBy(joins, order, position);
        return new Part(addFilters(joins.add(where), row, driver), order);
    }

    /** @param row the row that names the run first, so that the runs' own rows are read of those only for which the conditions hold */
    private Sql addFilters(Sql sql, String row, List<CompiledCondition> driver) {
        for (CompiledCondition term : compiledConditions) {
            if (!driver.contains(term)) {
                sql.add(" and ").add(term.predicate().toSql(term.needsOnlyRunKey() ? row : "r"));
            }
        }
        return sql;
    }

    private void orderBy(Sql joins, Keyset order, MetricGroup position) throws SQLException {
        Set<SearchField> seen = new HashSet<>();
        boolean byStart = false;
        for (OrderTerm term : query.order()) {
            SearchField field = term.field();
            if (!seen.add(field)) {
                throw invalid(
                        "`order_by` contains duplicate fields: %s",
                        query.order().stream().map(t -> t.field().key()).toList());
            }
            int n = seen.size();
            switch (field.kind()) {
                case ATTRIBUTE -> {
                    byStart |= field.key().equals("start_time");
                    attributeOrder(order, field.key(), term.ascending());
                }
                case METRIC -> {
                    if (n == 1 && position != null) {
                        order.addConstant(position.group);
                        if (position.value == null) {
                            order.addNull(Keyset.ValueType.DOUBLE);
                        } else {
                            order.addKey(position.value, Keyset.ValueType.DOUBLE, term.ascending());
                        }
                    } else {
                        metricOrder(joins, order, n, conditions.keyId(field.key()), term.ascending());
                    }
                }
                case METRIC_MIN, METRIC_MAX -> {
                    String extreme = joinLatestMetric(joins, n, conditions.keyId(field.key())) + "."
                            + field.kind().prefix();
                    order.addKey("case when " + extreme + " is null then 1 else 0 end", Keyset.ValueType.LONG, true);
                    order.addKey(extreme, Keyset.ValueType.DOUBLE, term.ascending());
                }
                case PARAM -> textOrder(joins, order, "params", n, field.key(), term.ascending());
                case TAG -> textOrder(joins, order, "tags", n, field.key(), term.ascending());
                default -> throw invalid("Runs cannot be ordered by %s.", field.kind());
            }
        }
        if (!byStart) {
            order.addKey("r.start_time", Keyset.ValueType.LONG, false);
        }
        order.addKey("r.run_id", Keyset.ValueType.TEXT, true);
    }

    private static void attributeOrder(Keyset order, String name, boolean ascending) {
        if (name.equals("end_time")) {
            order.addKey("case when r.end_time is null then 1 else 0 end", Keyset.ValueType.LONG, true);
        }
        boolean number = name.equals("start_time") || name.equals("end_time") || name.equals("experiment_id");
        order.addKey(
                name.equals("status") ? RunConditionCompiler.statusName() : RunConditionCompiler.column(name),
                number ? Keyset.ValueType.LONG : Keyset.ValueType.TEXT,
                ascending);
    }

    private static void metricOrder(Sql joins, Keyset order, int n, long keyId, boolean ascending) {
        String latest = joinLatestMetric(joins, n, keyId);
        order.addKey(
                "case when " + latest + ".is_nan = 1 then 1 when " + latest + ".value is null then 2 else 0 end",
                Keyset.ValueType.LONG,
                true);
        order.addKey(latest + ".value", Keyset.ValueType.DOUBLE, ascending);
    }

    /** Joins what is known of a run's metric. @return the alias of its row */
    private static String joinLatestMetric(Sql joins, int n, long keyId) {
        String alias = "m" + n;
        joins.add(
                " left join latest_metrics " + alias + " on " + alias + ".run_key = r.run_key and " + alias
                        + ".key_id = ?",
                keyId);
        return alias;
    }

    private void textOrder(Sql joins, Keyset order, String table, int n, String key, boolean ascending)
            throws SQLException {
        joins.add(
                " left join " + table + " p" + n + " on p" + n + ".run_key = r.run_key and p" + n + ".key_id = ?"
                        + " left join texts v" + n + " on v" + n + ".id = p" + n + ".value_id",
                conditions.keyId(key));
        order.addKey("case when v" + n + ".value is null then 1 else 0 end", Keyset.ValueType.LONG, true);
        order.addKey("v" + n + ".value", Keyset.ValueType.TEXT, ascending);
    }
}
