package dev.kiroku.core.access;

import dev.kiroku.model.access.Grant;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.Principal;
import dev.kiroku.model.access.ResourceSelector;
import org.jspecify.annotations.Nullable;

/** A step that changes roles, grants or default permissions. The text form is a line of a diff. */
public sealed interface AccessChange {
    /** Adds a role. */
    record AddRole(String name, @Nullable String description) implements AccessChange {
        @Override
        public String toString() {
            return "+ role:" + name + (description == null ? "" : " '" + description + "'");
        }
    }

    /** Changes the description of a role. */
    record DescribeRole(String name, @Nullable String description) implements AccessChange {
        @Override
        public String toString() {
            return "~ role:" + name + " '" + (description == null ? "" : description) + "'";
        }
    }

    /** Removes a role with its grants and members. */
    record RemoveRole(String name) implements AccessChange {
        @Override
        public String toString() {
            return "- role:" + name;
        }
    }

    /** Assigns a user or group to a role. */
    record AddMember(String role, Principal member) implements AccessChange {
        @Override
        public String toString() {
            return "+ role:" + role + " member " + member;
        }
    }

    /** Removes a user or group from a role. */
    record RemoveMember(String role, Principal member) implements AccessChange {
        @Override
        public String toString() {
            return "- role:" + role + " member " + member;
        }
    }

    /**
     * Adds a grant or replaces its level.
     *
     * @param before the level that is replaced; null for a new grant
     */
    record SetGrant(Principal holder, Grant grant, @Nullable PermissionLevel before) implements AccessChange {
        @Override
        public String toString() {
            String grantText = grant.level() + " " + grant.resources();
            return before == null
                    ? "+ " + holder + " " + grantText
                    : "~ " + holder + " " + grantText + " (was " + before + ")";
        }
    }

    /** Removes a grant. */
    record RemoveGrant(Principal holder, ResourceSelector resources, PermissionLevel before) implements AccessChange {
        @Override
        public String toString() {
            return "- " + holder + " " + before + " " + resources;
        }
    }

    /**
     * Sets the default permission of a group.
     *
     * @param level null to remove it
     */
    record SetDefault(String group, @Nullable PermissionLevel level) implements AccessChange {
        @Override
        public String toString() {
            return level == null ? "- group:" + group + " default" : "+ group:" + group + " default " + level;
        }
    }
}
