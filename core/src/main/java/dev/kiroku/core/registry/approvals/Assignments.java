package dev.kiroku.core.registry.approvals;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.gates.ApprovalGate;
import dev.kiroku.core.registry.gates.GatePolicy;
import dev.kiroku.core.registry.store.Assignment;
import dev.kiroku.core.registry.store.ModelRow;
import dev.kiroku.core.registry.store.RegistryTransaction;
import java.util.List;
import java.util.Optional;

/** Assigns aliases and stages to versions if the gates permit it. */
public final class Assignments {
    private Assignments() {}

    /**
     * Makes an assignment, or refuses it because a condition fails or because it needs approval. Without gates this
     * costs one query of an empty table.
     *
     * @param model locked by the transaction
     */
    public static AssignmentResult assign(
            RegistryTransaction tx, GatePolicy policy, ModelRow model, Assignment assignment, ChangeContext change) {
        if (!policy.isEmpty()) {
            Optional<String> failure = AssignmentRules.findFailure(tx, policy, model, assignment, change);
            if (failure.isPresent()) {
                return new AssignmentResult.Refused(failure.get());
            }
            List<ApprovalGate> approvalGates = AssignmentRules.findApprovalGates(tx, policy, model, assignment);
            if (!approvalGates.isEmpty()) {
                return new ApprovalWorkflow(tx, policy, change).refuse(model, assignment, approvalGates);
            }
        }
        GuardedNames names = GuardedNames.capture(tx, policy, model);
        AssignmentRules.watchRun(tx, policy, model, assignment);
        assignUnchecked(tx, model, assignment, change);
        if (!policy.isEmpty()) {
            names.verify(
                    Optional.of(model),
                    assignment.describeRefusal(model.name()),
                    Optional.of(assignment.target()),
                    true);
            new ApprovalWorkflow(tx, policy, change).invalidateOthers(model, assignment.target(), null);
        }
        return new AssignmentResult.Applied();
    }

    /**
     * Invalidates the open requests of a model.
     *
     * @param reason why their assignments would no longer be what was approved
     */
    public static void invalidateRequests(
            RegistryTransaction tx, GatePolicy policy, ModelRow model, String reason, ChangeContext change) {
        new ApprovalWorkflow(tx, policy, change).invalidateAll(model, reason);
    }

    /** Makes an assignment that changes nothing gates protect, such as setting the stage that a version already has. */
    public static void assignUnchecked(
            RegistryTransaction tx, ModelRow model, Assignment assignment, ChangeContext change) {
        new AssignmentWriter(tx, model, change, null).write(assignment);
    }
}
