package dev.kiroku.core.users;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.access.AccessStore;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.model.access.Grant;
import dev.kiroku.model.access.Principal;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.users.Role;
import dev.kiroku.model.users.RoleApi;
import dev.kiroku.model.users.RoleAssignment;
import dev.kiroku.model.users.RolePermission;
import dev.kiroku.model.users.UserApi;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operations of {@link RoleApi}. As in MLflow, administrators change roles. Other users read only the roles that they have, because the grants
 * of a role name resources; a role that they do not have and one that does not exist are refused alike. Thread-safe.
 */
public final class Roles {
    private static final int MAX_NAME = 255;
    private static final int MAX_DESCRIPTION = 1024;

    private final AccessStore store;
    private final UserStore users;
    private final InstantSource clock;

    /** Creates the operations on one store. */
    public Roles(AccessStore store, UserStore users, InstantSource clock) {
        this.store = store;
        this.users = users;
        this.clock = clock;
    }

    /** Adds a role without grants. */
    public RoleApi.RoleResponse create(RoleApi.CreateRoleRequest request, Caller caller) {
        AccessChecks.requireAdministrator(caller);
        requireWorkspace(request.workspace());
        String name = requireName(request.name());
        return new RoleApi.RoleResponse(
                store.createRole(name, requireDescription(request.description()), change(caller)));
    }

    private static void requireWorkspace(String workspace) {
        if (workspace.isBlank()) {
            throw invalid("Workspace cannot be empty.");
        }
        if (!workspace.equals(Role.WORKSPACE)) {
            throw invalid(
                    "There is no workspace '%s'; all resources are in the workspace '%s'.", workspace, Role.WORKSPACE);
        }
    }

    /** Returns a name; throws with INVALID_PARAMETER_VALUE if no role can be called so. */
    public static String requireName(String name) {
        if (name.isBlank()) {
            throw invalid("Role name cannot be empty.");
        }
        if (name.length() > MAX_NAME || name.chars().anyMatch(Character::isISOControl)) {
            throw invalid("A role name must have at most %d characters, none of control.", MAX_NAME);
        }
        if (name.matches("__(user|group)_.*__")) {
            throw invalid("Role name '%s' is reserved for the grants of one user or group. Choose another name.", name);
        }
        return name;
    }

    private static @Nullable String requireDescription(@Nullable String description) {
        if (description != null && description.length() > MAX_DESCRIPTION) {
            throw invalid("A role description must have at most %d characters.", MAX_DESCRIPTION);
        }
        return description;
    }

    /** Returns a role. */
    public RoleApi.RoleResponse get(RoleApi.RoleRequest request, Caller caller) {
        return new RoleApi.RoleResponse(requireReadable(request.roleId(), caller));
    }

    /** Returns a role that the caller has, or any role for administrators. */
    private Role requireReadable(long id, Caller caller) {
        AccessChecks.requireAuthentication(caller);
        if (AccessChecks.administers(caller)) {
            return store.findRole(id).orElseThrow(() -> denied(caller, id));
        }
        return held(caller).stream().filter(role -> role.id() == id).findFirst().orElseThrow(() -> denied(caller, id));
    }

    /** Administrators learn that there is no such role; others are refused as if it were not theirs to see. */
    private static RuntimeException denied(Caller caller, long id) {
        AccessChecks.require(caller.isAdmin(), caller, "there is no role that the user may see with this ID");
        return notFound("Role with id=%d not found", id);
    }

    /** Returns the roles of the caller: the caller's own, those that the caller is assigned to, and those of the caller's groups. */
    private List<Role> held(Caller caller) {
        return roles(store.listRolesOf(caller.name(), List.copyOf(caller.groups())));
    }

    private static List<Role> roles(List<AccessStore.HeldRole> held) {
        // A user and a group can both be assigned to a role.
        return held.stream()
                .map(AccessStore.HeldRole::role)
                .distinct()
                .sorted(Comparator.comparing(Role::id))
                .toList();
    }

    /** Returns the roles of the workspaces that the caller may read; for administrators, all with those of single users. */
    public RoleApi.RolesResponse list(RoleApi.ListRolesRequest request, Caller caller) {
        AccessChecks.requireAuthentication(caller);
        AccessChecks.require(
                caller.isAdmin() || !request.workspace().isEmpty(),
                caller,
                "a list of all workspaces needs membership of 'admins'");
        List<Role> readable = AccessChecks.administers(caller) ? store.listAllRoles() : held(caller);
        AccessChecks.require(
                AccessChecks.administers(caller) || !readable.isEmpty(),
                caller,
                "roles are visible to users who have a role or a grant");
        for (String workspace : request.workspace()) {
            if (workspace.isBlank()) {
                throw invalid("Parameter 'workspace' must be a non-empty string when provided.");
            }
            AccessChecks.require(
                    caller.isAdmin() || workspace.equals(Role.WORKSPACE),
                    caller,
                    "the user has no role in the workspace '" + workspace + "'");
        }
        boolean listed = request.workspace().isEmpty() || request.workspace().contains(Role.WORKSPACE);
        return new RoleApi.RolesResponse(listed ? readable : List.of());
    }

    /** Changes the name or the description of a role. */
    public RoleApi.RoleResponse update(RoleApi.UpdateRoleRequest request, Caller caller) {
        AccessChecks.requireAdministrator(caller);
        if (request.name() == null && request.description() == null) {
            throw invalid("At least one of 'name' or 'description' must be provided to update a role.");
        }
        String name = request.name() == null ? null : requireName(request.name());
        String description = requireDescription(request.description());
        requireChangeable(request.roleId(), caller);
        return new RoleApi.RoleResponse(store.updateRole(request.roleId(), name, description, change(caller)));
    }

    /** A role with a grant on the server makes administrators, so only they change it and who has it. */
    private void requireChangeable(long id, Caller caller) {
        Role role = store.findRole(id).orElseThrow(() -> denied(caller, id));
        role.permissions()
                .forEach(permission ->
                        AccessChecks.requireAdministratorOf(caller, GrantInput.type(permission.resourceType())));
    }

    /** Deletes a role with its grants and assignments. */
    public Empty delete(RoleApi.RoleRequest request, Caller caller) {
        AccessChecks.requireAdministrator(caller);
        requireChangeable(request.roleId(), caller);
        store.deleteRole(request.roleId(), change(caller));
        return new Empty();
    }

    /** Adds a grant to a role. */
    public RoleApi.RolePermissionResponse addPermission(RoleApi.AddRolePermissionRequest request, Caller caller) {
        AccessChecks.requireAdministrator(caller);
        requireChangeable(request.roleId(), caller);
        Grant grant = GrantInput.grant(request.resourceType(), request.resourcePattern(), request.permission());
        AccessChecks.requireAdministratorOf(caller, grant.type());
        return new RoleApi.RolePermissionResponse(store.addPermission(request.roleId(), grant, change(caller)));
    }

    /** Replaces the level of a grant. */
    public RoleApi.RolePermissionResponse updatePermission(RoleApi.UpdateRolePermissionRequest request, Caller caller) {
        AccessChecks.requireAdministrator(caller);
        RolePermission permission = requirePermission(request.rolePermissionId(), caller);
        requireChangeable(permission.roleId(), caller);
        ResourceType type = GrantInput.type(permission.resourceType());
        return new RoleApi.RolePermissionResponse(
                store.updatePermission(permission.id(), GrantInput.level(type, request.permission()), change(caller)));
    }

    private RolePermission requirePermission(long id, Caller caller) {
        return store.findPermission(id).orElseThrow(() -> {
            AccessChecks.require(caller.isAdmin(), caller, "there is no grant that the user may change with this ID");
            return notFound("Role permission with id=%d not found", id);
        });
    }

    /** Removes a grant of a role. */
    public Empty removePermission(RoleApi.RolePermissionRequest request, Caller caller) {
        AccessChecks.requireAdministrator(caller);
        RolePermission permission = requirePermission(request.rolePermissionId(), caller);
        requireChangeable(permission.roleId(), caller);
        store.removePermission(permission.id(), change(caller));
        return new Empty();
    }

    /** Returns the grants of a role. */
    public RoleApi.RolePermissionsResponse listPermissions(RoleApi.RoleRequest request, Caller caller) {
        return new RoleApi.RolePermissionsResponse(
                requireReadable(request.roleId(), caller).permissions());
    }

    /** Assigns a user or a group to a role. */
    public RoleApi.AssignmentResponse assign(RoleApi.AssignmentRequest request, Caller caller) {
        AccessChecks.requireAdministrator(caller);
        requireChangeable(request.roleId(), caller);
        return new RoleApi.AssignmentResponse(store.assign(request.roleId(), holder(request), change(caller)));
    }

    /** Removes a user or a group from a role. */
    public Empty unassign(RoleApi.AssignmentRequest request, Caller caller) {
        AccessChecks.requireAdministrator(caller);
        requireChangeable(request.roleId(), caller);
        store.unassign(request.roleId(), holder(request), change(caller));
        return new Empty();
    }

    private static Principal holder(RoleApi.AssignmentRequest request) {
        if (request.groupName() != null) {
            return Principal.group(request.groupName());
        }
        if (request.username() == null || request.username().isEmpty()) {
            throw invalid(
                    "Missing value for required parameter 'username'. See the API docs for more information about request"
                            + " parameters.");
        }
        return Principal.user(request.username());
    }

    /** Returns who is assigned to a role; a user's own role is assigned to that user. */
    public RoleApi.AssignmentsResponse listUsers(RoleApi.RoleRequest request, Caller caller) {
        AccessChecks.requireAdministrator(caller);
        requireChangeable(request.roleId(), caller);
        List<RoleAssignment> assignments = new ArrayList<>(store.listAssignments(request.roleId()));
        return new RoleApi.AssignmentsResponse(assignments);
    }

    /** Returns the roles of a user. Groups that only a proxy or an identity provider knows count for the caller alone. */
    public RoleApi.RolesResponse listOfUser(UserApi.UsernameRequest request, Caller caller) {
        AccessChecks.requireSelfOrAdministrator(caller, request.username());
        List<String> groups = users.find(request.username())
                .orElseThrow(() -> notFound("User with username=%s not found", request.username()))
                .groups();
        return new RoleApi.RolesResponse(roles(store.listRolesOf(
                request.username(),
                AccessChecks.isSelf(caller, request.username()) ? List.copyOf(caller.groups()) : groups)));
    }

    private ChangeContext change(Caller caller) {
        return new ChangeContext(caller, clock.millis());
    }
}
