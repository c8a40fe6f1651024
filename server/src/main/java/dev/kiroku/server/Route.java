package dev.kiroku.server;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Endpoint.HttpMethod;
import dev.kiroku.model.api.Endpoint.Permission;
import dev.kiroku.server.http.Handler;

/**
 * A route that is not a JSON endpoint: bytes in or out, or a page.
 *
 * @param path as an endpoint's, but whole ({@code /api/2.0/…} also answers as {@code /ajax-api/2.0/…})
 * @param permission what a caller must be allowed to do
 */
public record Route(HttpMethod verb, String path, Permission permission, Handler handler) {
    /** @throws KirokuException PERMISSION_DENIED when the caller may not do what needs the permission */
    public static void requirePermission(Caller caller, Permission permission) {
        if (!caller.hasPermission(permission)) {
            throw new KirokuException(
                    ErrorCode.PERMISSION_DENIED,
                    String.format(
                            "User '%s' may not do this: it is for members of the group '%s'.",
                            caller.name(), Caller.ADMINS));
        }
    }

    /** The same, on a server that was started without it. @param why what the client is told */
    public Route disabled(String why) {
        return new Route(verb, path, permission, request -> {
            throw new KirokuException(ErrorCode.NOT_IMPLEMENTED, why);
        });
    }
}
