package dev.kiroku.stores.tracking;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.search.OrderTerm;
import dev.kiroku.core.search.SearchField;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Keyset;
import dev.kiroku.stores.sql.Keyset.ValueType;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The order of a search over runs as SQL: the sort keys, and the joins that they need. */
final class RunOrder {
    /**
     * The values that the metric of the first order term has in one part of the result. A part of this kind reads the metric from the rows
     * {@code d} of {@code latest_metrics} instead of joining them.
     *
     * @param position of the part: 0 for numbers, 1 for NaN, 2 for runs without the metric
     * @param value the expression of the value; null for runs without the metric
     */
    record MetricGroup(int position, @Nullable String value) {
        static final MetricGroup NUMBERS = new MetricGroup(0, "d.value");
        static final MetricGroup NANS = new MetricGroup(1, "d.value");
        static final MetricGroup ABSENT = new MetricGroup(2, null);
    }

    private final RunConditionCompiler conditions;
    private final Sql joins = new Sql();
    private final Keyset keyset;

    private RunOrder(RunConditionCompiler conditions, List<OrderTerm> terms) {
        this.conditions = conditions;
        this.keyset = new Keyset("runs " + terms);
    }

    /**
     * Compiles an order.
     *
     * @param group the values of the first term's metric; null to join the metric
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if a field occurs twice or runs cannot be ordered by it
     */
    static RunOrder compile(RunConditionCompiler conditions, List<OrderTerm> terms, @Nullable MetricGroup group)
            throws SQLException {
        RunOrder order = new RunOrder(conditions, terms);
        Set<SearchField> seen = new HashSet<>();
        boolean byStartTime = false;
        for (OrderTerm term : terms) {
            if (!seen.add(term.field())) {
                throw invalid(
                        "`order_by` contains duplicate fields: %s",
                        terms.stream().map(t -> t.field().key()).toList());
            }
            byStartTime |= isStartTime(term.field());
            order.add(term, seen.size(), seen.size() == 1 ? group : null);
        }
        if (!byStartTime) {
            order.keyset.addKey("r.start_time", ValueType.LONG, false);
        }
        order.keyset.addKey("r.run_id", ValueType.TEXT, true);
        return order;
    }

    /** Returns whether the field is the start time, which has an index. */
    static boolean isStartTime(SearchField field) {
        return field.kind() == SearchField.Kind.ATTRIBUTE && field.key().equals("start_time");
    }

    /** Returns the joins, each preceded by a space, of runs {@code r}. */
    Sql joins() {
        return joins;
    }

    /** Returns the sort keys. */
    Keyset keyset() {
        return keyset;
    }

    /** @param n the number of the term, which makes its aliases unique */
    private void add(OrderTerm term, int n, @Nullable MetricGroup group) throws SQLException {
        SearchField field = term.field();
        switch (field.kind()) {
            case ATTRIBUTE -> addAttribute(field.key(), term.ascending());
            case METRIC -> {
                if (group != null) {
                    addMetricGroup(group, term.ascending());
                } else {
                    addMetric(n, field.key(), term.ascending());
                }
            }
            case METRIC_MIN -> addExtreme(n, field.key(), "least", term.ascending());
            case METRIC_MAX -> addExtreme(n, field.key(), "greatest", term.ascending());
            case PARAM -> addText("params", n, field.key(), term.ascending());
            case TAG -> addText("tags", n, field.key(), term.ascending());
            default -> throw invalid("Runs cannot be ordered by %s.", field.kind());
        }
    }

    private void addAttribute(String name, boolean ascending) {
        if (name.equals("end_time")) {
            addNullsLast("r.end_time");
        }
        switch (name) {
            case "status" -> keyset.addKey(RunConditionCompiler.STATUS_NAME, ValueType.TEXT, ascending);
            case "start_time", "end_time", "experiment_id" ->
                keyset.addKey(RunConditionCompiler.column(name), ValueType.LONG, ascending);
            default -> keyset.addKey(RunConditionCompiler.column(name), ValueType.TEXT, ascending);
        }
    }

    private void addMetricGroup(MetricGroup group, boolean ascending) {
        keyset.addConstant(group.position);
        if (group.value == null) {
            keyset.addNull(ValueType.DOUBLE);
        } else {
            keyset.addKey(group.value, ValueType.DOUBLE, ascending);
        }
    }

    private void addMetric(int n, String key, boolean ascending) throws SQLException {
        String metric = joinLatestMetric(n, key);
        keyset.addKey(
                "case when " + metric + ".is_nan = 1 then 1 when " + metric + ".value is null then 2 else 0 end",
                ValueType.LONG,
                true);
        keyset.addKey(metric + ".value", ValueType.DOUBLE, ascending);
    }

    private void addExtreme(int n, String key, String column, boolean ascending) throws SQLException {
        String extreme = joinLatestMetric(n, key) + "." + column;
        addNullsLast(extreme);
        keyset.addKey(extreme, ValueType.DOUBLE, ascending);
    }

    /** Joins a metric of the run; returns the alias of its row. */
    private String joinLatestMetric(int n, String key) throws SQLException {
        String alias = "m" + n;
        joins.add(
                " left join latest_metrics %1$s on %1$s.run_key = r.run_key and %1$s.key_id = ?".formatted(alias),
                conditions.keyId(key));
        return alias;
    }

    private void addText(String table, int n, String key, boolean ascending) throws SQLException {
        joins.add(
                (" left join %1$s p%2$d on p%2$d.run_key = r.run_key and p%2$d.key_id = ?"
                                + " left join texts v%2$d on v%2$d.id = p%2$d.value_id")
                        .formatted(table, n),
                conditions.keyId(key));
        addNullsLast("v" + n + ".value");
        keyset.addKey("v" + n + ".value", ValueType.TEXT, ascending);
    }

    private void addNullsLast(String expression) {
        keyset.addKey("case when " + expression + " is null then 1 else 0 end", ValueType.LONG, true);
    }
}
