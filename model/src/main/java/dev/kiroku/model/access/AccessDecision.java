package dev.kiroku.model.access;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The answer to whether a user may do something, with the reasons.
 *
 * @param checks what the operation requires, in order; it is allowed if all are met
 */
public record AccessDecision(List<Check> checks) {
    /** What decided a check. */
    public enum Basis {
        /** The operation is open to every user. */
        OPEN,
        /** The user is an administrator, or may manage the workspace. */
        ADMIN,
        /** Grants of the user; the highest counts, or one that denies. */
        GRANT,
        /** Grants of the user, all lower than the default permission. */
        DEFAULT_ABOVE_GRANT,
        /** The default permission, as the user has no grant. */
        DEFAULT,
        /** The restrictions of the token that the user signed in with. */
        TOKEN
    }

    /**
     * One requirement of an operation.
     *
     * @param type the type of resource that the action is required on
     * @param action the required action
     * @param level the level that the user has; null if the decision has another basis
     * @param decidedBy the type of resource whose grants decided: {@code type} or the type of its container; null if none did
     * @param grants the grants that match at that type
     */
    public record Check(
            ResourceType type,
            Action action,
            boolean allowed,
            Basis basis,
            @Nullable PermissionLevel level,
            @Nullable ResourceType decidedBy,
            List<HeldGrant> grants) {
        public Check {
            grants = List.copyOf(grants);
        }
    }

    public AccessDecision {
        checks = List.copyOf(checks);
    }

    /** Returns whether all requirements are met. */
    public boolean allowed() {
        for (Check check : checks) { // asked for by each request: without a stream
            if (!check.allowed()) {
                return false;
            }
        }
        return true;
    }

    /** Returns the first requirement that is not met, or empty if the operation is allowed. */
    public Optional<Check> firstDenied() {
        return checks.stream().filter(check -> !check.allowed()).findFirst();
    }
}
