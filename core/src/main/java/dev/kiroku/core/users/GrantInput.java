package dev.kiroku.core.users;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.model.access.Grant;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.ResourcePattern;
import dev.kiroku.model.access.ResourceSelector;
import dev.kiroku.model.access.ResourceType;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Checks of grants in requests. All methods throw {@link dev.kiroku.model.KirokuException} with INVALID_PARAMETER_VALUE. */
final class GrantInput {
    private static final int MAX_PATTERN = 1024;
    private static final List<PermissionLevel> OF_WORKSPACE = List.of(PermissionLevel.MANAGE, PermissionLevel.USE);
    private static final List<PermissionLevel> OF_RESOURCES = List.of(
            PermissionLevel.DENY,
            PermissionLevel.EDIT,
            PermissionLevel.MANAGE,
            PermissionLevel.READ,
            PermissionLevel.USE);

    private GrantInput() {}

    /** Returns the grant of a request. */
    static Grant grant(String type, String pattern, String level) {
        ResourceSelector resources = resources(type, pattern);
        return new Grant(resources.type(), resources.pattern(), level(resources.type(), level));
    }

    /** Returns the resources of a request. */
    static ResourceSelector resources(String type, String pattern) {
        return resources(type(type), pattern);
    }

    /** Returns the resources of a type that a pattern names. */
    static ResourceSelector resources(ResourceType type, String pattern) {
        if (pattern.length() > MAX_PATTERN || pattern.chars().anyMatch(Character::isISOControl)) {
            throw invalid(
                    "Invalid resource_pattern: it must have at most %d characters, none of control.", MAX_PATTERN);
        }
        ResourcePattern parsed = ResourcePattern.parse(canonical(type, pattern));
        if ((type == ResourceType.WORKSPACE || type == ResourceType.SERVER)
                && parsed.kind() != ResourcePattern.Kind.ALL) {
            throw invalid(
                    "Invalid resource_pattern '%s' for resource_type='%s'. This resource type supports only wildcard"
                            + " ('*') grants.",
                    pattern, type.wireName());
        }
        return new ResourceSelector(type, parsed);
    }

    /** The ID of an experiment has one spelling, so that 007 and 7 are the same grant. */
    private static String canonical(ResourceType type, String pattern) {
        boolean experiments = type == ResourceType.EXPERIMENT || type.container() == ResourceType.EXPERIMENT;
        boolean id = !pattern.isEmpty() && pattern.chars().allMatch(c -> c >= '0' && c <= '9');
        return experiments && id ? new BigInteger(pattern).toString() : pattern;
    }

    /** Returns a grantable type of its wire name. */
    static ResourceType type(String name) {
        return ResourceType.findByWireName(name)
                .orElseThrow(() -> invalid(
                        "Invalid resource type '%s'. Valid resource types are: (%s)",
                        name,
                        Arrays.stream(ResourceType.values())
                                .filter(ResourceType::isGrantable)
                                .map(type -> "'" + type.wireName() + "'")
                                .sorted()
                                .collect(Collectors.joining(", "))));
    }

    /** Returns a level that can be granted on a type. */
    static PermissionLevel level(ResourceType type, String name) {
        PermissionLevel level = Arrays.stream(PermissionLevel.values())
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> invalid(
                        "Invalid permission '%s'. Valid permissions are: ('READ', 'USE', 'EDIT', 'MANAGE',"
                                + " 'NO_PERMISSIONS', 'DENY')",
                        name));
        List<PermissionLevel> valid = type == ResourceType.WORKSPACE ? OF_WORKSPACE : OF_RESOURCES;
        if (!valid.contains(level)) {
            throw invalid(
                    "Invalid permission '%s' for resource_type='%s'. %s grants accept only: (%s).",
                    name,
                    type.wireName(),
                    type == ResourceType.WORKSPACE ? "Workspace-wide" : "Resource-level",
                    valid.stream().map(each -> "'" + each + "'").collect(Collectors.joining(", ")));
        }
        return level;
    }
}
