package dev.kiroku.model.access;

import java.util.List;
import java.util.OptionalLong;

/** What one caller may do. Immutable, and valid for one request: grants may change before the next. */
public interface AccessRights {
    /** The rights of everybody on a server without authentication. */
    AccessRights UNRESTRICTED = new AccessRights() {
        @Override
        public AccessDecision decide(Action action, ResourceKey resource) {
            return new AccessDecision(List.of());
        }

        @Override
        public VisibleResources visible(ResourceType type) {
            return VisibleResources.ALL;
        }

        @Override
        public boolean isUnrestricted() {
            return true;
        }

        @Override
        public String toString() {
            return "UNRESTRICTED";
        }
    };

    /**
     * Returns whether the caller may do something to a resource, and why.
     *
     * <p>A new resource is decided on by its container, and by its name if it has one. {@link Action#CREATE} is allowed unless a grant denies
     * the type; that its container may be changed is a decision of its own.
     */
    AccessDecision decide(Action action, ResourceKey resource);

    /** Returns the resources of a type that the caller may read, for a condition of a query. */
    VisibleResources visible(ResourceType type);

    /** Returns whether {@link #decide} allows everything, so that resources need not be looked up. */
    default boolean isUnrestricted() {
        return false;
    }

    /**
     * Returns the version of roles, grants of groups and names of experiments that these rights were read with, or empty if it is not known.
     * What was read with the same version is up to date in this request.
     */
    default OptionalLong sharedVersion() {
        return OptionalLong.empty();
    }
}
