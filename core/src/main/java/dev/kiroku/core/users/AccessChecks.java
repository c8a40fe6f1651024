package dev.kiroku.core.users;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.Action;
import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourceSelector;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Caller;

/** Who may manage users, roles and grants. */
final class AccessChecks {
    private static final ResourceKey WORKSPACE = ResourceKey.unknown(ResourceType.WORKSPACE);

    private AccessChecks() {}

    /** Throws with RESOURCE_DOES_NOT_EXIST on a server without authentication, which has no such operations in MLflow either. */
    static void requireAuthentication(Caller caller) {
        if (caller.isAnonymous()) {
            throw KirokuException.notFound("There are no users: the server was started without --auth.");
        }
    }

    /** Returns whether a caller may manage roles and the grants on all resources. */
    static boolean administers(Caller caller) {
        return caller.isAdmin()
                || caller.rights().decide(Action.MANAGE, WORKSPACE).allowed();
    }

    /** Throws with PERMISSION_DENIED unless the caller administers the workspace. */
    static void requireAdministrator(Caller caller) {
        requireAuthentication(caller);
        require(administers(caller), caller, "it needs MANAGE on workspace/* or membership of the group 'admins'");
    }

    /** Throws with PERMISSION_DENIED unless the caller is a member of the group of administrators. */
    static void requireServerAdministrator(Caller caller) {
        requireAuthentication(caller);
        require(caller.isAdmin(), caller, "it needs membership of the group 'admins'");
    }

    /**
     * Throws with PERMISSION_DENIED unless the caller may grant permissions on all resources of a type. To grant the administration of the
     * server takes an administrator of the server.
     */
    static void requireAdministratorOf(Caller caller, ResourceType type) {
        if (type == ResourceType.SERVER) {
            requireServerAdministrator(caller);
        } else {
            requireAdministrator(caller);
        }
    }

    /** Throws with PERMISSION_DENIED unless the caller may manage a resource. */
    static void requireManager(Caller caller, ResourceSelector resource, ResourceKey key) {
        requireAuthentication(caller);
        require(
                caller.rights().decide(Action.MANAGE, key).allowed(),
                caller,
                "to grant permissions on " + resource + " needs MANAGE on it");
    }

    /** Throws with PERMISSION_DENIED unless the caller is a user or administers the workspace. */
    static void requireSelfOrAdministrator(Caller caller, String user) {
        requireAuthentication(caller);
        require(
                isSelf(caller, user) || administers(caller),
                caller,
                "users see what concerns themselves; the rest needs MANAGE on workspace/* or membership of the group"
                        + " 'admins'");
    }

    /** Throws with PERMISSION_DENIED if the caller signed in with a restricted token, which must not lead to wider rights. */
    static void requireUnrestricted(Caller caller) {
        require(
                caller.rights()
                        .decide(Action.UPDATE, ResourceKey.unknown(ResourceType.USER))
                        .allowed(),
                caller,
                "accounts and tokens cannot be changed with a restricted token");
    }

    static boolean isSelf(Caller caller, String user) {
        return UserNames.areSame(caller.name(), user);
    }

    /** Throws with PERMISSION_DENIED and the reason unless {@code allowed}. */
    static void require(boolean allowed, Caller caller, String reason) {
        if (!allowed) {
            throw new KirokuException(
                    ErrorCode.PERMISSION_DENIED,
                    String.format("Permission denied for user '%s': %s.", caller.name(), reason));
        }
    }
}
