package dev.kiroku.stores.tracking;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.search.Field;
import dev.kiroku.core.search.OrderTerm;
import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.tracking.ViewType;
import dev.kiroku.stores.sql.Interned;
import dev.kiroku.stores.sql.Keyset;
import dev.kiroku.stores.sql.Pages;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.Tx;
import dev.kiroku.stores.tracking.RunConditions.Term;
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

    private final Tx tx;
    private final RunStore.Query query;
    private final RunConditions conditions;
    private final List<Term> terms;
    private final Sql stage;
    private final SearchBounds bounds;
    private List<Long> unsettled;

    /** @param unsettled see {@link LatestMetrics.Reading} */
    RunSearch(Tx tx, Interned keys, Interned texts, SearchBounds bounds, RunStore.Query query, List<Long> unsettled)
            throws SQLException {
        this.tx = tx;
        this.bounds = bounds;
        this.query = query;
        this.unsettled = unsettled;
        this.conditions = new RunConditions(tx, keys, texts, query.experimentIds());
        this.terms = conditions.compile(query);
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
    private record Walk(List<Part> parts, String leading, boolean ascending, Sql index) {}

    <T> Page<T> page(String columns, Tx.Row<T> row) throws SQLException {
        return page(columns, 0, row);
    }

    /** @param skip how many runs are left out first, which costs no more than counting all */
    <T> Page<T> page(String columns, long skip, Tx.Row<T> row) throws SQLException {
        Driver driver = driver(bounds.few());
        if (driver != null) {
            return read(columns, skip, row, List.of(driven(driver)));
        }
        Walk walk = walk();
        if (walk == null) {
            driver = driver(bounds.many());
            return read(
                    columns,
                    skip,
                    row,
                    List.of(
                            driver != null
                                    ? driven(driver)
                                    : part("r", Sql.of(" from runs r"), everywhere(), List.of(), null)));
        }
        if (!terms.isEmpty()) {
            if (skip == 0) { // a jump passes by many runs, however few the page holds
                Pages.Filling<T> page = begin(walk, columns, row);
                if (page.isFull()) {
                    return page.page();
                }
            }
            driver = driver(bounds.many());
            if (driver != null) {
                return read(columns, skip, row, List.of(driven(driver)));
            }
        }
        return read(columns, skip, row, walk.parts);
    }

    /** A page that is filled from a stretch of the order, or from a short one when that shows that a longer one would not fill it. */
    private <T> Pages.Filling<T> begin(Walk walk, String columns, Tx.Row<T> row) throws SQLException {
        Part first = walk.parts.getFirst();
        String token = query.pageToken();
        Pages.Filling<T> page = new Pages.Filling<>(tx, columns, query.maxResults(), token, row);
        if (token != null && !token.isEmpty() && first.order.isBefore(token)) {
            return page;
        }
        int stretch = Math.max(bounds.stretch(), 2 * query.maxResults());
        for (int length : List.of(Math.min(bounds.glance(), stretch), stretch)) {
            Object bound = bound(walk, length);
            if (bound == null) {
                return page; // the order is no longer than that
            }
            page = new Pages.Filling<>(tx, columns, query.maxResults(), token, row);
            page.add(
                    new Sql().add(first.where).add(" and " + walk.leading + (walk.ascending ? " < ?" : " > ?"), bound),
                    first.order);
            if (page.isFull() || (long) page.size() * stretch < (long) query.maxResults() * length) {
                return page;
            }
        }
        return page;
    }

    /** FROM and WHERE of all that is searched for, in no order. */
    Sql all() throws SQLException {
        Driver driver = driver(bounds.many());
        if (driver == null) {
            driver = terms.stream()
                    .filter(term -> term.source() != null)
                    .findFirst()
                    .map(term -> new Driver(List.of(term), NO_LIMIT))
                    .orElse(null);
        }
        if (driver == null) {
            return filtered(Sql.of(" from runs r").add(everywhere()), "r", List.of());
        }
        return filtered(driver.runs().add(everywhere()).add(" and r.run_key = d.run_key"), "d", driver.terms);
    }

    private <T> Page<T> read(String columns, long skip, Tx.Row<T> row, List<Part> parts) throws SQLException {
        Pages.Filling<T> page = new Pages.Filling<>(tx, columns, query.maxResults(), query.pageToken(), skip, row);
        for (Part part : parts) {
            page.add(part.where, part.order);
        }
        return page.page();
    }

    /**
     * The conditions from whose indexes a search begins.
     *
     * @param terms one, or several whose indexes have the runs in the same order, so that the database merges them as it reads
     * @param atMost no fewer than the runs for which they hold; told so that the database does not expect more
     */
    private record Driver(List<Term> terms, int atMost) {
        /** FROM of the runs {@code r} that the rows {@code d} name. */
        Sql runs() {
            Sql from = Sql.of(" from (select d.run_key");
            if (terms.size() == 1) {
                from.add(terms.getFirst().source());
            } else {
                from.add(" from (");
                for (Term term : terms) {
                    from.add(term == terms.getFirst() ? "select d.run_key" : " intersect select d.run_key")
                            .add(term.source());
                }
                from.add(") d");
            }
            return from.add(atMost == NO_LIMIT ? "" : " limit " + atMost).add(") d cross join runs r");
        }
    }

    /** Begins with the condition that the fewest runs satisfy; null when there is none with fewer than {@code limit}. */
    private Driver driver(int limit) throws SQLException {
        List<Term> indexed =
                terms.stream().filter(term -> term.source() != null).toList();
        List<Integer> counts = counts(indexed, limit);
        if (counts.isEmpty()) {
            return null;
        }
        int fewest = Collections.min(counts);
        if (fewest >= limit) {
            return null;
        }
        Term rarest = indexed.get(counts.indexOf(fewest));
        List<Term> merged = new ArrayList<>(List.of(rarest));
        if (rarest.sorted() && fewest >= bounds.few()) {
            int most = bounds.merged() * fewest;
            List<Term> others = indexed.stream()
                    .filter(term -> term != rarest && term.sorted())
                    .toList();
            // Where the first count was not cut off before, it tells already.
            List<Integer> further = most <= limit
                    ? others.stream()
                            .map(term -> counts.get(indexed.indexOf(term)))
                            .toList()
                    : counts(others, most);
            for (int i = 0; i < others.size(); i++) {
                if (further.get(i) < most) {
                    merged.add(others.get(i));
                }
            }
        }
        return new Driver(merged, limit);
    }

    /** How many runs each condition has, but no more than {@code limit}. Asked for first of all: also whether the runs can be searched as they are. */
    private List<Integer> counts(List<Term> of, int limit) throws SQLException {
        List<Long> toSettle = unsettled;
        unsettled = List.of();
        if (of.isEmpty()) {
            LatestMetrics.requireSettled(tx, toSettle);
            return List.of();
        }
        Sql sql = new Sql();
        for (Term term : of) {
            sql.add(sql.isEmpty() ? "select " : ", ")
                    .add("(select count(*) from (select 1")
                    .add(term.source())
                    .add(" limit " + limit + ") c)");
        }
        if (!toSettle.isEmpty()) {
            sql.add(", ").add(LatestMetrics.anyBehind(toSettle));
        }
        return tx.first(sql, row -> {
                    if (!toSettle.isEmpty()) {
                        LatestMetrics.requireSettled(row.getLong(of.size() + 1));
                    }
                    List<Integer> counts = new ArrayList<>();
                    for (int i = 1; i <= of.size(); i++) {
                        counts.add(row.getInt(i));
                    }
                    return counts;
                })
                .orElseThrow();
    }

    private Part driven(Driver driver) throws SQLException {
        return part("d", driver.runs(), everywhere().add(" and r.run_key = d.run_key"), driver.terms, null);
    }

    /** Runs of the experiments in the stage. */
    private Sql everywhere() {
        List<Long> experiments = query.experimentIds();
        Sql where = experiments.size() == 1
                ? Sql.of(" where r.experiment_id = ?", experiments.getFirst())
                : Sql.of(" where r.experiment_id in ").addIn(experiments);
        return where.add(stage);
    }

    /** How to walk the order by an index; null when there is no index for it. */
    private Walk walk() throws SQLException {
        if (query.experimentIds().size() != 1) {
            return null;
        }
        long experiment = query.experimentIds().getFirst();
        OrderTerm first = query.order().isEmpty()
                ? new OrderTerm(new Field(Field.Kind.ATTRIBUTE, "start_time"), false)
                : query.order().getFirst();
        if (first.field().kind() == Field.Kind.METRIC) {
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
                        new Position(nan, "d.value")));
            }
            Sql without = everywhere()
                    .add(
                            " and not exists (select 1 from latest_metrics m where m.run_key = r.run_key and m.key_id = ?)",
                            keyId);
            parts.add(part("r", Sql.of(" from runs r"), without, List.of(), new Position(2, null)));
            return new Walk(
                    parts,
                    "d.value",
                    first.ascending(),
                    Sql.of(
                            " from latest_metrics d where d.experiment_id = ? and d.key_id = ? and d.is_nan = 0",
                            experiment,
                            keyId));
        }
        if (first.field().kind() == Field.Kind.ATTRIBUTE
                && first.field().key().equals("start_time")
                && !stage.isEmpty()) {
            return new Walk(
                    List.of(part("r", Sql.of(" from runs r"), everywhere(), List.of(), null)),
                    "r.start_time",
                    first.ascending(),
                    Sql.of(" from runs r").add(everywhere()));
        }
        return null;
    }

    /** The value that the first part's order has after a stretch; null when it ends before. */
    private Object bound(Walk walk, int stretch) throws SQLException {
        Sql sql = Sql.of("select " + walk.leading).add(walk.index);
        if (query.pageToken() != null && !query.pageToken().isEmpty()) {
            sql.add(walk.parts.getFirst().order.notBefore(query.pageToken()));
        }
        sql.add(" order by " + walk.leading + (walk.ascending ? "" : " desc") + " limit 1 offset " + stretch);
        boolean real = walk.leading.equals("d.value");
        return tx.first(sql, row -> real ? (Object) row.getDouble(1) : (Object) row.getLong(1))
                .orElse(null);
    }

    /**
     * Where the metric that is ordered by first has all runs of a part.
     *
     * @param group 0: numbers, 1: NaN, 2: no value
     * @param value the expression, or null for no value
     */
    private record Position(int group, String value) {}

    /**
     * @param row what {@code from} begins with: {@code d}, rows that name runs, or {@code r}, the runs themselves
     * @param driver the conditions that {@code from} holds to already
     * @param position of the first of the order's terms, where {@code from} has it; null to join what is needed
     */
    private Part part(String row, Sql from, Sql where, List<Term> driver, Position position) throws SQLException {
        Sql joins = new Sql().add(from);
        Keyset order = new Keyset("runs " + query.order());
        orderBy(joins, order, position);
        return new Part(filtered(joins.add(where), row, driver), order);
    }

    /** @param row the row that names the run first, so that the runs' own rows are read of those only for which the conditions hold */
    private Sql filtered(Sql sql, String row, List<Term> driver) {
        for (Term term : terms) {
            if (!driver.contains(term)) {
                sql.add(" and ").add(term.predicate().on(term.ofKey() ? row : "r"));
            }
        }
        return sql;
    }

    private void orderBy(Sql joins, Keyset order, Position position) throws SQLException {
        Set<Field> seen = new HashSet<>();
        boolean byStart = false;
        for (OrderTerm term : query.order()) {
            Field field = term.field();
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
                        order.constant(position.group);
                        if (position.value == null) {
                            order.absent(Keyset.Kind.REAL);
                        } else {
                            order.by(position.value, Keyset.Kind.REAL, term.ascending());
                        }
                    } else {
                        metricOrder(joins, order, n, conditions.keyId(field.key()), term.ascending());
                    }
                }
                case LEAST, GREATEST -> {
                    String extreme = latest(joins, n, conditions.keyId(field.key())) + "."
                            + field.kind().word();
                    order.by("case when " + extreme + " is null then 1 else 0 end", Keyset.Kind.NUMBER, true);
                    order.by(extreme, Keyset.Kind.REAL, term.ascending());
                }
                case PARAM -> textOrder(joins, order, "params", n, field.key(), term.ascending());
                case TAG -> textOrder(joins, order, "tags", n, field.key(), term.ascending());
                default -> throw invalid("Runs cannot be ordered by %s.", field.kind());
            }
        }
        if (!byStart) {
            order.by("r.start_time", Keyset.Kind.NUMBER, false);
        }
        order.by("r.run_id", Keyset.Kind.TEXT, true);
    }

    private static void attributeOrder(Keyset order, String name, boolean ascending) {
        if (name.equals("end_time")) {
            order.by("case when r.end_time is null then 1 else 0 end", Keyset.Kind.NUMBER, true);
        }
        boolean number = name.equals("start_time") || name.equals("end_time") || name.equals("experiment_id");
        order.by(
                name.equals("status") ? RunConditions.statusName() : RunConditions.column(name),
                number ? Keyset.Kind.NUMBER : Keyset.Kind.TEXT,
                ascending);
    }

    private static void metricOrder(Sql joins, Keyset order, int n, long keyId, boolean ascending) {
        String latest = latest(joins, n, keyId);
        order.by(
                "case when " + latest + ".is_nan = 1 then 1 when " + latest + ".value is null then 2 else 0 end",
                Keyset.Kind.NUMBER,
                true);
        order.by(latest + ".value", Keyset.Kind.REAL, ascending);
    }

    /** Joins what is known of a run's metric. @return the alias of its row */
    private static String latest(Sql joins, int n, long keyId) {
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
        order.by("case when v" + n + ".value is null then 1 else 0 end", Keyset.Kind.NUMBER, true);
        order.by("v" + n + ".value", Keyset.Kind.TEXT, ascending);
    }
}
