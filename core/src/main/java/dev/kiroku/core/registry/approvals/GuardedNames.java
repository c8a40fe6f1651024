package dev.kiroku.core.registry.approvals;

import dev.kiroku.core.registry.gates.ApprovalGate;
import dev.kiroku.core.registry.gates.GateEvaluator;
import dev.kiroku.core.registry.gates.GatePolicy;
import dev.kiroku.core.registry.gates.HolderLookup;
import dev.kiroku.core.registry.store.Assignment;
import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.registry.store.LastHolder;
import dev.kiroku.core.registry.store.ModelRow;
import dev.kiroku.core.registry.store.RegistryTransaction;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.registry.GateResult;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Applies gates to all consequences of an operation. A guarded name is a model name with an alias or stage that a gate
 * protects. Clients see what it points at, not how that came about: so each operation that changes it, for example a
 * rename, a deletion, or a transition out of a stage whose next older version then becomes its holder, is an assignment
 * that conditions and approvals must permit.
 *
 * <p>An instance captures the holders before an operation. Afterwards, {@link #verify} compares, and stores the last
 * holder of each guarded name that points at no version any more, so that relative conditions cannot be avoided by
 * deleting what they compare with.
 */
public final class GuardedNames {
    /** @param model the name of the model, not its key: a name stays guarded when its model is deleted or renamed */
    private record GuardedName(String model, GateTarget target) {}

    private record Holder(long modelKey, LastHolder facts) {}

    private final RegistryTransaction tx;
    private final GatePolicy policy;
    private final Map<GuardedName, Holder> before = new HashMap<>();

    private GuardedNames(RegistryTransaction tx, GatePolicy policy) {
        this.tx = tx;
        this.policy = policy;
    }

    /** Captures the holders of a model's guarded names before an operation on it. */
    public static GuardedNames capture(RegistryTransaction tx, GatePolicy policy, ModelRow model) {
        var names = new GuardedNames(tx, policy);
        for (GateTarget target : names.listWatchedTargets(model)) {
            long version = tx.findHolder(model, target);
            names.before.put(
                    new GuardedName(model.name(), target),
                    new Holder(
                            model.key(),
                            new LastHolder(version, tx.getFacts(model, version).metrics())));
        }
        return names;
    }

    /**
     * Throws {@link KirokuException} with PERMISSION_DENIED if a gate with approvals protects one of the targets:
     * deleting what they resolve to would bypass the approvals.
     *
     * @param operation what is refused, for the message, such as {@code Model 'a' cannot be deleted}
     */
    public static void requireUnprotected(
            GatePolicy policy, ModelRow model, List<GateTarget> targets, String operation) {
        for (GateTarget target : policy.listWatched(model.name(), targets)) {
            List<ApprovalGate> protecting = GateEvaluator.withApprovals(policy.gatesOf(model.name(), target));
            if (!protecting.isEmpty()) {
                throw GateEvaluator.permissionDenied(
                        "%s: %s points at it, and gate %s requires approval to change that. Request approval to change or delete %s first.",
                        operation,
                        target,
                        quoteNames(protecting.stream().map(ApprovalGate::name).toList()),
                        target);
            }
        }
    }

    private static String quoteNames(List<String> gates) {
        return gates.isEmpty() ? "none" : "'" + String.join("', '", gates) + "'";
    }

    /** Returns the targets of a model that point at a version and that gates protect or compare with. */
    private List<GateTarget> listWatchedTargets(ModelRow model) {
        return policy.isEmpty() ? List.of() : policy.listWatched(model.name(), tx.listTargets(model));
    }

    /**
     * Verifies the changes of an operation, and stores last holders.
     *
     * @param after the model as it is after the operation, or empty if it was deleted
     * @param operation what is refused, for messages, such as {@code Model 'a' cannot be renamed to 'b'}
     * @param evaluated the target whose conditions the caller has evaluated already, or empty
     * @param approved whether the operation has all approvals that it needs
     * @throws KirokuException with PERMISSION_DENIED if a gate does not permit a change
     */
    public void verify(Optional<ModelRow> after, String operation, Optional<GateTarget> evaluated, boolean approved) {
        Set<GuardedName> names = new LinkedHashSet<>(before.keySet());
        after.ifPresent(model ->
                listWatchedTargets(model).forEach(target -> names.add(new GuardedName(model.name(), target))));
        policy.map(names, name -> {
            verify(name, after, operation, evaluated, approved);
            return name;
        });
    }

    private void verify(
            GuardedName name,
            Optional<ModelRow> after,
            String operation,
            Optional<GateTarget> evaluated,
            boolean approved) {
        Holder old = before.get(name);
        ModelRow model = after.filter(row -> row.name().equals(name.model)).orElse(null);
        long version = model == null ? 0 : tx.findHolder(model, name.target);
        boolean unchanged =
                old != null && model != null && old.modelKey == model.key() && old.facts.version() == version;
        if (unchanged) {
            return;
        }
        if (old != null && version == 0) {
            tx.putLastHolder(name.model, name.target, old.facts);
        }
        if (!approved) {
            requireNoApproval(name, operation);
        }
        if (model != null && version != 0 && !evaluated.equals(Optional.of(name.target))) {
            requireConditions(name, model, version, operation);
        }
    }

    private void requireNoApproval(GuardedName name, String operation) {
        List<ApprovalGate> approvalGates = GateEvaluator.withApprovals(policy.gatesOf(name.model, name.target));
        if (!approvalGates.isEmpty()) {
            throw GateEvaluator.permissionDenied(
                    "%s: that would change what %s of model '%s' points at, for which gate %s requires approval. Request approval to change "
                            + "or delete %s first.",
                    operation,
                    name.target,
                    name.model,
                    approvalGates.stream().map(gate -> "'" + gate.name() + "'").collect(Collectors.joining(", ")),
                    name.target);
        }
    }

    private void requireConditions(GuardedName name, ModelRow model, long version, String operation) {
        HolderLookup holdersBefore = target -> findHolderBefore(name.model, target);
        List<GateResult> failed = policy.findFailed(model, name.target, version, holdersBefore);
        if (!failed.isEmpty()) {
            throw GateEvaluator.permissionDenied(
                    "%s: %s",
                    operation,
                    GateEvaluator.describeFailure(name.model, new Assignment(name.target, version, false), failed));
        }
        AssignmentRules.watchRun(tx, policy, model, name.target, version, holdersBefore);
    }

    private Optional<LastHolder> findHolderBefore(String modelName, GateTarget target) {
        Holder old = before.get(new GuardedName(modelName, target));
        return old == null ? tx.findLastHolder(modelName, target) : Optional.of(old.facts);
    }
}
