package dev.kiroku.server.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Router: finds handlers by path in a prefix tree of path segments. A segment of a template is a literal, a variable {@code {name}}, or, as
 * the last one, {@code {name...}} for the rest of the path. If several templates match, a literal is preferred to a variable, and a variable
 * to the rest of a path. Not thread-safe while routes are added.
 */
public final class Router {
    /**
     * @param variables the node of a variable segment, at most one
     * @param handlers the handlers by method of the path that ends here
     * @param tailHandlers the handlers by method of all longer paths
     */
    private record Node(
            Map<String, Node> literals,
            List<Node> variables,
            Map<String, RouteTarget> handlers,
            Map<String, RouteTarget> tailHandlers) {
        Node() {
            this(new HashMap<>(), new ArrayList<>(1), new TreeMap<>(), new TreeMap<>());
        }
    }

    private record RouteTarget(Handler handler, List<String> variableNames, String route, boolean open) {}

    /** The routes that match a path, by HTTP method. */
    public static final class Match {
        private final Map<String, RouteTarget> targets;
        private final List<String> values;

        private Match(Map<String, RouteTarget> targets, List<String> values) {
            this.targets = targets;
            this.values = values;
        }

        /** Returns whether there is a handler for the method. Other methods of this class expect one. */
        public boolean allows(String method) {
            return targets.containsKey(method);
        }

        /** Returns the methods that have a handler, sorted. */
        public List<String> methods() {
            return List.copyOf(targets.keySet());
        }

        /** Returns the handler for a method. */
        public Handler handler(String method) {
            return targets.get(method).handler;
        }

        /** Returns whether the route for a method is for callers who have not signed in, too. */
        public boolean isOpen(String method) {
            return targets.get(method).open;
        }

        /** Returns the name of the route for a method. */
        public String route(String method) {
            return targets.get(method).route;
        }

        /** Returns the path variables by name. */
        public Map<String, String> variables(String method) {
            Map<String, String> variables = new LinkedHashMap<>();
            List<String> names = targets.get(method).variableNames;
            for (int i = 0; i < names.size(); i++) {
                variables.put(names.get(i), values.get(i));
            }
            return variables;
        }
    }

    private final Node root = new Node();

    /** Adds a route that is named after its template. */
    public void add(String method, String template, Handler handler) {
        add(method, template, handler, template, false);
    }

    /**
     * Adds a route.
     *
     * @param route the name of the route, the same for all its paths
     * @param open whether the route is for callers who have not signed in, too
     * @throws IllegalStateException if there is a route with this method and path
     */
    public void add(String method, String template, Handler handler, String route, boolean open) {
        Node node = root;
        List<String> names = new ArrayList<>();
        Map<String, RouteTarget> targets = null;
        for (String segment : splitPath(template)) {
            if (segment.endsWith("...}")) {
                names.add(segment.substring(1, segment.length() - 4));
                targets = node.tailHandlers;
            } else if (segment.startsWith("{")) {
                names.add(segment.substring(1, segment.length() - 1));
                if (node.variables.isEmpty()) {
                    node.variables.add(new Node());
                }
                node = node.variables.getFirst();
            } else {
                node = node.literals.computeIfAbsent(segment, _ -> new Node());
            }
        }
        RouteTarget target = new RouteTarget(handler, names, route, open);
        if ((targets == null ? node.handlers : targets).putIfAbsent(method, target) != null) {
            throw new IllegalStateException(method + " " + template + " is bound twice");
        }
    }

    /**
     * Returns the routes that match a path, or null if there is none.
     *
     * @param segments the segments of the path, decoded
     */
    public Match find(List<String> segments) {
        return find(root, segments, 0, List.of());
    }

    private static Match find(Node node, List<String> segments, int at, List<String> values) {
        if (at == segments.size()) {
            return node.handlers.isEmpty() ? null : new Match(node.handlers, values);
        }
        Node literal = node.literals.get(segments.get(at));
        Match match = literal == null ? null : find(literal, segments, at + 1, values);
        if (match == null && !node.variables.isEmpty() && !segments.get(at).isEmpty()) {
            match = find(node.variables.getFirst(), segments, at + 1, append(values, segments.get(at)));
        }
        if (match == null && !node.tailHandlers.isEmpty()) {
            match = new Match(
                    node.tailHandlers, append(values, String.join("/", segments.subList(at, segments.size()))));
        }
        return match;
    }

    private static List<String> append(List<String> values, String value) {
        List<String> more = new ArrayList<>(values);
        more.add(value);
        return more;
    }

    /** Returns the segments between the slashes: {@code a} and {@code b} for {@code /a/b}, none for {@code /}. */
    static List<String> splitPath(String path) {
        String inner = path.startsWith("/") ? path.substring(1) : path;
        return inner.isEmpty() ? List.of() : List.of(inner.split("/", -1));
    }
}
