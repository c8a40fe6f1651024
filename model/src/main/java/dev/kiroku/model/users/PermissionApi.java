package dev.kiroku.model.users;

import static dev.kiroku.model.access.ResourceType.EXPERIMENT;
import static dev.kiroku.model.access.ResourceType.REGISTERED_MODEL;
import static dev.kiroku.model.access.ResourceType.USER;
import static dev.kiroku.model.api.Endpoint.HttpMethod.DELETE;
import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.HttpMethod.PATCH;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;

import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.IncludeWhenEmpty;
import dev.kiroku.model.api.Required;
import java.util.List;

/** The endpoints on the grants of users, as MLflow's server with basic authentication has them, and those of MLflow before 3.13. */
public final class PermissionApi {
    private static final String PERMISSIONS = "/3.0/mlflow/users/permissions/";
    private static final String EXPERIMENTS = "/2.0/mlflow/experiments/permissions/";
    private static final String MODELS = "/2.0/mlflow/registered-models/permissions/";

    private PermissionApi() {}

    /** @param resourceId an ID or name, {@code *}, or a prefix such as {@code team-a/*} */
    public record UserGrantRequest(
            @Required String username,
            @Required String resourceType,
            @Required String resourceId,
            @Required String permission) {}

    public record UserResourceRequest(
            @Required String username,
            @Required String resourceType,
            @Required String resourceId) {}

    /** @param allowed whether the user has at least {@link PermissionLevel#USE} */
    public record PermissionResponse(Boolean allowed, PermissionLevel permission) {}

    /** A grant of a user, with the role that has it: the user's own or one that the user is assigned to. */
    public record UserPermission(
            Long roleId,
            String roleName,
            String workspace,
            String resourceType,
            String resourcePattern,
            PermissionLevel permission) {}

    public record UserPermissionsResponse(
            Boolean isAdmin, @IncludeWhenEmpty List<UserPermission> permissions) {}

    public static final Endpoint<UserGrantRequest, Empty> GRANT =
            endpoint(POST, PERMISSIONS + "grant", UserGrantRequest.class, Empty.class, USER.manage());
    public static final Endpoint<UserResourceRequest, Empty> REVOKE =
            endpoint(POST, PERMISSIONS + "revoke", UserResourceRequest.class, Empty.class, USER.manage());
    public static final Endpoint<UserResourceRequest, PermissionResponse> GET_OF_USER =
            endpoint(GET, PERMISSIONS + "get", UserResourceRequest.class, PermissionResponse.class, USER.read());
    public static final Endpoint<UserApi.UsernameRequest, UserPermissionsResponse> LIST_OF_USER = endpoint(
            GET, PERMISSIONS + "list", UserApi.UsernameRequest.class, UserPermissionsResponse.class, USER.read());
    public static final Endpoint<Empty, UserPermissionsResponse> LIST_OF_CURRENT_USER = endpoint(
            GET, "/3.0/mlflow/users/current/permissions", Empty.class, UserPermissionsResponse.class, USER.read());

    // MLflow 2.22 and earlier: a grant on one experiment or model.

    public record ExperimentPermissionRequest(
            @Required String experimentId,
            @Required String username,
            @Required String permission) {}

    public record ExperimentUserRequest(
            @Required String experimentId, @Required String username) {}

    public record ExperimentPermission(String experimentId, Long userId, PermissionLevel permission) {}

    public record ExperimentPermissionResponse(ExperimentPermission experimentPermission) {}

    public record ModelPermissionRequest(
            @Required String name,
            @Required String username,
            @Required String permission) {}

    public record ModelUserRequest(
            @Required String name, @Required String username) {}

    public record ModelPermission(String name, Long userId, PermissionLevel permission) {}

    public record ModelPermissionResponse(ModelPermission registeredModelPermission) {}

    public static final Endpoint<ExperimentPermissionRequest, ExperimentPermissionResponse> CREATE_ON_EXPERIMENT =
            endpoint(
                    POST,
                    EXPERIMENTS + "create",
                    ExperimentPermissionRequest.class,
                    ExperimentPermissionResponse.class,
                    EXPERIMENT.manage("experiment_id"));
    public static final Endpoint<ExperimentUserRequest, ExperimentPermissionResponse> GET_ON_EXPERIMENT = endpoint(
            GET,
            EXPERIMENTS + "get",
            ExperimentUserRequest.class,
            ExperimentPermissionResponse.class,
            EXPERIMENT.manage("experiment_id"));
    public static final Endpoint<ExperimentPermissionRequest, Empty> UPDATE_ON_EXPERIMENT = endpoint(
            PATCH,
            EXPERIMENTS + "update",
            ExperimentPermissionRequest.class,
            Empty.class,
            EXPERIMENT.manage("experiment_id"));
    public static final Endpoint<ExperimentUserRequest, Empty> DELETE_ON_EXPERIMENT = endpoint(
            DELETE,
            EXPERIMENTS + "delete",
            ExperimentUserRequest.class,
            Empty.class,
            EXPERIMENT.manage("experiment_id"));
    public static final Endpoint<ModelPermissionRequest, ModelPermissionResponse> CREATE_ON_MODEL = endpoint(
            POST,
            MODELS + "create",
            ModelPermissionRequest.class,
            ModelPermissionResponse.class,
            REGISTERED_MODEL.manage("name"));
    public static final Endpoint<ModelUserRequest, ModelPermissionResponse> GET_ON_MODEL = endpoint(
            GET,
            MODELS + "get",
            ModelUserRequest.class,
            ModelPermissionResponse.class,
            REGISTERED_MODEL.manage("name"));
    public static final Endpoint<ModelPermissionRequest, Empty> UPDATE_ON_MODEL = endpoint(
            PATCH, MODELS + "update", ModelPermissionRequest.class, Empty.class, REGISTERED_MODEL.manage("name"));
    public static final Endpoint<ModelUserRequest, Empty> DELETE_ON_MODEL =
            endpoint(DELETE, MODELS + "delete", ModelUserRequest.class, Empty.class, REGISTERED_MODEL.manage("name"));
}
