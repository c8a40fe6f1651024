package dev.kiroku.cli.remote;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.yaml.YamlReader;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.users.AccessPolicy;
import dev.kiroku.model.users.AccessPolicy.GroupDefault;
import dev.kiroku.model.users.AccessPolicy.HolderGrants;
import dev.kiroku.model.users.AccessPolicy.PolicyRole;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** Reads and writes roles and grants as YAML, for files under version control. */
public final class AccessFile {
    private AccessFile() {}

    /**
     * Reads the policy of a file.
     *
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if the file cannot be read or has an unknown key
     */
    public static AccessPolicy read(Path file) {
        return policy(YamlReader.read("The file " + file, file));
    }

    /** Parses the policy of a YAML text. */
    public static AccessPolicy parse(String text) {
        return policy(YamlReader.parse("The file", text));
    }

    private static AccessPolicy policy(@Nullable Object content) {
        Map<?, ?> root = map(content == null ? Map.of() : content, "the file", Set.of("roles", "grants", "groups"));
        return new AccessPolicy(
                items(root, "roles").stream().map(AccessFile::role).toList(),
                items(root, "grants").stream().map(AccessFile::holder).toList(),
                items(root, "groups").stream().map(AccessFile::group).toList());
    }

    private static PolicyRole role(Object content) {
        Map<?, ?> role = map(content, "a role", Set.of("name", "description", "members", "grants"));
        return new PolicyRole(
                text(role, "name", "A role"),
                optional(role, "description"),
                texts(role, "members"),
                texts(role, "grants"));
    }

    private static HolderGrants holder(Object content) {
        Map<?, ?> holder = map(content, "an entry of 'grants'", Set.of("to", "grants"));
        return new HolderGrants(text(holder, "to", "An entry of 'grants'"), texts(holder, "grants"));
    }

    private static GroupDefault group(Object content) {
        Map<?, ?> group = map(content, "a group", Set.of("name", "default_permission"));
        String level = text(group, "default_permission", "A group");
        return new GroupDefault(
                text(group, "name", "A group"),
                Arrays.stream(PermissionLevel.values())
                        .filter(each -> each.name().equalsIgnoreCase(level))
                        .findFirst()
                        .orElseThrow(() -> invalid(
                                "'%s' is no permission; permissions are %s.",
                                level, Arrays.toString(PermissionLevel.values()))));
    }

    private static List<?> items(Map<?, ?> map, String key) {
        return switch (map.get(key)) {
            case null -> List.of();
            case List<?> items -> items;
            case Object _ -> throw invalid("'%s' must be a list.", key);
        };
    }

    private static List<String> texts(Map<?, ?> map, String key) {
        return items(map, key).stream().map(String::valueOf).toList();
    }

    private static @Nullable String optional(Map<?, ?> map, String key) {
        return map.get(key) == null ? null : String.valueOf(map.get(key)).strip();
    }

    private static String text(Map<?, ?> map, String key, String what) {
        String text = optional(map, key);
        if (text == null || text.isEmpty()) {
            throw invalid("%s has no '%s'.", what, key);
        }
        return text;
    }

    private static Map<?, ?> map(Object content, String what, Set<String> known) {
        if (!(content instanceof Map<?, ?> map)) {
            throw invalid("%s must be a mapping of names to values; see docs/access.md for the format.", what);
        }
        for (Object key : map.keySet()) {
            if (!known.contains(String.valueOf(key))) {
                throw invalid(
                        "%s has the unknown key '%s'; known keys are %s.",
                        what, key, String.join(", ", known.stream().sorted().toList()));
            }
        }
        return map;
    }

    /** Returns the policy as YAML. */
    public static String write(AccessPolicy policy) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("roles", policy.roles().stream().map(AccessFile::fields).toList());
        root.put(
                "grants",
                policy.grants().stream()
                        .map(holder -> fields("to", holder.to(), "grants", holder.grants()))
                        .toList());
        root.put(
                "groups",
                policy.groups().stream()
                        .map(group -> fields(
                                "name",
                                group.name(),
                                "default_permission",
                                group.defaultPermission().name()))
                        .toList());
        return new Dump(DumpSettings.builder()
                        .setDefaultFlowStyle(FlowStyle.BLOCK)
                        .build())
                .dumpToString(root);
    }

    private static Map<String, Object> fields(PolicyRole role) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", role.name());
        if (role.description() != null) {
            fields.put("description", role.description());
        }
        fields.put("members", role.members());
        fields.put("grants", role.grants());
        return fields;
    }

    private static Map<String, Object> fields(String name, Object value, String otherName, Object otherValue) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(name, value);
        fields.put(otherName, otherValue);
        return fields;
    }
}
