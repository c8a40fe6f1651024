package dev.kiroku.server;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Endpoint.HttpMethod;
import dev.kiroku.model.api.ResourceAccess;
import dev.kiroku.server.http.Handler;
import java.util.List;

/**
 * A path of the server with its handler. JSON endpoints are routes, too; others stream bytes or send a page.
 *
 * @param path as in {@link dev.kiroku.model.api.Endpoint}, but complete ({@code /api/2.0/…} is also served at {@code /ajax-api/2.0/…})
 * @param resources the resources that the operation touches; never empty
 */
public record Route(HttpMethod verb, String path, List<ResourceAccess> resources, Handler handler) {
    /** Throws {@code IllegalArgumentException} if the route names no resource. */
    public Route {
        resources = ResourceAccess.requireAny(resources, path);
    }

    /** Creates a route that touches one resource. */
    public Route(HttpMethod verb, String path, ResourceAccess resource, Handler handler) {
        this(verb, path, List.of(resource), handler);
    }

    /**
     * Checks that a caller has the access that an operation needs.
     *
     * @throws KirokuException PERMISSION_DENIED if the caller has not
     */
    public static void requireAccess(Caller caller, List<ResourceAccess> resources) {
        if (!caller.isAllowed(resources)) {
            throw new KirokuException(
                    ErrorCode.PERMISSION_DENIED,
                    String.format(
                            "User '%s' may not do this: it is for members of the group '%s'.",
                            caller.name(), Caller.ADMINS));
        }
    }

    /** Returns a route that answers 501 instead, with {@code reason} as the message. */
    public Route disabled(String reason) {
        return new Route(verb, path, resources, request -> {
            throw new KirokuException(ErrorCode.NOT_IMPLEMENTED, reason);
        });
    }
}
