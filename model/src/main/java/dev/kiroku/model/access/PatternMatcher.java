package dev.kiroku.model.access;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Matches many resources with many patterns: a match takes one lookup for the ID, one for the name, and one for each length that prefixes have.
 * Immutable.
 */
final class PatternMatcher {
    private final boolean all;
    private final Set<String> exact = new HashSet<>();
    private final Set<String> prefixes = new HashSet<>();
    private final int[] prefixLengths;

    PatternMatcher(Collection<ResourcePattern> patterns) {
        boolean matchesAll = false;
        for (ResourcePattern pattern : patterns) {
            switch (pattern.kind()) {
                case ALL -> matchesAll = true;
                case EXACT -> exact.add(pattern.value());
                case PREFIX -> prefixes.add(pattern.value());
            }
        }
        all = matchesAll;
        prefixLengths =
                prefixes.stream().mapToInt(String::length).distinct().sorted().toArray();
    }

    /** Returns whether one of the patterns matches a resource. */
    boolean matches(ResourceKey resource) {
        ResourceKey named = resource.matched();
        String id = named.id();
        String name = named.name();
        return all
                || id != null && exact.contains(id)
                || name != null
                        && (exact.contains(name) && !ResourcePattern.isExperimentId(name) || matchesPrefix(name));
    }

    private boolean matchesPrefix(String name) {
        for (int length : prefixLengths) {
            if (length > name.length()) {
                return false;
            }
            if (prefixes.contains(name.substring(0, length))) {
                return true;
            }
        }
        return false;
    }
}
