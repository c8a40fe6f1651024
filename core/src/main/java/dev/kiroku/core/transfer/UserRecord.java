package dev.kiroku.core.transfer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A user of the basic authentication of MLflow, with what the user may do.
 *
 * @param passwordHash as the source stores it; null if the user cannot sign in with a password
 * @param grants held by the user alone; those of roles are in {@link RoleRecord}
 */
public record UserRecord(String name, @Nullable String passwordHash, boolean admin, List<GrantRecord> grants) {
    /**
     * A permission for a resource.
     *
     * @param resourceType such as {@code experiment}
     * @param pattern the id or name of the resource, or {@code *}
     * @param permission such as {@code READ}
     */
    public record GrantRecord(String resourceType, String pattern, String permission) {}
}
