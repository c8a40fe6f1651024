package dev.kiroku.core.registry.gates;

import dev.kiroku.core.search.Comparator;
import dev.kiroku.core.search.Condition;
import dev.kiroku.core.search.Field;
import dev.kiroku.core.search.Operand;
import dev.kiroku.core.search.SearchLanguage;
import dev.kiroku.core.search.Stated;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.GateResult;
import dev.kiroku.model.registry.GateResult.ConditionResult;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Holds the conditions of gates against one version. */
final class Evaluation {
    /** Stands for what the gated alias or stage points at, whatever its name. */
    private static final String HOLDER = "holder";

    private final View view;
    private final Target target;
    private final Facts facts;
    /** What has been read so far: gates tend to compare with the same holder. */
    private final Map<Target, Long> holders = new HashMap<>();

    private final Map<Long, Facts> others = new HashMap<>();

    Evaluation(View view, Target target, Facts facts) {
        this.view = view;
        this.target = target;
        this.facts = facts;
        others.put(facts.version(), facts);
    }

    GateResult of(Gate gate) {
        List<ConditionResult> conditions = gate.require() == null
                ? List.of()
                : SearchLanguage.parseGate(gate.require()).stream()
                        .map(this::of)
                        .toList();
        boolean passed = conditions.stream().allMatch(ConditionResult::passed);
        return new GateResult(gate.name(), target.toString(), passed, conditions, gate.approvals());
    }

    private ConditionResult of(Stated stated) {
        Condition condition = stated.condition();
        Field field = condition.field();
        return switch (field.kind()) {
            case METRIC -> metric(stated.text(), condition);
            case PARAM ->
                text(
                        stated.text(),
                        condition,
                        "params." + field.key(),
                        facts.params().get(field.key()),
                        true);
            case TAG ->
                text(
                        stated.text(),
                        condition,
                        "tags." + field.key(),
                        facts.tags().get(field.key()),
                        true);
            case ATTRIBUTE -> attribute(stated.text(), condition);
            case DATASET, LEAST, GREATEST ->
                throw new IllegalArgumentException("no gate looks at datasets or extremes");
        };
    }

    private ConditionResult metric(String text, Condition condition) {
        String name = "metrics." + condition.field().key();
        Double value = facts.metrics().get(condition.field().key());
        if (value == null) {
            return failed(text, null, missing(name));
        }
        return switch (condition.operand()) {
            case Operand.Real(double limit) ->
                compared(text, name, value, condition.comparator(), limit, number(limit));
            case Operand.Reference reference -> relative(text, name, value, condition.comparator(), reference);
            default -> throw new IllegalArgumentException("no metric is compared with " + condition.operand());
        };
    }

    private ConditionResult relative(
            String text, String name, double value, Comparator comparator, Operand.Reference reference) {
        Target other = reference.holder().equals(HOLDER) ? target : Target.alias(reference.holder());
        long holder = holders.computeIfAbsent(other, view::holder);
        if (holder == 0) {
            return new ConditionResult(text, true, number(value), "there is no " + other + " yet to compare with");
        }
        Double theirs = others.computeIfAbsent(holder, view::facts).metrics().get(reference.metric());
        if (theirs == null) {
            return failed(
                    text,
                    number(value),
                    "version " + holder + ", which " + other + " points at, has no metrics." + reference.metric());
        }
        double limit = theirs * reference.factor() + reference.offset();
        String shown = number(limit) + " (version " + holder + " of " + other + " has " + number(theirs) + ")";
        return compared(text, name, value, comparator, limit, shown);
    }

    private static ConditionResult compared(
            String text, String name, double value, Comparator comparator, double limit, String shownLimit) {
        if (Double.isNaN(value)) {
            return failed(text, "NaN", name + " is NaN");
        }
        boolean passed = switch (comparator) {
            case EQ -> value == limit;
            case NE -> value != limit;
            case LT -> value < limit;
            case LE -> value <= limit;
            case GT -> value > limit;
            case GE -> value >= limit;
            default -> throw new IllegalArgumentException("numbers know no " + comparator);
        };
        String relation =
                value == limit ? "equal to " : difference(value - limit) + (value < limit ? " below " : " above ");
        return new ConditionResult(
                text, passed, number(value), name + " is " + number(value) + ", " + relation + shownLimit);
    }

    private ConditionResult attribute(String text, Condition condition) {
        String key = condition.field().key();
        return switch (key) {
            case "has_description" ->
                flag(
                        text,
                        condition,
                        facts.description() != null && !facts.description().isBlank(),
                        "a description");
            case "has_run" -> flag(text, condition, facts.runId() != null, "a source run");
            case "has_signature" ->
                facts.contents() == null
                        ? failed(text, null, unread("a signature"))
                        : flag(text, condition, facts.contents().hasSignature(), "a signature");
            case "flavor" ->
                facts.contents() == null ? failed(text, null, unread("what flavors")) : flavor(text, condition);
            default -> {
                String tag = key.substring("tags.".length());
                yield text(
                        text,
                        condition,
                        "version.tags." + tag,
                        facts.versionTags().get(tag),
                        false);
            }
        };
    }

    private static String unread(String what) {
        return "it is not known whether it has " + what
                + ": the server could not read the version's MLmodel file when the version was created";
    }

    private static ConditionResult flag(String text, Condition condition, boolean value, String what) {
        boolean wanted =
                condition.operand().equals(new Operand.Text("true")) == (condition.comparator() == Comparator.EQ);
        return new ConditionResult(
                text,
                value == wanted,
                Boolean.toString(value),
                "the version has " + (value ? what : what.replaceFirst("an? ", "no ")));
    }

    private ConditionResult flavor(String text, Condition condition) {
        List<String> flavors = facts.contents().flavors();
        boolean negative = condition.comparator() == Comparator.NE || condition.comparator() == Comparator.NOT_IN;
        boolean passed = negative
                ? flavors.stream().allMatch(flavor -> holds(condition, flavor))
                : flavors.stream().anyMatch(flavor -> holds(condition, flavor));
        return new ConditionResult(
                text, passed, String.join(", ", flavors), "its flavors are " + String.join(", ", flavors));
    }

    private ConditionResult text(String text, Condition condition, String name, String value, boolean ofRun) {
        return switch (condition.comparator()) {
            case IS_NULL ->
                new ConditionResult(
                        text, value == null, value, name + (value == null ? " is not there" : " is '" + value + "'"));
            case IS_NOT_NULL ->
                value == null
                        ? failed(text, null, ofRun ? missing(name) : name + " is not set")
                        : passed(text, name, value);
            default ->
                value == null
                        ? failed(text, null, ofRun ? missing(name) : name + " is not set")
                        : new ConditionResult(text, holds(condition, value), value, name + " is '" + value + "'");
        };
    }

    private static ConditionResult passed(String text, String name, String value) {
        return new ConditionResult(text, true, value, name + " is '" + value + "'");
    }

    private static ConditionResult failed(String text, String seen, String explanation) {
        return new ConditionResult(text, false, seen, explanation);
    }

    private String missing(String name) {
        return facts.runId() == null
                ? "the version names no source run, so that it has no " + name
                : name + " was not logged to run " + facts.runId();
    }

    private static boolean holds(Condition condition, String value) {
        return switch (condition.operand()) {
            case Operand.Text(String other) ->
                switch (condition.comparator()) {
                    case EQ -> value.equals(other);
                    case NE -> !value.equals(other);
                    case LIKE -> like(other, 0).matcher(value).matches();
                    case ILIKE ->
                        like(other, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE)
                                .matcher(value)
                                .matches();
                    default -> throw new IllegalArgumentException("texts know no " + condition.comparator());
                };
            case Operand.TextList(List<String> others) ->
                others.contains(value) == (condition.comparator() == Comparator.IN);
            default -> throw new IllegalArgumentException("no text is compared with " + condition.operand());
        };
    }

    private static Pattern like(String pattern, int flags) {
        Map<String, String> wild = Map.of("%", ".*", "_", ".");
        String regex = pattern.codePoints()
                .mapToObj(Character::toString)
                .map(c -> wild.getOrDefault(c, Pattern.quote(c)))
                .collect(Collectors.joining());
        return Pattern.compile(regex, flags | Pattern.DOTALL);
    }

    /** At most six digits, so that 0.9 - 0.87 is 0.03. */
    private static String difference(double value) {
        return Double.isInfinite(value) ? "far" : plain(new BigDecimal(Math.abs(value)).round(new MathContext(6)));
    }

    private static String number(double value) {
        if (!Double.isFinite(value)) {
            return Double.toString(value);
        }
        return plain(new BigDecimal(Double.toString(value)).round(new MathContext(12)));
    }

    private static String plain(BigDecimal number) {
        BigDecimal bare = number.stripTrailingZeros();
        return Math.abs((long) bare.precision() - bare.scale()) > 12
                ? bare.toString().toLowerCase(Locale.ROOT)
                : bare.toPlainString();
    }
}
