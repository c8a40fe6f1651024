package dev.kiroku.core.access;

import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourceType;

/** Finds what access to a resource is decided on. */
@FunctionalInterface
public interface ResourceKeyLookup {
    /**
     * Returns the key of a resource.
     *
     * @param type a grantable type
     * @param idOrName what identifies the resource, or the name of an experiment. If there is no such resource, the key has no name
     */
    ResourceKey get(ResourceType type, String idOrName);
}
