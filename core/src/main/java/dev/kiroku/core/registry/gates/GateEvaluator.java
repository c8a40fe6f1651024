package dev.kiroku.core.registry.gates;

import dev.kiroku.core.registry.store.Assignment;
import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.registry.store.ModelRow;
import dev.kiroku.core.registry.store.RegistrySnapshot;
import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.GateResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Evaluates gates within the transaction whose change they protect. */
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

    /** Returns the result of each of the gates for an existing version. */
    public static List<GateResult> evaluate(
            RegistrySnapshot registry, ModelRow model, List<Gate> gates, GateTarget target, long version) {
        if (gates.isEmpty()) {
            return List.of();
        }
        var evaluator = new ConditionEvaluator(registry, model, target, registry.getFacts(model, version));
        return gates.stream().map(evaluator::evaluate).toList();
    }

    /** Returns the results of those of the gates whose conditions an existing version fails. */
    public static List<GateResult> findFailed(
            RegistrySnapshot registry, ModelRow model, List<Gate> gates, GateTarget target, long version) {
        return evaluate(registry, model, gates, target, version).stream()
                .filter(result -> !result.passed())
                .toList();
    }

    /** Returns a message that names the failed conditions, the values they saw, and the command that shows all conditions. */
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
     * Throws {@link KirokuException} with PERMISSION_DENIED if under the new name other gates would protect what the model's aliases and
     * stages point at: renaming from a name without gates would bypass them.
     */
    public static void requireSameGates(RegistrySnapshot registry, ModelRow model, String newName) {
        List<Gate> gates = registry.listGates();
        for (GateTarget target : gates.isEmpty() ? List.<GateTarget>of() : registry.listTargets(model)) {
            List<Gate> present = gatesOf(gates, model.name(), target);
            List<Gate> future = gatesOf(gates, newName, target);
            if (!present.equals(future)) {
                throw permissionDenied(
                        "Model '%s' cannot be renamed to '%s': its %s points at a version, and is protected by gates %s under the present name "
                                + "and by gates %s under the new name. Change the gates so that they match both names, or delete the %s first.",
                        model.name(),
                        newName,
                        target,
                        quoteNames(present.stream().map(Gate::name).toList()),
                        quoteNames(future.stream().map(Gate::name).toList()),
                        target.isAlias() ? "alias" : "stage's versions");
            }
        }
    }

    /**
     * Throws {@link KirokuException} with PERMISSION_DENIED if a gate with approvals protects one of the targets: deleting what they resolve
     * to would bypass the approvals.
     *
     * @param what what is to be deleted, for the message
     */
    public static void requireUnprotected(
            RegistrySnapshot registry, ModelRow model, List<GateTarget> targets, String what) {
        List<Gate> gates = registry.listGates();
        for (GateTarget target : gates.isEmpty() ? List.<GateTarget>of() : targets) {
            List<ApprovalGate> protecting = withApprovals(gatesOf(gates, model.name(), target));
            if (!protecting.isEmpty()) {
                throw permissionDenied(
                        "%s cannot be deleted: %s points at it, and gate %s requires approval to change that. Request approval to assign "
                                + "%s to another version or to delete it first.",
                        what,
                        target,
                        quoteNames(protecting.stream().map(ApprovalGate::name).toList()),
                        target);
            }
        }
    }

    private static String quoteNames(List<String> gates) {
        return gates.isEmpty() ? "none" : "'" + String.join("', '", gates) + "'";
    }

    /** Returns an exception with PERMISSION_DENIED. @param format see {@link String#format} */
    public static KirokuException permissionDenied(String format, Object... args) {
        return new KirokuException(ErrorCode.PERMISSION_DENIED, String.format(Locale.ROOT, format, args));
    }
}
