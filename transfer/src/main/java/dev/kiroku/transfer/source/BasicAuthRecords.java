package dev.kiroku.transfer.source;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The users and roles of MLflow's basic authentication, in the order of their ids.
 *
 * @param roles without those that hold the grants of a single user
 * @param left what the source has and an import leaves, such as {@code 2 roles of other workspaces}
 */
public record BasicAuthRecords(List<User> users, List<Role> roles, List<String> left) {
    /**
     * A user.
     *
     * @param grants held by the user alone
     */
    public record User(String name, @Nullable String passwordHash, boolean admin, List<Permission> grants) {}

    /**
     * A role.
     *
     * @param users the names of those who are assigned to it
     */
    public record Role(String name, @Nullable String description, List<Permission> grants, List<String> users) {}

    /**
     * A permission.
     *
     * @param resourceType such as {@code experiment}
     * @param pattern an ID, a name, or {@code *}
     * @param level such as {@code READ}
     * @param alsoOnPrompts whether the release had no type for prompts yet, so that a permission on registered models holds for prompts too
     */
    public record Permission(String resourceType, String pattern, String level, boolean alsoOnPrompts) {}
}
