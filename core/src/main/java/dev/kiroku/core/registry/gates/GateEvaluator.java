package dev.kiroku.core.registry.gates;

import dev.kiroku.core.registry.Stage;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.GateResult;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Decides what the gates let happen. Stores ask it within the transaction that is to make the change. */
public final class GateEvaluator {
    private GateEvaluator() {}

    /** The gates of a target. */
    public static List<Gate> gatesOf(List<Gate> gates, String model, GateTarget target) {
        return gates.stream()
                .filter(gate -> matches(gate.models(), model) && appliesTo(gate, target))
                .toList();
    }

    private static boolean appliesTo(Gate gate, GateTarget target) {
        return target.isAlias()
                ? gate.alias() != null && matches(gate.alias(), target.name())
                : gate.stage() != null && Stage.parse(gate.stage()).wireName().equals(target.name());
    }

    private static boolean matches(String pattern, String name) {
        if (!pattern.contains("*")) {
            return pattern.equals(name);
        }
        String regex = Pattern.compile("\\*")
                .splitAsStream(pattern + "\n")
                .map(part -> part.replace("\n", ""))
                .map(Pattern::quote)
                .collect(Collectors.joining(".*"));
        return Pattern.compile(regex, Pattern.DOTALL).matcher(name).matches();
    }

    /** What each of the gates makes of a version. */
    public static List<GateResult> evaluate(GateContext view, List<Gate> gates, GateTarget target, long version) {
        if (gates.isEmpty()) {
            return List.of();
        }
        ConditionEvaluator evaluation = new ConditionEvaluator(view, target, view.getFacts(version));
        return gates.stream().map(evaluation::evaluate).toList();
    }

    /** What those of the gates make of a version that it does not pass. */
    public static List<GateResult> findFailed(GateContext view, List<Gate> gates, GateTarget target, long version) {
        return evaluate(view, gates, target, version).stream()
                .filter(result -> !result.passed())
                .toList();
    }

    /** @return PERMISSION_DENIED that says which conditions failed, and by how much */
    public static KirokuException gateFailure(String model, GateTarget target, long version, List<GateResult> failed) {
        return permissionDenied(
                "Version %d of model '%s' may not become %s: %s. To see all conditions: kiroku gates check --name %s --version %d%s",
                version,
                model,
                target,
                failed.stream().map(GateEvaluator::describeFailures).collect(Collectors.joining("; ")),
                model,
                version,
                target.isAlias() ? " --alias " + target.name() : " --stage " + target.name());
    }

    private static String describeFailures(GateResult result) {
        return "gate '" + result.gate() + "' wants "
                + result.conditions().stream()
                        .filter(condition -> !condition.passed())
                        .map(condition -> condition.condition() + ", but " + condition.explanation())
                        .collect(Collectors.joining("; and "));
    }

    /** Those of the gates that people must agree to. */
    public static List<Gate> withApprovals(List<Gate> gates) {
        return gates.stream().filter(gate -> gate.approvals() != null).toList();
    }

    /**
     * Refuses a new name under which other gates would hold for what the model's aliases and stages point at: else a name without gates
     * would be a way round those of another.
     */
    public static void requireSameGates(GateContext view, String newName) {
        List<Gate> gates = view.gates();
        for (GateTarget target : gates.isEmpty() ? List.<GateTarget>of() : view.listTargets()) {
            List<Gate> here = gatesOf(gates, view.model(), target);
            List<Gate> there = gatesOf(gates, newName, target);
            if (!here.equals(there)) {
                throw permissionDenied(
                        "Model '%s' may not be renamed to '%s': its %s points at a version, and the gates for it are %s under the one name and %s "
                                + "under the other. Have the gates changed so that they hold for both names, or delete the %s first.",
                        view.model(),
                        newName,
                        target,
                        quoteNames(here),
                        quoteNames(there),
                        target.isAlias() ? "alias" : "version's stage");
            }
        }
    }

    /** Refuses to take away at once what could be taken away one by one only with approvals. */
    public static void requireUnprotected(GateContext view, List<GateTarget> targets, String what) {
        List<Gate> gates = view.gates();
        for (GateTarget target : gates.isEmpty() ? List.<GateTarget>of() : targets) {
            List<Gate> protecting = withApprovals(gatesOf(gates, view.model(), target));
            if (!protecting.isEmpty()) {
                throw permissionDenied(
                        "%s may not be deleted: %s points at it, which gate %s protects. Move it elsewhere or delete it first, with the approval "
                                + "that this takes.",
                        what, target, quoteNames(protecting));
            }
        }
    }

    private static String quoteNames(List<Gate> gates) {
        return gates.isEmpty()
                ? "none"
                : gates.stream().map(gate -> "'" + gate.name() + "'").collect(Collectors.joining(", "));
    }

    public static KirokuException permissionDenied(String format, Object... args) {
        return new KirokuException(ErrorCode.PERMISSION_DENIED, String.format(Locale.ROOT, format, args));
    }
}
