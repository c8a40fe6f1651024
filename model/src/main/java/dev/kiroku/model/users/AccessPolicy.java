package dev.kiroku.model.users;

import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.api.IncludeWhenEmpty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what: all roles, all grants that users and groups have themselves, and the default permissions of groups.
 *
 * @param roles by name
 * @param grants by holder
 * @param groups the groups that have a default permission, by name
 */
public record AccessPolicy(
        @IncludeWhenEmpty List<PolicyRole> roles,
        @IncludeWhenEmpty List<HolderGrants> grants,
        @IncludeWhenEmpty List<GroupDefault> groups) {
    /**
     * A role.
     *
     * @param members users and groups, such as {@code user:ann} and {@code group:ml}
     * @param grants levels and resources, such as {@code EDIT experiment/team-a/*}
     */
    public record PolicyRole(String name, @Nullable String description, List<String> members, List<String> grants) {}

    /**
     * The grants that a user or group has itself.
     *
     * @param to {@code user:ann} or {@code group:ml}
     * @param grants levels and resources, such as {@code EDIT experiment/team-a/*}
     */
    public record HolderGrants(String to, List<String> grants) {}

    /** The default permission of the members of a group. */
    public record GroupDefault(String name, PermissionLevel defaultPermission) {}
}
