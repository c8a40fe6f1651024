package dev.kiroku.model.access;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The resources of a type that a caller may read, as patterns. A resource is visible if no pattern of {@code denied} matches it, and
 * {@code byDefault} is true or a pattern of {@code allowed} matches it, and {@code within} is null or one of its patterns matches it. The
 * patterns of parts, such as runs, match their containers.
 *
 * @param byDefault whether resources are visible that no pattern matches
 * @param allowed patterns of visible resources; empty if {@code byDefault}
 * @param denied patterns of resources that are not visible
 * @param within the patterns that the caller's token is restricted to; null for no restriction
 */
public record VisibleResources(
        boolean byDefault,
        Set<ResourcePattern> allowed,
        Set<ResourcePattern> denied,
        @Nullable Set<ResourcePattern> within) {
    /** All resources. */
    public static final VisibleResources ALL = new VisibleResources(true, Set.of(), Set.of(), null);

    /** No resource. */
    public static final VisibleResources NONE = new VisibleResources(false, Set.of(), Set.of(), null);

    /** Simplifies patterns for all resources, so that {@link #isAll} and {@link #isNone} are exact for them. */
    public VisibleResources {
        boolean nothing = denied.contains(ResourcePattern.ALL)
                || !byDefault && allowed.isEmpty()
                || within != null && within.isEmpty();
        byDefault = !nothing && (byDefault || allowed.contains(ResourcePattern.ALL));
        allowed = nothing || byDefault ? Set.of() : Set.copyOf(allowed);
        denied = nothing ? Set.of() : Set.copyOf(denied);
        within = nothing || within == null || within.contains(ResourcePattern.ALL) ? null : Set.copyOf(within);
    }

    /** Returns whether all resources are visible, so that a query needs no condition. */
    public boolean isAll() {
        return byDefault && denied.isEmpty() && within == null;
    }

    /** Returns whether no resource is visible, so that a query is not needed. */
    public boolean isNone() {
        return !byDefault && allowed.isEmpty();
    }

    /** Returns whether a resource is visible. */
    public boolean contains(ResourceKey resource) {
        return !matches(denied, resource)
                && (byDefault || matches(allowed, resource))
                && (within == null || matches(within, resource));
    }

    /** Takes time proportional to the length of the name, not to the number of patterns: both may be asked about by thousands. */
    private static boolean matches(Set<ResourcePattern> patterns, ResourceKey resource) {
        if (patterns.isEmpty()) {
            return false;
        }
        ResourceKey named = resource.matched();
        String id = named.id();
        String name = named.name();
        return patterns.contains(ResourcePattern.ALL)
                || id != null && patterns.contains(ResourcePattern.exact(id))
                || name != null
                        && (!ResourcePattern.isExperimentId(name) && patterns.contains(ResourcePattern.exact(name))
                                || matchesPrefix(patterns, name));
    }

    private static boolean matchesPrefix(Set<ResourcePattern> patterns, String name) {
        if (patterns.size() <= name.length()) {
            return patterns.stream()
                    .anyMatch(pattern -> pattern.kind() == ResourcePattern.Kind.PREFIX && pattern.matches(null, name));
        }
        for (int length = 1; length <= name.length(); length++) {
            // The text form of patterns cannot express other prefixes.
            if (name.charAt(length - 1) != '\\'
                    && patterns.contains(new ResourcePattern(ResourcePattern.Kind.PREFIX, name.substring(0, length)))) {
                return true;
            }
        }
        return false;
    }
}
