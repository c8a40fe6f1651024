package dev.kiroku.server;

import dev.kiroku.model.api.Endpoint.HttpMethod;
import dev.kiroku.server.http.Route;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Routes for operations of MLflow's server that Kiroku does not have. They answer 501 with the operation's name. The operations are listed
 * in {@code unimplemented.tsv}: method, path and name.
 */
final class UnimplementedOperations {
    private UnimplementedOperations() {}

    /** Returns routes for all listed operations that none of the server's routes answers. */
    static List<Route> routes(List<Route> served) {
        Set<String> servedKeys = served.stream()
                .map(route -> routeKey(route.method().name(), route.path()))
                .collect(Collectors.toSet());
        List<String> servedPrefixes = served.stream()
                .filter(route -> route.path().endsWith("...}"))
                .map(route -> route.method() + " "
                        + route.path().substring(0, route.path().indexOf('{')))
                .toList();
        return TsvResource.readRows("unimplemented.tsv").stream()
                .filter(row -> !servedKeys.contains(routeKey(row[0], row[1])))
                .filter(row -> servedPrefixes.stream().noneMatch((row[0] + " " + row[1])::startsWith))
                .map(row -> notImplemented(HttpMethod.valueOf(row[0]), row[1], row[2]))
                .toList();
    }

    /** Returns a key that does not depend on the names of path variables. */
    private static String routeKey(String method, String path) {
        return method + " " + path.replaceAll("\\{[^}]*}", "{}");
    }

    private static Route notImplemented(HttpMethod method, String path, String operation) {
        return Route.notImplemented(
                method,
                path,
                "Kiroku does not have the operation " + operation + " of MLflow's server (" + method + " " + path
                        + ").");
    }
}
