package dev.kiroku.stores.kit;

import dev.kiroku.core.search.ComparisonOperator;
import dev.kiroku.core.search.Condition;
import dev.kiroku.core.search.Operand;
import dev.kiroku.core.search.OrderTerm;
import dev.kiroku.core.search.SearchField;
import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.Metric;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Reference implementation of a run store with lists and maps: slow, but short enough to be verified by reading. */
final class ReferenceRuns {
    static final class RunState {
        final String id;
        final long startTime;
        String name;
        boolean active = true;
        final Map<String, String> params = new TreeMap<>();
        final Map<String, String> tags = new TreeMap<>();
        final Map<String, List<Metric>> points = new TreeMap<>();

        RunState(String id, long startTime, String name) {
            this.id = id;
            this.startTime = startTime;
            this.name = name;
            tags.put(RunStore.NAME_TAG, name);
        }

        Map<String, Metric> latest() {
            Map<String, Metric> latest = new TreeMap<>();
            points.forEach(
                    (key, all) -> latest.put(key, all.stream().max(BY_STEP).orElseThrow()));
            return latest;
        }
    }

    private static final java.util.Comparator<Metric> BY_STEP = java.util.Comparator.comparingLong(Metric::step)
            .thenComparingLong(Metric::timestamp)
            .thenComparingDouble(m -> Double.isNaN(m.value()) ? 0 : m.value());
    private static final java.util.Comparator<Metric> BY_TIME = java.util.Comparator.comparingLong(Metric::timestamp)
            .thenComparingLong(Metric::step)
            .thenComparingDouble(m -> Double.isNaN(m.value()) ? 0 : m.value())
            .thenComparing(m -> Double.isNaN(m.value()));

    final Map<String, RunState> runs = new LinkedHashMap<>();

    /** Returns whether the call was accepted; if not, nothing has changed. */
    boolean log(String id, List<Metric> metrics, List<KeyValue> params, List<KeyValue> tags) {
        RunState run = runs.get(id);
        if (!run.active
                || params.stream()
                        .anyMatch(p -> run.params.containsKey(p.key())
                                && !run.params.get(p.key()).equals(p.value()))) {
            return false;
        }
        params.forEach(p -> run.params.put(p.key(), p.value()));
        for (Metric m : metrics) {
            double value = Double.isInfinite(m.value()) ? Math.copySign(Double.MAX_VALUE, m.value()) : m.value() + 0.0;
            Metric kept = new Metric(m.key(), value, m.timestamp(), m.step());
            List<Metric> all = run.points.computeIfAbsent(m.key(), k -> new ArrayList<>());
            if (!all.contains(kept)) {
                all.add(kept);
            }
        }
        for (KeyValue t : tags) {
            run.tags.put(t.key(), t.value());
            if (t.key().equals(RunStore.NAME_TAG)) {
                run.name = t.value();
            }
        }
        return true;
    }

    boolean deleteTag(String id, String key) {
        RunState run = runs.get(id);
        return run.active && run.tags.remove(key) != null;
    }

    void move(String id, LifecycleStage stage) {
        runs.get(id).active = stage == LifecycleStage.ACTIVE;
    }

    List<Metric> history(String id, String key) {
        List<Metric> all = new ArrayList<>(runs.get(id).points.getOrDefault(key, List.of()));
        all.sort(BY_TIME);
        return all;
    }

    /** Returns the ids of the active runs that match, in order. */
    List<String> search(List<Condition> conditions, List<OrderTerm> order) {
        List<RunState> found = new ArrayList<>(runs.values().stream()
                .filter(r -> r.active && conditions.stream().allMatch(c -> matches(r, c)))
                .toList());
        java.util.Comparator<RunState> sort = (a, b) -> 0;
        for (OrderTerm term : order) {
            sort = sort.thenComparing((a, b) -> compare(a, b, term));
        }
        found.sort(sort.thenComparing(java.util.Comparator.comparingLong((RunState r) -> r.startTime)
                        .reversed())
                .thenComparing(r -> r.id));
        return found.stream().map(r -> r.id).toList();
    }

    private static int compare(RunState a, RunState b, OrderTerm term) {
        Comparable<Object> x = value(a, term.field());
        Comparable<Object> y = value(b, term.field());
        int byPresence = Integer.compare(rank(x), rank(y));
        if (byPresence != 0 || rank(x) > 0) {
            return byPresence;
        }
        return term.ascending() ? x.compareTo(y) : y.compareTo(x);
    }

    /** Returns the rank of a value: numbers and texts first, then NaN, then missing values. */
    private static int rank(Object value) {
        return value == null ? 2 : value instanceof Double d && d.isNaN() ? 1 : 0;
    }

    @SuppressWarnings("unchecked")
    private static Comparable<Object> value(RunState run, SearchField field) {
        Object value = switch (field.kind()) {
            case METRIC ->
                run.latest().containsKey(field.key())
                        ? run.latest().get(field.key()).value()
                        : null;
            case PARAM -> run.params.get(field.key());
            case TAG -> run.tags.get(field.key());
            case ATTRIBUTE ->
                field.key().equals("start_time")
                        ? (Object) run.startTime
                        : field.key().equals("run_name") ? run.name : run.id;
            case DATASET, METRIC_MIN, METRIC_MAX -> null;
        };
        return (Comparable<Object>) value;
    }

    private static boolean matches(RunState run, Condition condition) {
        Object value = value(run, condition.field());
        if (condition.comparator() == ComparisonOperator.IS_NULL
                || condition.comparator() == ComparisonOperator.IS_NOT_NULL) {
            return (value == null) == (condition.comparator() == ComparisonOperator.IS_NULL);
        }
        if (value == null) {
            return false;
        }
        return switch (condition.operand()) {
            case Operand.DoubleNumber(double number) ->
                compares(condition.comparator(), ((Number) value).doubleValue(), number);
            case Operand.LongNumber(long number) ->
                compares(condition.comparator(), ((Number) value).doubleValue(), number);
            case Operand.TextList(List<String> texts) ->
                new TreeSet<>(texts).contains(value) == (condition.comparator() == ComparisonOperator.IN);
            case Operand.Text(String text) ->
                switch (condition.comparator()) {
                    case EQ -> value.equals(text);
                    case NE -> !value.equals(text);
                    case LIKE -> like(text, 0).matcher((String) value).matches();
                    case ILIKE ->
                        like(text, Pattern.CASE_INSENSITIVE)
                                .matcher((String) value)
                                .matches();
                    default -> throw new IllegalStateException("no such comparison of texts");
                };
            case Operand.None() -> throw new IllegalStateException("handled above");
            case Operand.Reference reference -> throw new IllegalStateException("only gates compare with " + reference);
        };
    }

    private static boolean compares(ComparisonOperator comparator, double value, double number) {
        return switch (comparator) {
            case EQ -> value == number;
            case NE -> value != number;
            case LT -> value < number;
            case LE -> value <= number;
            case GT -> value > number;
            case GE -> value >= number;
            default -> throw new IllegalStateException("no such comparison of numbers");
        };
    }

    private static Pattern like(String pattern, int flags) {
        StringBuilder regex = new StringBuilder();
        for (char c : pattern.toCharArray()) {
            regex.append(c == '%' ? ".*" : c == '_' ? "." : Pattern.quote(String.valueOf(c)));
        }
        return Pattern.compile(regex.toString(), flags | Pattern.DOTALL);
    }
}
