package dev.kiroku.server.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds the handler of a path. A template's part is literal, a variable {@code {name}}, or at the end {@code {name...}} for all that
 * follows. Where several templates fit, a literal part beats a variable, and a variable beats the rest of a path.
 */
public final class Router {
    /** @param handlers by verb */
    private record Node(
            Map<String, Node> literals,
            List<Node> variables,
            Map<String, RouteTarget> handlers,
            Map<String, RouteTarget> tailHandlers) {
        Node() {
            this(new HashMap<>(), new ArrayList<>(1), new TreeMap<>(), new TreeMap<>());
        }
    }

    record RouteTarget(Handler handler, List<String> variableNames, String route) {}

    /** What was found: the handlers by verb, and the values of the path's variables in their order. */
    public record Match(Map<String, RouteTarget> byVerb, List<String> values) {
        public boolean allows(String verb) {
            return byVerb.containsKey(verb);
        }

        public List<String> verbs() {
            return List.copyOf(byVerb.keySet());
        }

        public Handler handler(String verb) {
            return byVerb.get(verb).handler;
        }

        /** What the handler's route is called. */
        public String route(String verb) {
            return byVerb.get(verb).route;
        }

        public Map<String, String> variables(String verb) {
            Map<String, String> variables = new LinkedHashMap<>();
            List<String> names = byVerb.get(verb).variableNames;
            for (int i = 0; i < names.size(); i++) {
                variables.put(names.get(i), values.get(i));
            }
            return variables;
        }
    }

    private final Node root = new Node();

    public Router add(String verb, String template, Handler handler) {
        return add(verb, template, handler, template);
    }

    /**
     * @param route what the handler's route is called, at whichever of its addresses
     * @throws IllegalStateException when the verb and path are taken: two handlers for one thing are a mistake of ours
     */
    public Router add(String verb, String template, Handler handler, String route) {
        Node node = root;
        List<String> names = new ArrayList<>();
        Map<String, RouteTarget> leaves = null;
        for (String part : splitPath(template)) {
            if (part.endsWith("...}")) {
                names.add(part.substring(1, part.length() - 4));
                leaves = node.tailHandlers;
            } else if (part.startsWith("{")) {
                names.add(part.substring(1, part.length() - 1));
                if (node.variables.isEmpty()) {
                    node.variables.add(new Node());
                }
                node = node.variables.getFirst();
            } else {
                node = node.literals.computeIfAbsent(part, p -> new Node());
            }
        }
        if ((leaves == null ? node.handlers : leaves).putIfAbsent(verb, new RouteTarget(handler, names, route))
                != null) {
            throw new IllegalStateException(verb + " " + template + " is bound twice");
        }
        return this;
    }

    /**
     * @param parts the path's parts, decoded
     * @return null when no route has this path
     */
    public Match find(List<String> parts) {
        return find(root, parts, 0, List.of());
    }

    private static Match find(Node node, List<String> parts, int at, List<String> values) {
        if (at == parts.size()) {
            return node.handlers.isEmpty() ? null : new Match(node.handlers, values);
        }
        Node literal = node.literals.get(parts.get(at));
        Match match = literal == null ? null : find(literal, parts, at + 1, values);
        if (match == null && !node.variables.isEmpty() && !parts.get(at).isEmpty()) {
            match = find(node.variables.getFirst(), parts, at + 1, append(values, parts.get(at)));
        }
        if (match == null && !node.tailHandlers.isEmpty()) {
            match = new Match(node.tailHandlers, append(values, String.join("/", parts.subList(at, parts.size()))));
        }
        return match;
    }

    private static List<String> append(List<String> values, String value) {
        List<String> more = new ArrayList<>(values);
        more.add(value);
        return more;
    }

    /** The parts between the slashes: those of {@code /a/b} are a and b, those of {@code /} none. */
    static List<String> splitPath(String path) {
        String inner = path.startsWith("/") ? path.substring(1) : path;
        return inner.isEmpty() ? List.of() : List.of(inner.split("/", -1));
    }
}
