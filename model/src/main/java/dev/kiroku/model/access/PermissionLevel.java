package dev.kiroku.model.access;

/**
 * What a grant allows, in ascending order: each level from {@link #READ} allows what the levels below it allow. The names are MLflow's.
 */
public enum PermissionLevel {
    /** Forbids everything, whatever other grants on the same type of resource allow. */
    DENY,
    /** Allows nothing. Only as a default: a resource without a grant has this level already. */
    NO_PERMISSIONS,
    /** Allows to read, and to find in searches. */
    READ,
    /** Also allows to refer to the resource or to trigger it. */
    USE,
    /** Also allows to change. */
    EDIT,
    /** Also allows to delete, and to grant permissions. */
    MANAGE;

    /** Returns whether the level allows an action. Nothing is created by a level, see {@link AccessRights}. */
    public boolean allows(Action action) {
        return compareTo(leastFor(action)) >= 0;
    }

    /** Returns the lowest level that allows an action; for {@link Action#CREATE}, the lowest that does not forbid it. */
    public static PermissionLevel leastFor(Action action) {
        return switch (action) {
            case CREATE -> NO_PERMISSIONS;
            case READ -> READ;
            case USE -> USE;
            case UPDATE -> EDIT;
            case DELETE, MANAGE -> MANAGE;
        };
    }

    /** Returns the higher of two levels. */
    public static PermissionLevel max(PermissionLevel one, PermissionLevel other) {
        return one.compareTo(other) >= 0 ? one : other;
    }
}
