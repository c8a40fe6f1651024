package dev.kiroku.core.registry.approvals;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.gates.ApprovalGate;
import dev.kiroku.core.registry.gates.GateEvaluator;
import dev.kiroku.core.registry.gates.GatePolicy;
import dev.kiroku.core.registry.gates.HolderLookup;
import dev.kiroku.core.registry.store.Assignment;
import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.registry.store.ModelRow;
import dev.kiroku.core.registry.store.RegistrySnapshot;
import dev.kiroku.core.registry.store.RegistryTransaction;
import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.GateResult;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which gates apply to an assignment. */
final class AssignmentRules {
    private AssignmentRules() {}

    /**
     * Evaluates the conditions of the gates on an assignment. If one fails, webhooks that subscribe to
     * {@code gate.failed} get a message.
     *
     * @return the reason for a refusal, or empty if all conditions hold
     */
    static Optional<String> findFailure(
            RegistryTransaction tx, GatePolicy policy, ModelRow model, Assignment assignment, ChangeContext change) {
        if (assignment.isDeletion()) {
            return Optional.empty();
        }
        GateTarget target = assignment.target();
        List<GateResult> failed =
                policy.findFailed(model, target, assignment.version(), HolderLookup.present(tx, model));
        if (failed.isEmpty()) {
            return Optional.empty();
        }
        tx.emit(
                WebhookMessage.gateFailed(
                        model.name(),
                        assignment.version(),
                        target.toString(),
                        change.caller().name(),
                        failed),
                change.timestamp());
        return Optional.of(GateEvaluator.describeFailure(model.name(), assignment, failed));
    }

    /**
     * Has the run of the version to assign checked by gates that freeze it. What was evaluated is compared again after
     * the run was locked: nothing can be logged between the evaluation and the assignment.
     */
    static void watchRun(RegistryTransaction tx, GatePolicy policy, ModelRow model, Assignment assignment) {
        if (!assignment.isDeletion()) {
            watchRun(tx, policy, model, assignment.target(), assignment.version(), HolderLookup.present(tx, model));
        }
    }

    /** As {@link #watchRun(RegistryTransaction, GatePolicy, ModelRow, Assignment)}, for a version that becomes the holder of a target. */
    static void watchRun(
            RegistryTransaction tx,
            GatePolicy policy,
            ModelRow model,
            GateTarget target,
            long version,
            HolderLookup lookup) {
        tx.watchRun(model, version);
        if (policy.gatesOf(model.name(), target).stream().anyMatch(Gate::freezes)) {
            policy.evaluate(model, target, version, lookup);
        }
    }

    /**
     * Returns the gates whose approval an assignment needs: those of its target, those of the stage that the version
     * leaves, and those of the stage Archived if other versions move to it.
     */
    static List<ApprovalGate> findApprovalGates(
            RegistrySnapshot registry, GatePolicy policy, ModelRow model, Assignment assignment) {
        Set<GateTarget> targets = new LinkedHashSet<>(Set.of(assignment.target()));
        if (!assignment.target().isAlias()) {
            String stage = registry.requireVersion(model, assignment.version()).currentStage();
            targets.add(GateTarget.stage(Stage.parse(stage)));
            if (assignment.archiveOthers()) {
                targets.add(GateTarget.stage(Stage.ARCHIVED));
            }
        }
        Set<Gate> found = new LinkedHashSet<>();
        policy.map(targets, target -> policy.gatesOf(model.name(), target)).forEach(found::addAll);
        return GateEvaluator.withApprovals(found);
    }
}
