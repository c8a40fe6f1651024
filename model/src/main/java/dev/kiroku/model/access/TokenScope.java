package dev.kiroku.model.access;

import java.util.List;

/**
 * The restrictions of a token: its owner may do with it what the owner may do and the scope permits.
 *
 * @param readOnly whether the token only permits to read
 * @param resources the resources that the token permits to touch, with all their parts; empty for all
 */
public record TokenScope(boolean readOnly, List<ResourceSelector> resources) {
    /** The scope of a token without restrictions. */
    public static final TokenScope UNRESTRICTED = new TokenScope(false, List.of());

    public TokenScope {
        resources = List.copyOf(resources);
    }

    /** Returns whether the token has no restriction. */
    public boolean isUnrestricted() {
        return !readOnly && resources.isEmpty();
    }

    /** Returns whether the token permits an action on a resource. */
    public boolean permits(Action action, ResourceKey resource) {
        return (!readOnly || action == Action.READ)
                && (resources.isEmpty() || resources.stream().anyMatch(selector -> selects(selector, resource)));
    }

    private static boolean selects(ResourceSelector selector, ResourceKey resource) {
        ResourceKey container = resource.container();
        return resource.type() == selector.type() && selector.pattern().matches(resource.id(), resource.name())
                || container != null && selects(selector, container);
    }
}
