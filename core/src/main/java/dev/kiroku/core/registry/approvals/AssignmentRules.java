package dev.kiroku.core.registry.approvals;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.gates.ApprovalGate;
import dev.kiroku.core.registry.gates.GateEvaluator;
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
     * @param gates all gates
     * @return the reason for a refusal, or empty if all conditions hold
     */
    static Optional<String> findFailure(
            RegistryTransaction tx, ModelRow model, List<Gate> gates, Assignment assignment, ChangeContext change) {
        if (assignment.isDeletion()) {
            return Optional.empty();
        }
        GateTarget target = assignment.target();
        List<GateResult> failed = GateEvaluator.findFailed(
                tx,
                model,
                GateEvaluator.gatesOf(gates, model.name(), target),
                target,
                assignment.version(),
                HolderLookup.present(tx, model));
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
     * Returns the gates whose approval an assignment needs: those of its target, those of the stage that the version
     * leaves, and those of the stage Archived if other versions move to it.
     *
     * @param gates all gates
     */
    static List<ApprovalGate> findApprovalGates(
            RegistrySnapshot registry, ModelRow model, List<Gate> gates, Assignment assignment) {
        Set<Gate> found = new LinkedHashSet<>(GateEvaluator.gatesOf(gates, model.name(), assignment.target()));
        if (!assignment.target().isAlias()) {
            String stage = registry.requireVersion(model, assignment.version()).currentStage();
            found.addAll(GateEvaluator.gatesOf(gates, model.name(), GateTarget.stage(Stage.parse(stage))));
            if (assignment.archiveOthers()) {
                found.addAll(GateEvaluator.gatesOf(gates, model.name(), GateTarget.stage(Stage.ARCHIVED)));
            }
        }
        return GateEvaluator.withApprovals(found);
    }
}
