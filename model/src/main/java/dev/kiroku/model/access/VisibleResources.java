package dev.kiroku.model.access;

import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The resources of a type that a caller may read, as patterns. A resource is visible if no pattern of {@code denied} matches it, and
 * {@code byDefault} is true or a pattern of {@code allowed} matches it, and {@code within} is null or one of its patterns matches it. The
 * patterns of parts, such as runs, match their containers.
 * Immutable.
 */
public final class VisibleResources {
    /** All resources. */
    public static final VisibleResources ALL = new VisibleResources(true, Set.of(), Set.of(), null);

    /** No resource. */
    public static final VisibleResources NONE = new VisibleResources(false, Set.of(), Set.of(), null);

    private final boolean byDefault;
    private final Set<ResourcePattern> allowed;
    private final Set<ResourcePattern> denied;
    private final @Nullable Set<ResourcePattern> within;
    /** Created on first use: every search of a user asks for it. */
    private volatile @Nullable Predicate<ResourceKey> filter;

    /**
     * Simplifies patterns for all resources, so that {@link #isAll} and {@link #isNone} are exact for them.
     *
     * @param byDefault whether resources are visible that no pattern matches
     * @param allowed patterns of visible resources; without effect if {@code byDefault}
     * @param denied patterns of resources that are not visible
     * @param within the patterns that the caller's token is restricted to; null for no restriction
     */
    public VisibleResources(
            boolean byDefault,
            Set<ResourcePattern> allowed,
            Set<ResourcePattern> denied,
            @Nullable Set<ResourcePattern> within) {
        boolean nothing = denied.contains(ResourcePattern.ALL)
                || !byDefault && allowed.isEmpty()
                || within != null && within.isEmpty();
        this.byDefault = !nothing && (byDefault || allowed.contains(ResourcePattern.ALL));
        this.allowed = nothing || this.byDefault ? Set.of() : Set.copyOf(allowed);
        this.denied = nothing ? Set.of() : Set.copyOf(denied);
        this.within = nothing || within == null || within.contains(ResourcePattern.ALL) ? null : Set.copyOf(within);
    }

    /** Returns whether resources are visible that no pattern matches. */
    public boolean byDefault() {
        return byDefault;
    }

    /** Returns the patterns of visible resources; empty if {@link #byDefault}. */
    public Set<ResourcePattern> allowed() {
        return allowed;
    }

    /** Returns the patterns of resources that are not visible. */
    public Set<ResourcePattern> denied() {
        return denied;
    }

    /** Returns the patterns of which one must match a visible resource; null for no restriction. */
    public @Nullable Set<ResourcePattern> within() {
        return within;
    }

    /** Returns whether all resources are visible, so that a query needs no condition. */
    public boolean isAll() {
        return byDefault && denied.isEmpty() && within == null;
    }

    /** Returns whether no resource is visible, so that a query is not needed. */
    public boolean isNone() {
        return !byDefault && allowed.isEmpty();
    }

    /** Returns whether a resource is visible. For several resources, use {@link #filter}. */
    public boolean contains(ResourceKey resource) {
        return filter().test(resource);
    }

    /** Returns the test whether resources are visible, for many patterns and many resources. */
    public Predicate<ResourceKey> filter() {
        Predicate<ResourceKey> known = filter;
        if (known == null) {
            known = newFilter();
            filter = known;
        }
        return known;
    }

    private Predicate<ResourceKey> newFilter() {
        if (isAll() || isNone()) {
            boolean visible = isAll();
            return _ -> visible;
        }
        PatternMatcher denies = new PatternMatcher(denied);
        PatternMatcher allows = new PatternMatcher(allowed);
        PatternMatcher restricts = within == null ? null : new PatternMatcher(within);
        return resource -> !denies.matches(resource)
                && (byDefault || allows.matches(resource))
                && (restricts == null || restricts.matches(resource));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VisibleResources that
                && byDefault == that.byDefault
                && allowed.equals(that.allowed)
                && denied.equals(that.denied)
                && Objects.equals(within, that.within);
    }

    @Override
    public int hashCode() {
        return Objects.hash(byDefault, allowed, denied, within);
    }

    @Override
    public String toString() {
        return "VisibleResources[byDefault=%s, allowed=%s, denied=%s, within=%s]"
                .formatted(byDefault, allowed, denied, within);
    }
}
