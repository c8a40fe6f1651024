package dev.kiroku.model.users;

import static dev.kiroku.model.access.ResourceType.USER;
import static dev.kiroku.model.api.Endpoint.HttpMethod.DELETE;
import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.HttpMethod.PATCH;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;

import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.IncludeWhenEmpty;
import dev.kiroku.model.api.Required;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The endpoints on users, as MLflow's server with basic authentication has them, and on the user who sends the request. */
public final class UserApi {
    private UserApi() {}

    /** Request for the user who sends it. */
    public record CurrentUserRequest() {}

    /**
     * The user who sent a request.
     *
     * @param id 0 for a user of the proxy without an account here
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

    // MLflow's administration of accounts.

    public record UsernameRequest(@Required String username) {}

    public record CreateUserRequest(
            @Required String username, @Required String password) {}

    /**
     * A user as MLflow's clients read it.
     *
     * @param experimentPermissions the grants on single experiments, which clients before MLflow 3.13 require
     * @param registeredModelPermissions the grants on single registered models, likewise
     */
    public record UserEntry(
            Long id,
            String username,
            Boolean isAdmin,
            @IncludeWhenEmpty List<PermissionApi.ExperimentPermission> experimentPermissions,
            @IncludeWhenEmpty List<PermissionApi.ModelPermission> registeredModelPermissions) {}

    public record UserResponse(UserEntry user) {}

    /** A user with the roles that the caller may see. */
    public record UserWithRoles(
            Long id,
            String username,
            Boolean isAdmin,
            @IncludeWhenEmpty List<Role> roles) {}

    public record ListUsersResponse(@IncludeWhenEmpty List<UserWithRoles> users) {}

    /** @param currentPassword required of users who change their own password */
    public record UpdatePasswordRequest(
            @Required String username,
            @Required String password,
            @Nullable String currentPassword) {}

    public record UpdateAdminRequest(
            @Required String username, @Required Boolean isAdmin) {}

    public static final Endpoint<CreateUserRequest, UserResponse> CREATE = endpoint(
            POST, "/2.0/mlflow/users/create", CreateUserRequest.class, UserResponse.class, USER.create("username"));
    public static final Endpoint<UsernameRequest, UserResponse> GET_BY_NAME =
            endpoint(GET, "/2.0/mlflow/users/get", UsernameRequest.class, UserResponse.class, USER.read("username"));
    public static final Endpoint<Empty, ListUsersResponse> LIST =
            endpoint(GET, "/2.0/mlflow/users/list", Empty.class, ListUsersResponse.class, USER.read());
    public static final Endpoint<UpdatePasswordRequest, Empty> UPDATE_PASSWORD = endpoint(
            PATCH,
            "/2.0/mlflow/users/update-password",
            UpdatePasswordRequest.class,
            Empty.class,
            USER.update("username"));
    public static final Endpoint<UpdateAdminRequest, Empty> UPDATE_ADMIN = endpoint(
            PATCH, "/2.0/mlflow/users/update-admin", UpdateAdminRequest.class, Empty.class, USER.manage("username"));
    public static final Endpoint<UsernameRequest, Empty> DELETE_BY_NAME =
            endpoint(DELETE, "/2.0/mlflow/users/delete", UsernameRequest.class, Empty.class, USER.delete("username"));
}
