package dev.kiroku.core.access;

import dev.kiroku.model.access.HeldGrant;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourcePattern;
import dev.kiroku.model.access.ResourceType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The grants of one user, by what they match: finding those on a resource takes one lookup for its ID, one for its name, and one for each
 * length that prefixes have. Immutable.
 */
final class GrantIndex {
    /** The grants on one type. */
    static final class TypeGrants {
        private static final TypeGrants NONE = new TypeGrants(List.of());

        private final List<HeldGrant> onAll = new ArrayList<>();
        private final Map<String, List<HeldGrant>> exact = new HashMap<>();
        private final Map<String, List<HeldGrant>> prefixes = new HashMap<>();
        private final int[] prefixLengths;
        private final Set<ResourcePattern> allowed;
        private final Set<ResourcePattern> denied;

        private TypeGrants(List<HeldGrant> grants) {
            for (HeldGrant held : grants) {
                ResourcePattern pattern = held.grant().pattern();
                switch (pattern.kind()) {
                    case ALL -> onAll.add(held);
                    case EXACT -> add(exact, pattern, held);
                    case PREFIX -> add(prefixes, pattern, held);
                }
            }
            prefixLengths = prefixes.keySet().stream()
                    .mapToInt(String::length)
                    .distinct()
                    .sorted()
                    .toArray();
            allowed = patterns(grants, false);
            denied = patterns(grants, true);
        }

        private static void add(Map<String, List<HeldGrant>> grants, ResourcePattern pattern, HeldGrant held) {
            grants.computeIfAbsent(pattern.value(), _ -> new ArrayList<>(1)).add(held);
        }

        private static Set<ResourcePattern> patterns(List<HeldGrant> grants, boolean denying) {
            return grants.stream()
                    .map(HeldGrant::grant)
                    .filter(grant -> denying == (grant.level() == PermissionLevel.DENY))
                    .map(grant -> grant.pattern())
                    .collect(Collectors.toUnmodifiableSet());
        }

        /** Returns the patterns of grants that do not deny. */
        Set<ResourcePattern> allowed() {
            return allowed;
        }

        /** Returns the patterns of grants that deny. */
        Set<ResourcePattern> denied() {
            return denied;
        }

        /** Returns the grants that match a resource of the type. */
        List<HeldGrant> matching(ResourceKey resource) {
            ResourceKey named = resource.matched();
            List<HeldGrant> found = new ArrayList<>(onAll);
            addExact(found, named.id(), named);
            if (named.name() != null) {
                if (!named.name().equals(named.id())) {
                    addExact(found, named.name(), named);
                }
                for (int length : prefixLengths) {
                    if (length > named.name().length()) {
                        break;
                    }
                    found.addAll(prefixes.getOrDefault(named.name().substring(0, length), List.of()));
                }
            }
            return found;
        }

        private void addExact(List<HeldGrant> found, @Nullable String text, ResourceKey named) {
            if (text != null) {
                for (HeldGrant held : exact.getOrDefault(text, List.of())) {
                    if (held.grant().pattern().matches(named.id(), named.name())) {
                        found.add(held);
                    }
                }
            }
        }
    }

    private final Map<ResourceType, TypeGrants> byType = new EnumMap<>(ResourceType.class);
    private final List<HeldGrant> workspaceManagers;
    private final int size;

    GrantIndex(List<HeldGrant> grants) {
        size = grants.size();
        grants.stream()
                .collect(Collectors.groupingBy(held -> held.grant().type()))
                .forEach((type, ofType) -> byType.put(type, new TypeGrants(ofType)));
        workspaceManagers = on(ResourceType.WORKSPACE).onAll.stream()
                .filter(held -> held.grant().level() == PermissionLevel.MANAGE)
                .toList();
    }

    /** Returns the grants on a type. */
    TypeGrants on(ResourceType type) {
        return byType.getOrDefault(type, TypeGrants.NONE);
    }

    /** Returns the grants by which the user manages the whole workspace. */
    List<HeldGrant> workspaceManagers() {
        return workspaceManagers;
    }

    /** Returns the number of grants. */
    int size() {
        return size;
    }
}
