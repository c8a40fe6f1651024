package dev.kiroku.core.access;

import dev.kiroku.model.access.Grant;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.Principal;
import dev.kiroku.model.access.ResourcePattern;
import dev.kiroku.model.access.ResourceSelector;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All roles, grants and default permissions, as values that can be compared.
 *
 * @param roles by name
 * @param grants of users, groups and roles; none on the same resources twice
 * @param groupDefaults the default permissions of groups
 */
public record AccessState(
        SortedMap<String, RoleState> roles,
        Map<Principal, Map<ResourceSelector, PermissionLevel>> grants,
        SortedMap<String, PermissionLevel> groupDefaults) {
    /** A role without its grants. */
    public record RoleState(@Nullable String description, SortedSet<Principal> members) {
        /** Creates a role without members. */
        public RoleState(@Nullable String description) {
            this(description, new TreeSet<>(BY_TEXT));
        }
    }

    private static final Comparator<Object> BY_TEXT = Comparator.comparing(Object::toString);

    /** Creates a state without roles, grants and defaults, to be filled. */
    public AccessState() {
        this(new TreeMap<>(), new TreeMap<>(BY_TEXT), new TreeMap<>());
    }

    /** Adds a grant to this state. */
    public void addGrant(Principal holder, Grant grant) {
        grants.computeIfAbsent(holder, _ -> new TreeMap<>(BY_TEXT)).put(grant.resources(), grant.level());
    }

    /**
     * Returns the changes that make this state equal to another. Grants of users on single resources that the other does not have stay:
     * creators have such grants.
     */
    public List<AccessChange> changesTo(AccessState target) {
        List<AccessChange> changes = new ArrayList<>();
        target.roles.forEach((name, role) -> {
            RoleState before = roles.get(name);
            if (before == null) {
                changes.add(new AccessChange.AddRole(name, role.description()));
            } else if (!Objects.equals(before.description(), role.description())) {
                changes.add(new AccessChange.DescribeRole(name, role.description()));
            }
        });
        removedGrants(target, changes);
        target.grants.forEach((holder, ofHolder) -> ofHolder.forEach((resources, level) -> {
            PermissionLevel before = levels(holder).get(resources);
            if (before != level) {
                changes.add(new AccessChange.SetGrant(
                        holder, new Grant(resources.type(), resources.pattern(), level), before));
            }
        }));
        memberChanges(target, changes);
        defaultChanges(target, changes);
        roles.keySet().stream()
                .filter(name -> !target.roles.containsKey(name))
                .forEach(name -> changes.add(new AccessChange.RemoveRole(name)));
        return changes;
    }

    private Map<ResourceSelector, PermissionLevel> levels(Principal holder) {
        return grants.getOrDefault(holder, Map.of());
    }

    private void removedGrants(AccessState target, List<AccessChange> changes) {
        grants.forEach((holder, ofHolder) -> ofHolder.forEach((resources, level) -> {
            boolean removedWithRole = holder.kind() == Principal.Kind.ROLE && !target.roles.containsKey(holder.name());
            boolean ofCreator =
                    holder.kind() == Principal.Kind.USER && resources.pattern().kind() == ResourcePattern.Kind.EXACT;
            if (!removedWithRole && !ofCreator && !target.levels(holder).containsKey(resources)) {
                changes.add(new AccessChange.RemoveGrant(holder, resources, level));
            }
        }));
    }

    private void memberChanges(AccessState target, List<AccessChange> changes) {
        target.roles.forEach((name, role) -> {
            Set<Principal> before = roles.containsKey(name) ? roles.get(name).members() : Set.of();
            before.stream()
                    .filter(member -> !role.members().contains(member))
                    .forEach(member -> changes.add(new AccessChange.RemoveMember(name, member)));
            role.members().stream()
                    .filter(member -> !before.contains(member))
                    .forEach(member -> changes.add(new AccessChange.AddMember(name, member)));
        });
    }

    private void defaultChanges(AccessState target, List<AccessChange> changes) {
        Map<String, @Nullable PermissionLevel> wanted = new LinkedHashMap<>(target.groupDefaults);
        groupDefaults.keySet().forEach(group -> wanted.putIfAbsent(group, null));
        wanted.forEach((group, level) -> {
            if (level != groupDefaults.get(group)) {
                changes.add(new AccessChange.SetDefault(group, level));
            }
        });
    }
}
