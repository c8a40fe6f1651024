package dev.kiroku.core.registry.approvals;

import dev.kiroku.core.registry.gates.GateTarget;

/**
 * A change that gates look at.
 *
 * @param version what the target is to point at; 0 to delete an alias
 * @param archiveOthers of a stage: whether what is in it now is to be archived
 */
public record Assignment(GateTarget target, long version, boolean archiveOthers) {
    public boolean isDeletion() {
        return version == 0;
    }

    /** What follows on "may not": for messages. */
    public String describe(String model) {
        return isDeletion()
                ? "delete " + target + " of model '" + model + "'"
                : "make version " + version + " of model '" + model + "' " + target;
    }
}
