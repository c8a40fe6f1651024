package dev.kiroku.model.access;

import org.jspecify.annotations.Nullable;

/**
 * A resource on which access is decided, with what contains it.
 *
 * @param id what identifies the resource within its type; null if the request does not name one, or names one that does not exist
 * @param name the name by which prefixes match it; null if it has none
 * @param container the resource that contains it, such as the experiment of a run; null for none
 */
public record ResourceKey(
        ResourceType type,
        @Nullable String id,
        @Nullable String name,
        @Nullable ResourceKey container) {

    /** Returns the key of an experiment. */
    public static ResourceKey experiment(String id, @Nullable String name) {
        return new ResourceKey(ResourceType.EXPERIMENT, id, name, null);
    }

    /** Returns the key of a registered model. */
    public static ResourceKey registeredModel(String name) {
        return named(ResourceType.REGISTERED_MODEL, name);
    }

    /** Returns the key of a prompt. */
    public static ResourceKey prompt(String name) {
        return named(ResourceType.PROMPT, name);
    }

    /** Returns the key of a resource that is identified by its name. */
    public static ResourceKey named(ResourceType type, String name) {
        return new ResourceKey(type, name, name, null);
    }

    /** Returns the key of a resource that does not exist, or that the request does not name: only patterns for all resources match it. */
    public static ResourceKey unknown(ResourceType type) {
        ResourceType container = type.container();
        return new ResourceKey(type, null, null, container == null ? null : unknown(container));
    }

    /**
     * Returns the key of a resource within this one.
     *
     * @param childId what identifies it; null if the server chooses the ID of a new resource
     */
    public ResourceKey child(ResourceType childType, @Nullable String childId) {
        return new ResourceKey(childType, childId, null, this);
    }

    /** Returns whether a pattern of a grant on this resource's type matches the resource. Grants on parts name their containers. */
    public boolean isMatchedBy(ResourcePattern pattern) {
        ResourceKey named = matched();
        return pattern.matches(named.id, named.name);
    }

    /** Returns the resource that patterns of grants on this resource's type name: the container of a part, else this one. */
    public ResourceKey matched() {
        return type.container() == null || container == null ? this : container.matched();
    }

    /** Returns the outermost container, or this resource if nothing contains it. */
    public ResourceKey root() {
        return container == null ? this : container.root();
    }
}
