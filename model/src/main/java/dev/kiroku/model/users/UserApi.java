package dev.kiroku.model.users;

import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.endpoint;
import static dev.kiroku.model.api.ResourceType.USER;

import dev.kiroku.model.api.Endpoint;
import java.util.List;

/** What callers can ask about themselves. */
public final class UserApi {
    private UserApi() {}

    public record CurrentUserRequest() {}

    /** @param id 0 for a user whom only the proxy knows */
    public record CurrentUser(Long id, String username, Boolean isAdmin, List<String> groups) {}

    /** @param isBasicAuth whether the browser signed in by itself and can be made to forget it */
    public record CurrentUserResponse(CurrentUser user, Boolean isBasicAuth) {}

    /** As MLflow with accounts has it: refused where nobody signs in. */
    public static final Endpoint<CurrentUserRequest, CurrentUserResponse> GET_CURRENT = endpoint(
            GET, "/2.0/mlflow/users/current", CurrentUserRequest.class, CurrentUserResponse.class, USER.read());
    /** The same for pages that are there with and without accounts: empty where nobody signs in. */
    public static final Endpoint<CurrentUserRequest, CurrentUserResponse> FIND_CURRENT = endpoint(
            GET, "/2.0/kiroku/users/current", CurrentUserRequest.class, CurrentUserResponse.class, USER.read());
}
