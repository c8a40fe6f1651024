package dev.kiroku.core.registry.approvals;

import dev.kiroku.core.registry.gates.GateEvaluator;
import dev.kiroku.model.KirokuException;

/**
 * The outcome of an assignment. A refusal is a result because what it leaves behind, such as an approval request, must
 * be committed.
 */
public sealed interface AssignmentResult {
    /** The alias or stage points at the version now. */
    record Applied() implements AssignmentResult {}

    /**
     * A gate refused the assignment.
     *
     * @param message the reason, and what to do next
     */
    record Refused(String message) implements AssignmentResult {}

    /**
     * Throws {@link KirokuException} with PERMISSION_DENIED if the assignment was refused. To be called after the
     * commit.
     */
    default void requireApplied() {
        if (this instanceof Refused(String message)) {
            throw GateEvaluator.permissionDenied("%s", message);
        }
    }
}
