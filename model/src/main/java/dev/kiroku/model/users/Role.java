package dev.kiroku.model.users;

import dev.kiroku.model.api.IncludeWhenEmpty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A named set of grants, which users and groups are assigned to.
 *
 * @param workspace always {@link #WORKSPACE}
 * @param permissions the grants, by type and pattern
 */
public record Role(
        Long id,
        String name,
        String workspace,
        @IncludeWhenEmpty @Nullable String description,
        @IncludeWhenEmpty List<RolePermission> permissions) {
    /** The name of the only workspace. */
    public static final String WORKSPACE = "default";
}
