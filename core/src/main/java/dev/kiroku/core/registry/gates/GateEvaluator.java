package dev.kiroku.core.registry.gates;

import dev.kiroku.core.registry.store.Assignment;
import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.core.search.GlobPattern;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.GateResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Which gates protect what, and the messages about it. */
public final class GateEvaluator {
    private GateEvaluator() {}

    /** Returns those of the gates that protect a target of a model. */
    public static List<Gate> gatesOf(List<Gate> gates, String model, GateTarget target) {
        return gates.stream()
                .filter(gate -> GlobPattern.matches(gate.models(), model) && appliesTo(gate, target))
                .toList();
    }

    private static boolean appliesTo(Gate gate, GateTarget target) {
        return target.isAlias()
                ? gate.alias() != null && GlobPattern.matches(gate.alias(), target.name())
                : gate.stage() != null && Stage.parse(gate.stage()).wireName().equals(target.name());
    }

    /**
     * Returns a message that names the failed conditions, the values they saw, and the command that shows all
     * conditions.
     */
    public static String describeFailure(String model, Assignment assignment, List<GateResult> failed) {
        GateTarget target = assignment.target();
        return String.format(
                Locale.ROOT,
                "%s: %s. To see all conditions: kiroku gates check --name %s --version %d%s",
                assignment.describeRefusal(model),
                failed.stream().map(GateEvaluator::describeConditions).collect(Collectors.joining("; ")),
                model,
                assignment.version(),
                target.isAlias() ? " --alias " + target.name() : " --stage " + target.name());
    }

    private static String describeConditions(GateResult result) {
        return "gate '" + result.gate() + "' requires "
                + result.conditions().stream()
                        .filter(condition -> !condition.passed())
                        .map(condition -> condition.condition() + ", but " + condition.explanation())
                        .collect(Collectors.joining("; and "));
    }

    /** Returns those of the gates that require approvals. */
    public static List<ApprovalGate> withApprovals(Collection<Gate> gates) {
        List<ApprovalGate> found = new ArrayList<>();
        for (Gate gate : gates) {
            Gate.ApprovalRequirement requirement = gate.approvals();
            if (requirement != null) {
                found.add(new ApprovalGate(gate.name(), requirement));
            }
        }
        return found;
    }

    /**
     * Returns an exception with PERMISSION_DENIED.
     *
     * @param format see {@link String#format}
     */
    public static KirokuException permissionDenied(String format, Object... args) {
        return new KirokuException(ErrorCode.PERMISSION_DENIED, String.format(Locale.ROOT, format, args));
    }
}
