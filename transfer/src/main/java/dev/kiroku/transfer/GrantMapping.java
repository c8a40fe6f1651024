package dev.kiroku.transfer;

import dev.kiroku.model.access.Grant;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.ResourcePattern;
import dev.kiroku.model.access.ResourceSelector;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.transfer.source.BasicAuthRecords.Permission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds the grants that have the meaning of permissions of MLflow. Patterns of MLflow are {@code *} or exact. A permission on an experiment or
 * model that was not imported has no grant, because its ID or name may belong to somebody else's here. To be used by one thread.
 */
final class GrantMapping {
    private static final String ALL = "*";
    private static final Set<ResourceType> NAMED =
            Set.of(ResourceType.EXPERIMENT, ResourceType.REGISTERED_MODEL, ResourceType.PROMPT);
    /** Types on which MLflow has permissions on all resources only. */
    private static final Set<ResourceType> WILDCARD_ONLY = Set.of(
            ResourceType.RUN,
            ResourceType.TRACE,
            ResourceType.ASSESSMENT,
            ResourceType.LOGGED_MODEL,
            ResourceType.REVIEW_QUEUE,
            ResourceType.MODEL_VERSION,
            ResourceType.PROMPT_VERSION,
            ResourceType.WORKSPACE);

    private static final Map<String, PermissionLevel> LEVELS = Map.of(
            "READ", PermissionLevel.READ,
            "USE", PermissionLevel.USE,
            "EDIT", PermissionLevel.EDIT,
            "MANAGE", PermissionLevel.MANAGE,
            "DENY", PermissionLevel.DENY);

    private final ImportedResources resources;
    private final Map<String, Long> left = new TreeMap<>();
    private final Set<String> otherTypes = new TreeSet<>();

    GrantMapping(ImportedResources resources) {
        this.resources = resources;
    }

    /** Returns the grants of one holder, none on the same resources twice. */
    List<Grant> map(List<Permission> permissions) {
        Map<ResourceSelector, Grant> grants = new LinkedHashMap<>();
        for (Permission permission : permissions) {
            for (Grant grant : map(permission)) {
                grants.merge(grant.resources(), grant, GrantMapping::stronger);
            }
        }
        return List.copyOf(grants.values());
    }

    /** Returns the grant that decides: DENY, or the higher level. */
    private static Grant stronger(Grant one, Grant other) {
        if (one.level() == PermissionLevel.DENY || other.level() == PermissionLevel.DENY) {
            return one.level() == PermissionLevel.DENY ? one : other;
        }
        return one.level().compareTo(other.level()) >= 0 ? one : other;
    }

    private List<Grant> map(Permission permission) {
        Optional<ResourceType> type = ResourceType.findByWireName(permission.resourceType());
        PermissionLevel level = LEVELS.get(permission.level());
        boolean all = permission.pattern().equals(ALL);
        if (type.isEmpty() || !NAMED.contains(type.get()) && !WILDCARD_ONLY.contains(type.get())) {
            otherTypes.add(permission.resourceType());
            return leave("of types that Kiroku does not have");
        }
        if (level == null || !all && WILDCARD_ONLY.contains(type.get()) || !isOfWorkspace(type.get(), level)) {
            return leave("without effect in MLflow");
        }
        if (!all) {
            return mapNamed(type.get(), permission, level);
        }
        List<Grant> grants = new ArrayList<>();
        grants.add(new Grant(type.get(), ResourcePattern.ALL, level));
        if (type.get() == ResourceType.REGISTERED_MODEL && permission.alsoOnPrompts()) {
            grants.add(new Grant(ResourceType.PROMPT, ResourcePattern.ALL, level));
        }
        return grants;
    }

    private static boolean isOfWorkspace(ResourceType type, PermissionLevel level) {
        return type != ResourceType.WORKSPACE || level == PermissionLevel.USE || level == PermissionLevel.MANAGE;
    }

    private List<Grant> mapNamed(ResourceType type, Permission permission, PermissionLevel level) {
        if (type == ResourceType.EXPERIMENT) {
            Long id = permission.pattern().matches("0|[1-9]\\d{0,17}")
                    ? resources.experiments().get(Long.valueOf(permission.pattern()))
                    : null;
            return id == null
                    ? leave("on experiments and models that were not imported")
                    : List.of(new Grant(type, ResourcePattern.exact(id.toString()), level));
        }
        ImportedResources.Model model = resources.models().get(permission.pattern());
        if (model == null) {
            return leave("on experiments and models that were not imported");
        }
        ResourceType actual = model.prompt() ? ResourceType.PROMPT : ResourceType.REGISTERED_MODEL;
        if (actual != type && !(permission.alsoOnPrompts() && model.prompt())) {
            return leave("without effect in MLflow");
        }
        return List.of(new Grant(actual, ResourcePattern.exact(model.name()), level));
    }

    private List<Grant> leave(String which) {
        left.merge(which, 1L, Long::sum);
        return List.of();
    }

    /** Returns which permissions have no grant, a phrase each. */
    List<String> left() {
        return left.entrySet().stream()
                .map(entry -> entry.getValue() + (entry.getValue() == 1 ? " grant " : " grants ") + entry.getKey())
                .map(text -> text.endsWith("not have") ? text + ": " + String.join(", ", otherTypes) : text)
                .toList();
    }
}
