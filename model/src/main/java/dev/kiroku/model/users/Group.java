package dev.kiroku.model.users;

import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.api.IncludeWhenEmpty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A named set of users. A group is there as long as it has members, grants, a role or a default permission; groups that only a proxy or an
 * identity provider knows are listed if they have one of these here.
 *
 * @param members the names of the accounts in the group, sorted; without those that a proxy or an identity provider adds
 * @param roles the names of the roles that the group is assigned to
 * @param grants the grants of the group itself, such as {@code EDIT experiment/team-a/*}
 * @param defaultPermission the default permission of its members; null if the server's counts
 */
public record Group(
        String name,
        @IncludeWhenEmpty List<String> members,
        @IncludeWhenEmpty List<String> roles,
        @IncludeWhenEmpty List<String> grants,
        @Nullable PermissionLevel defaultPermission) {}
