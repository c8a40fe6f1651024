package dev.kiroku.server;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Endpoint.HttpMethod;
import dev.kiroku.model.api.ResourceType;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The operations of MLflow's server that this one does not have: they are known and answered as such, so that a client is told what is
 * missing rather than that it is lost. They are listed in {@code unimplemented.tsv}: verb, path and name of each.
 */
final class UnimplementedOperations {
    private UnimplementedOperations() {}

    /** @param bound the routes that are answered for real */
    static List<Route> routes(List<Route> bound) {
        Set<String> answered = bound.stream()
                .map(route -> routeKey(route.verb().name(), route.path()))
                .collect(Collectors.toSet());
        List<String> taken = bound.stream()
                .filter(route -> route.path().endsWith("...}"))
                .map(route -> route.verb() + " "
                        + route.path().substring(0, route.path().indexOf('{')))
                .toList();
        return TsvResource.readRows("unimplemented.tsv").stream()
                .filter(parts -> !answered.contains(routeKey(parts[0], parts[1])))
                .filter(parts -> taken.stream().noneMatch((parts[0] + " " + parts[1])::startsWith))
                .map(parts -> notImplemented(HttpMethod.valueOf(parts[0]), parts[1], parts[2]))
                .toList();
    }

    /** Two routes are the same whatever their variables are called. */
    private static String routeKey(String verb, String path) {
        return verb + " " + path.replaceAll("\\{[^}]*}", "{}");
    }

    private static Route notImplemented(HttpMethod verb, String path, String operation) {
        return new Route(verb, path, ResourceType.SERVER.read(), request -> {
            throw new KirokuException(
                    ErrorCode.NOT_IMPLEMENTED,
                    "Kiroku does not have the operation " + operation + " of MLflow's server (" + verb + " " + path
                            + ").");
        });
    }
}
