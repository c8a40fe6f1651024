package dev.kiroku.model.users;

import dev.kiroku.model.access.PermissionLevel;

/**
 * A grant of a role.
 *
 * @param resourceType the wire name of the type of resource
 * @param resourcePattern the pattern of the resources, as {@link dev.kiroku.model.access.ResourcePattern} writes it
 */
public record RolePermission(
        Long id, Long roleId, String resourceType, String resourcePattern, PermissionLevel permission) {}
