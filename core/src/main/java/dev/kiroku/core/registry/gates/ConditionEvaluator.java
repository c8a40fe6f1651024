package dev.kiroku.core.registry.gates;

import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.registry.store.LastHolder;
import dev.kiroku.core.registry.store.VersionFacts;
import dev.kiroku.core.search.ComparisonOperator;
import dev.kiroku.core.search.Condition;
import dev.kiroku.core.search.LikePattern;
import dev.kiroku.core.search.Operand;
import dev.kiroku.core.search.ParsedCondition;
import dev.kiroku.core.search.SearchField;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.GateResult;
import dev.kiroku.model.registry.GateResult.ConditionResult;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Evaluates the conditions of gates for one version. */
final class ConditionEvaluator {
    /** Refers, in a condition, to the version that the protected alias or stage points at, whatever its name. */
    static final String HOLDER = "holder";

    private final GateTarget target;
    private final VersionFacts facts;
    private final Map<GateTarget, Optional<LastHolder>> holders;

    /**
     * Creates an evaluator.
     *
     * @param target the target that the gates protect
     * @param facts of the version to evaluate
     * @param holders the versions that the conditions compare with
     */
    ConditionEvaluator(GateTarget target, VersionFacts facts, Map<GateTarget, Optional<LastHolder>> holders) {
        this.target = target;
        this.facts = facts;
        this.holders = holders;
    }

    GateResult evaluate(ParsedGate parsed) {
        Gate gate = parsed.gate();
        List<ConditionResult> conditions =
                parsed.conditions().stream().map(this::evaluate).toList();
        boolean passed = conditions.stream().allMatch(ConditionResult::passed);
        return new GateResult(gate.name(), target.toString(), passed, conditions, gate.approvals());
    }

    private ConditionResult evaluate(ParsedCondition parsed) {
        Condition condition = parsed.condition();
        SearchField field = condition.field();
        return switch (field.kind()) {
            case METRIC -> evaluateMetric(parsed.text(), condition);
            case PARAM ->
                evaluateText(
                        parsed.text(),
                        condition,
                        "params." + field.key(),
                        facts.params().get(field.key()),
                        true);
            case TAG ->
                evaluateText(
                        parsed.text(),
                        condition,
                        "tags." + field.key(),
                        facts.tags().get(field.key()),
                        true);
            case ATTRIBUTE -> evaluateAttribute(parsed.text(), condition);
            case DATASET, METRIC_MIN, METRIC_MAX ->
                throw new IllegalArgumentException("conditions of gates have no datasets or extremes");
        };
    }

    private ConditionResult evaluateMetric(String text, Condition condition) {
        String name = "metrics." + condition.field().key();
        Double value = facts.metrics().get(condition.field().key());
        if (value == null) {
            return failed(text, null, notLogged(name));
        }
        return switch (condition.operand()) {
            case Operand.DoubleNumber(double limit) ->
                compare(text, name, value, condition.comparator(), limit, formatNumber(limit));
            case Operand.Reference reference -> evaluateRelative(text, name, value, condition.comparator(), reference);
            default -> throw new IllegalArgumentException("metrics cannot be compared with " + condition.operand());
        };
    }

    private ConditionResult evaluateRelative(
            String text, String name, double value, ComparisonOperator comparator, Operand.Reference reference) {
        GateTarget other = ParsedGate.comparedTarget(reference, target);
        LastHolder holder = holders.getOrDefault(other, Optional.empty()).orElse(null);
        if (holder == null) {
            return new ConditionResult(
                    text,
                    true,
                    formatNumber(value),
                    other + " points at no version yet, so there is nothing to compare with");
        }
        Double holderValue = holder.metrics().get(reference.metric());
        if (holderValue == null) {
            return failed(
                    text,
                    formatNumber(value),
                    "version " + holder.version() + ", which " + other + " points at, has no metrics."
                            + reference.metric());
        }
        double limit = holderValue * reference.factor() + reference.offset();
        String shown = formatNumber(limit) + " (version " + holder.version() + " of " + other + " has "
                + formatNumber(holderValue) + ")";
        return compare(text, name, value, comparator, limit, shown);
    }

    private static ConditionResult compare(
            String text, String name, double value, ComparisonOperator comparator, double limit, String shownLimit) {
        // NaN and infinities are errors of a training run, not results: no comparison with them holds.
        if (!Double.isFinite(value)) {
            return failed(text, Double.toString(value), name + " is " + value);
        }
        if (!Double.isFinite(limit)) {
            return failed(text, formatNumber(value), "it cannot be compared with " + shownLimit);
        }
        boolean passed = switch (comparator) {
            case EQ -> value == limit;
            case NE -> value != limit;
            case LT -> value < limit;
            case LE -> value <= limit;
            case GT -> value > limit;
            case GE -> value >= limit;
            default -> throw new IllegalArgumentException("numbers cannot be compared by " + comparator);
        };
        String relation = value == limit
                ? "equal to "
                : formatDifference(value - limit) + (value < limit ? " below " : " above ");
        return new ConditionResult(
                text, passed, formatNumber(value), name + " is " + formatNumber(value) + ", " + relation + shownLimit);
    }

    private ConditionResult evaluateAttribute(String text, Condition condition) {
        String key = condition.field().key();
        return switch (key) {
            case "has_description" ->
                evaluateFlag(
                        text,
                        condition,
                        facts.description() != null && !facts.description().isBlank(),
                        "a description");
            case "has_run" -> evaluateFlag(text, condition, facts.runId() != null, "a source run");
            case "has_signature" -> {
                VersionFacts.MlmodelSummary mlmodel = facts.mlmodel();
                yield mlmodel == null
                        ? failed(text, null, notRead("a signature"))
                        : evaluateFlag(text, condition, mlmodel.hasSignature(), "a signature");
            }
            case "flavor" -> {
                VersionFacts.MlmodelSummary mlmodel = facts.mlmodel();
                yield mlmodel == null
                        ? failed(text, null, notRead("a flavor"))
                        : evaluateFlavor(text, condition, mlmodel.flavors());
            }
            default -> {
                String tag = key.substring("tags.".length());
                yield evaluateText(
                        text,
                        condition,
                        "version.tags." + tag,
                        facts.versionTags().get(tag),
                        false);
            }
        };
    }

    private static String notRead(String what) {
        return "it is unknown whether the version has " + what
                + ", because the server could not read its MLmodel file when the version was created";
    }

    private static ConditionResult evaluateFlag(String text, Condition condition, boolean value, String what) {
        boolean wanted = condition.operand().equals(new Operand.Text("true"))
                == (condition.comparator() == ComparisonOperator.EQ);
        return new ConditionResult(
                text,
                value == wanted,
                Boolean.toString(value),
                "the version has " + (value ? what : what.replaceFirst("an? ", "no ")));
    }

    private static ConditionResult evaluateFlavor(String text, Condition condition, List<String> flavors) {
        boolean negative =
                condition.comparator() == ComparisonOperator.NE || condition.comparator() == ComparisonOperator.NOT_IN;
        boolean passed = negative
                ? flavors.stream().allMatch(flavor -> matches(condition, flavor))
                : flavors.stream().anyMatch(flavor -> matches(condition, flavor));
        return new ConditionResult(
                text, passed, String.join(", ", flavors), "its flavors are " + String.join(", ", flavors));
    }

    private ConditionResult evaluateText(
            String text, Condition condition, String name, @Nullable String value, boolean ofRun) {
        return switch (condition.comparator()) {
            case IS_NULL ->
                new ConditionResult(
                        text, value == null, value, name + (value == null ? " is not set" : " is '" + value + "'"));
            case IS_NOT_NULL ->
                value == null
                        ? failed(text, null, ofRun ? notLogged(name) : name + " is not set")
                        : passed(text, name, value);
            default ->
                value == null
                        ? failed(text, null, ofRun ? notLogged(name) : name + " is not set")
                        : new ConditionResult(text, matches(condition, value), value, name + " is '" + value + "'");
        };
    }

    private static ConditionResult passed(String text, String name, String value) {
        return new ConditionResult(text, true, value, name + " is '" + value + "'");
    }

    private static ConditionResult failed(String text, @Nullable String seen, String explanation) {
        return new ConditionResult(text, false, seen, explanation);
    }

    private String notLogged(String name) {
        if (facts.unrelatedRunId() != null) {
            return "the artifacts of the version are not of run " + facts.unrelatedRunId() + ", so it has no " + name;
        }
        return facts.runId() == null
                ? "the version has no source run and therefore no " + name
                : name + " was not logged to run " + facts.runId();
    }

    private static boolean matches(Condition condition, String value) {
        return switch (condition.operand()) {
            case Operand.Text(String other) ->
                switch (condition.comparator()) {
                    case EQ -> value.equals(other);
                    case NE -> !value.equals(other);
                    case LIKE -> LikePattern.compile(other, false).matches(value);
                    case ILIKE -> LikePattern.compile(other, true).matches(value);
                    default ->
                        throw new IllegalArgumentException("texts cannot be compared by " + condition.comparator());
                };
            case Operand.TextList(List<String> others) ->
                others.contains(value) == (condition.comparator() == ComparisonOperator.IN);
            default -> throw new IllegalArgumentException("texts cannot be compared with " + condition.operand());
        };
    }

    /** Returns a difference with at most six digits, so that 0.9 - 0.87 is 0.03. */
    private static String formatDifference(double value) {
        return Double.isInfinite(value)
                ? "infinitely far"
                : toPlainString(new BigDecimal(Math.abs(value)).round(new MathContext(6)));
    }

    private static String formatNumber(double value) {
        if (!Double.isFinite(value)) {
            return Double.toString(value);
        }
        return toPlainString(new BigDecimal(Double.toString(value)).round(new MathContext(12)));
    }

    private static String toPlainString(BigDecimal number) {
        BigDecimal bare = number.stripTrailingZeros();
        return Math.abs((long) bare.precision() - bare.scale()) > 12
                ? bare.toString().toLowerCase(Locale.ROOT)
                : bare.toPlainString();
    }
}
