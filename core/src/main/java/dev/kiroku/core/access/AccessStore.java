package dev.kiroku.core.access;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.model.access.Grant;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.Principal;
import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourceSelector;
import dev.kiroku.model.users.Role;
import dev.kiroku.model.users.RoleAssignment;
import dev.kiroku.model.users.RolePermission;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stores roles, grants and default permissions. The grants of a user or a group are those of a role of its own, as in MLflow. Methods that
 * need a user, role or grant throw {@link dev.kiroku.model.KirokuException} with RESOURCE_DOES_NOT_EXIST if there is none. Each change
 * appends an audit log entry in its transaction and takes effect on all servers at once.
 */
public interface AccessStore {
    /** A role of a user or group, with whether it is theirs alone. */
    record HeldRole(Role role, Principal holder, boolean own) {}

    /**
     * A grant with who holds it.
     *
     * @param holder a user, group or role
     * @param members who is assigned to the role; empty for users and groups
     */
    record StoredGrant(Principal holder, Grant grant, List<Principal> members) {}

    // Roles

    /** Returns the roles that users and groups can be assigned to, with their grants, by name. */
    List<Role> listRoles();

    /** Returns all roles with their grants, including those of single users and groups, in the order in which they were added. */
    List<Role> listAllRoles();

    /** Returns the role of an ID, which may be the one of a single user or group. */
    Optional<Role> findRole(long id);

    /** Returns the role of a name that users and groups can be assigned to. */
    Optional<Role> findRole(String name);

    /** Adds a role without grants; throws with RESOURCE_ALREADY_EXISTS if there is one of that name. */
    Role createRole(String name, @Nullable String description, ChangeContext change);

    /**
     * Changes a role.
     *
     * @param name the new name; null to keep it
     * @param description the new description; null to keep it
     */
    Role updateRole(long id, @Nullable String name, @Nullable String description, ChangeContext change);

    /** Deletes a role with its grants and assignments. */
    void deleteRole(long id, ChangeContext change);

    /** Assigns a user or group to a role; throws with RESOURCE_ALREADY_EXISTS if it is assigned. */
    RoleAssignment assign(long roleId, Principal holder, ChangeContext change);

    /** Removes a user or group from a role; throws with RESOURCE_DOES_NOT_EXIST if it is not assigned. */
    void unassign(long roleId, Principal holder, ChangeContext change);

    /** Returns who is assigned to a role. */
    List<RoleAssignment> listAssignments(long roleId);

    /** Returns the roles of a user: the user's own, those that the user is assigned to, and those of the given groups. */
    List<HeldRole> listRolesOf(String user, List<String> groups);

    // Grants

    /** Returns the grant of an ID. */
    Optional<RolePermission> findPermission(long id);

    /** Adds a grant to a role; throws with RESOURCE_ALREADY_EXISTS if it has one on the same type and pattern. */
    RolePermission addPermission(long roleId, Grant grant, ChangeContext change);

    /** Replaces the level of a grant. */
    RolePermission updatePermission(long id, PermissionLevel level, ChangeContext change);

    /** Removes a grant. */
    void removePermission(long id, ChangeContext change);

    /** Adds a grant of a user, group or role; throws with RESOURCE_ALREADY_EXISTS if it has one on the same type and pattern. */
    void grant(Principal holder, Grant grant, ChangeContext change);

    /** Adds a grant of a user, group or role, or replaces the level of the one that it has on the same type and pattern. */
    void setGrant(Principal holder, Grant grant, ChangeContext change);

    /** Removes the grant of a user, group or role on a type and pattern. */
    void revoke(Principal holder, ResourceSelector resources, ChangeContext change);

    /** Returns the grants that match one of several resources, by holder. */
    List<StoredGrant> listGrantsOn(List<ResourceKey> resources);

    // All together

    /** Returns all roles, grants and default permissions. */
    AccessState getState();

    /**
     * Makes the stored state equal to another, in one transaction.
     *
     * @param dryRun whether to return the changes without making them
     * @return the changes, in the order in which they are made
     */
    List<AccessChange> apply(AccessState target, boolean dryRun, ChangeContext change);

    // Default permissions

    /** Sets the default permission of the members of a group; null to remove it. */
    void setGroupDefault(String group, @Nullable PermissionLevel level, ChangeContext change);

    /** Returns the default permissions of groups, by name. */
    Map<String, PermissionLevel> groupDefaults();
}
