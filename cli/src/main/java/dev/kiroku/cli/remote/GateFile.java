package dev.kiroku.cli.remote;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.yaml.YamlReader;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.GateApi;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** Reads and writes gates as YAML, for files under version control. */
public final class GateFile {
    /** Conditions are never wrapped, so that a difference shows them as a whole. */
    private static final int MAX_LINE = 100_000;

    private static final Set<String> GATE =
            Set.of("name", "models", "alias", "stage", "require", "approvals", "description", "freeze");
    private static final Set<String> APPROVALS = Set.of("required", "from", "expire_after", "open_requests");

    private GateFile() {}

    /**
     * Reads the gates of a file.
     *
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if the file cannot be read or has an unknown key
     */
    public static List<Gate> read(Path file) {
        return gates(YamlReader.read("The file " + file, file));
    }

    /** Parses the gates of a YAML text. */
    public static List<Gate> parse(String text) {
        return gates(YamlReader.parse("The file", text));
    }

    private static List<Gate> gates(@Nullable Object content) {
        Map<?, ?> root = map(content, "the file", Set.of("gates"));
        if (root.get("gates") == null) {
            return List.of();
        }
        if (!(root.get("gates") instanceof List<?> items)) {
            throw invalid("'gates' must be a list.");
        }
        List<Gate> gates = new ArrayList<>();
        for (Object item : items) {
            Map<?, ?> g = map(item, "a gate", GATE);
            String name = text(g, "name");
            if (name == null) {
                throw invalid("A gate has no name.");
            }
            gates.add(new Gate(
                    name,
                    text(g, "models") == null ? "*" : text(g, "models"),
                    text(g, "alias"),
                    text(g, "stage"),
                    text(g, "require"),
                    g.get("approvals") == null ? null : approvals(name, g.get("approvals")),
                    text(g, "description"),
                    flag(g, "freeze", "gate '" + name + "'")));
        }
        return gates;
    }

    private static @Nullable Boolean flag(Map<?, ?> map, String key, String of) {
        if (map.get(key) != null && !(map.get(key) instanceof Boolean)) {
            throw invalid("In %s '%s' must be true or false.", of, key);
        }
        return (Boolean) map.get(key);
    }

    private static Gate.ApprovalRequirement approvals(String gate, Object content) {
        Map<?, ?> a = map(content, "approvals of gate '" + gate + "'", APPROVALS);
        if (!(a.get("required") instanceof Integer required)) {
            throw invalid("In approvals of gate '%s' 'required' must be a number.", gate);
        }
        List<String> from = switch (a.get("from")) {
            case null -> List.of();
            case List<?> names -> names.stream().map(String::valueOf).toList();
            case Object one -> List.of(one.toString());
        };
        return new Gate.ApprovalRequirement(
                (long) required,
                from,
                text(a, "expire_after"),
                flag(a, "open_requests", "approvals of gate '" + gate + "'"));
    }

    private static Map<?, ?> map(Object content, String what, Set<String> known) {
        if (!(content instanceof Map<?, ?> map)) {
            throw invalid(
                    "%s must be a mapping of names to values; see docs/governance.md for the format of gates.", what);
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

    private static String text(Map<?, ?> map, String key) {
        return map.get(key) == null ? null : map.get(key).toString().strip();
    }

    /** Returns the gates as YAML. */
    public static String write(List<Gate> gates) {
        return dump(Map.of("gates", gates.stream().map(GateFile::fields).toList()));
    }

    /** Returns the YAML lines of a gate; none for null. */
    private static List<String> lines(Gate gate) {
        return gate == null ? List.of() : dump(fields(gate)).lines().toList();
    }

    private static String dump(Object content) {
        return new Dump(DumpSettings.builder()
                        .setDefaultFlowStyle(FlowStyle.BLOCK)
                        .setWidth(MAX_LINE)
                        .build())
                .dumpToString(content);
    }

    private static Map<String, Object> fields(Gate gate) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", gate.name());
        fields.put("models", gate.models());
        fields.put("alias", gate.alias());
        fields.put("stage", gate.stage());
        fields.put("require", gate.require());
        Gate.ApprovalRequirement a = gate.approvals();
        if (a != null) {
            Map<String, Object> approvals = new LinkedHashMap<>();
            approvals.put("required", a.required());
            approvals.put("from", a.from().isEmpty() ? null : a.from());
            approvals.put("expire_after", a.expireAfter());
            approvals.put("open_requests", a.openRequests());
            approvals.values().removeIf(value -> value == null);
            fields.put("approvals", approvals);
        }
        fields.put("freeze", gate.freeze());
        fields.put("description", gate.description());
        fields.values().removeIf(value -> value == null);
        return fields;
    }

    /** Returns the changes as lines that begin with {@code +}, {@code -} or a space. */
    public static List<String> diff(List<GateApi.GateChange> changes) {
        List<String> diff = new ArrayList<>();
        for (GateApi.GateChange change : changes) {
            List<String> before = lines(change.before());
            List<String> after = lines(change.after());
            diff.add((before.isEmpty() ? "new gate " : after.isEmpty() ? "removed gate " : "changed gate ")
                    + change.name());
            before.stream().filter(line -> !after.contains(line)).forEach(line -> diff.add("  - " + line));
            after.forEach(line -> diff.add((before.contains(line) ? "    " : "  + ") + line));
        }
        return diff;
    }
}
