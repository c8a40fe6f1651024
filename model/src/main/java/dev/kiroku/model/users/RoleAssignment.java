package dev.kiroku.model.users;

import org.jspecify.annotations.Nullable;

/**
 * A user or a group that has a role.
 *
 * @param userId null for a group
 * @param groupName null for a user
 */
public record RoleAssignment(
        Long id,
        @Nullable Long userId,
        Long roleId,
        @Nullable String groupName) {}
