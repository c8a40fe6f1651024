package dev.kiroku.core.registry.store;

/**
 * A change of the version that an alias or stage points at.
 *
 * @param version the version to assign the target to, or 0 to delete an alias
 * @param archiveOthers for a stage: whether to archive the other versions in it
 */
public record Assignment(GateTarget target, long version, boolean archiveOthers) {
    /** Returns whether this deletes an alias. */
    public boolean isDeletion() {
        return version == 0;
    }

    /**
     * Returns a clause for messages, such as {@code Version 3 of model 'iris' cannot be assigned to alias 'champion'}.
     */
    public String describeRefusal(String model) {
        return isDeletion()
                ? capitalized(target.toString()) + " of model '" + model + "' cannot be deleted"
                : "Version " + version + " of model '" + model + "' cannot be assigned to " + target;
    }

    private static String capitalized(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
