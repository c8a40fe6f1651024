package dev.kiroku.model.users;

import static dev.kiroku.model.access.ResourceType.USER;
import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.endpoint;

import dev.kiroku.model.api.Endpoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The endpoints on the user who sends the request. */
public final class UserApi {
    private UserApi() {}

    /** Asks for the user who sends the request. */
    public record CurrentUserRequest() {}

    /**
     * The user who sent a request.
     *
     * @param id 0 for a user that only the proxy knows
     */
    public record CurrentUser(Long id, String username, Boolean isAdmin, List<String> groups) {}

    /**
     * The user who sent the request; empty on a server without authentication.
     *
     * @param isBasicAuth whether the browser authenticated with HTTP Basic, so that the UI can offer to sign out
     */
    public record CurrentUserResponse(
            @Nullable CurrentUser user, @Nullable Boolean isBasicAuth) {}

    /** As MLflow's server with authentication; on a server without authentication the response is an error. */
    public static final Endpoint<CurrentUserRequest, CurrentUserResponse> GET_CURRENT = endpoint(
            GET, "/2.0/mlflow/users/current", CurrentUserRequest.class, CurrentUserResponse.class, USER.read());
    /** For pages that work with and without authentication; on a server without authentication the response is empty. */
    public static final Endpoint<CurrentUserRequest, CurrentUserResponse> FIND_CURRENT = endpoint(
            GET, "/2.0/kiroku/users/current", CurrentUserRequest.class, CurrentUserResponse.class, USER.read());
}
