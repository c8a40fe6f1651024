package dev.kiroku.server.http;

import dev.kiroku.core.guard.AccessGuard;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.ResourceAccess;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Endpoint.HttpMethod;
import java.util.List;

/**
 * A route of the server: an HTTP method and path with the handler that answers it. JSON endpoints are routes; others stream bytes or send a
 * page.
 *
 * @param path a template as {@link Router} takes it; {@code /api/2.0/…} is also served at {@code /ajax-api/2.0/…}
 * @param resources the resources that the operation touches; never empty
 * @param open whether it is for callers who have not signed in, too; such a caller is anonymous
 */
public record Route(HttpMethod method, String path, List<ResourceAccess> resources, Handler handler, boolean open) {
    /** Throws {@code IllegalArgumentException} if the route names no resource. */
    public Route {
        resources = ResourceAccess.requireAny(resources, path);
    }

    /** Creates a route for callers who have signed in. */
    public Route(HttpMethod method, String path, List<ResourceAccess> resources, Handler handler) {
        this(method, path, resources, handler, false);
    }

    /** Creates a route that touches one resource. */
    public Route(HttpMethod method, String path, ResourceAccess resource, Handler handler) {
        this(method, path, List.of(resource), handler);
    }

    /** Returns a route that serves callers who have not signed in, such as the page on which they do. */
    public static Route open(HttpMethod method, String path, Handler handler) {
        return new Route(method, path, List.of(ResourceType.SERVER.read()), handler, true);
    }

    /**
     * Returns a route that answers 501.
     *
     * @param reason what the server lacks, or the option that it was started with
     */
    public static Route notImplemented(HttpMethod method, String path, String reason) {
        return new Route(method, path, ResourceType.SERVER.read(), notImplementedHandler(reason));
    }

    /** Returns a handler that answers 501 with {@code reason}. */
    public static Handler notImplementedHandler(String reason) {
        return _ -> {
            throw new KirokuException(ErrorCode.NOT_IMPLEMENTED, reason);
        };
    }

    /** Returns this route with a check of the caller's permissions before its handler. */
    public Route guardedBy(AccessGuard guard) {
        return new Route(
                method,
                path,
                resources,
                request -> {
                    guard.check(request.caller(), resources, field -> fieldValues(request, field));
                    return handler.handle(request);
                },
                open);
    }

    /** Resources are identified by path variables and query parameters. */
    private static List<String> fieldValues(Request request, String field) {
        String variable = request.variables().get(field);
        List<String> values = variable == null ? request.query().getOrDefault(field, List.of()) : List.of(variable);
        return values.stream().filter(value -> !value.isEmpty()).toList();
    }
}
