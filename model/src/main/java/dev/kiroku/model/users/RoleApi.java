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

/** The endpoints on roles, as MLflow's server with basic authentication has them. */
public final class RoleApi {
    private static final String ROLES = "/3.0/mlflow/roles/";

    private RoleApi() {}

    /** @param workspace always {@link Role#WORKSPACE} */
    public record CreateRoleRequest(
            @Required String name,
            @Required String workspace,
            @Nullable String description) {}

    public record RoleRequest(@Required Long roleId) {}

    public record RoleResponse(Role role) {}

    /** @param workspace the workspaces whose roles are listed; empty for all */
    public record ListRolesRequest(List<String> workspace) {}

    public record RolesResponse(@IncludeWhenEmpty List<Role> roles) {}

    /** Fields that are null keep their values. */
    public record UpdateRoleRequest(
            @Required Long roleId,
            @Nullable String name,
            @Nullable String description) {}

    public record AddRolePermissionRequest(
            @Required Long roleId,
            @Required String resourceType,
            @Required String resourcePattern,
            @Required String permission) {}

    public record UpdateRolePermissionRequest(
            @Required Long rolePermissionId, @Required String permission) {}

    public record RolePermissionRequest(@Required Long rolePermissionId) {}

    public record RolePermissionResponse(RolePermission rolePermission) {}

    public record RolePermissionsResponse(@IncludeWhenEmpty List<RolePermission> rolePermissions) {}

    /**
     * A user or a group, and a role.
     *
     * @param username null for a group
     * @param groupName null for a user
     */
    public record AssignmentRequest(
            @Nullable String username,
            @Required Long roleId,
            @Nullable String groupName) {}

    public record AssignmentResponse(RoleAssignment assignment) {}

    public record AssignmentsResponse(@IncludeWhenEmpty List<RoleAssignment> assignments) {}

    public static final Endpoint<CreateRoleRequest, RoleResponse> CREATE =
            endpoint(POST, ROLES + "create", CreateRoleRequest.class, RoleResponse.class, USER.manage());
    public static final Endpoint<RoleRequest, RoleResponse> GET_BY_ID =
            endpoint(GET, ROLES + "get", RoleRequest.class, RoleResponse.class, USER.read());
    public static final Endpoint<ListRolesRequest, RolesResponse> LIST =
            endpoint(GET, ROLES + "list", ListRolesRequest.class, RolesResponse.class, USER.read());
    public static final Endpoint<UpdateRoleRequest, RoleResponse> UPDATE =
            endpoint(PATCH, ROLES + "update", UpdateRoleRequest.class, RoleResponse.class, USER.manage());
    public static final Endpoint<RoleRequest, Empty> DELETE_BY_ID =
            endpoint(DELETE, ROLES + "delete", RoleRequest.class, Empty.class, USER.manage());
    public static final Endpoint<AddRolePermissionRequest, RolePermissionResponse> ADD_PERMISSION = endpoint(
            POST,
            ROLES + "permissions/add",
            AddRolePermissionRequest.class,
            RolePermissionResponse.class,
            USER.manage());
    public static final Endpoint<UpdateRolePermissionRequest, RolePermissionResponse> UPDATE_PERMISSION = endpoint(
            PATCH,
            ROLES + "permissions/update",
            UpdateRolePermissionRequest.class,
            RolePermissionResponse.class,
            USER.manage());
    public static final Endpoint<RolePermissionRequest, Empty> REMOVE_PERMISSION =
            endpoint(DELETE, ROLES + "permissions/remove", RolePermissionRequest.class, Empty.class, USER.manage());
    public static final Endpoint<RoleRequest, RolePermissionsResponse> LIST_PERMISSIONS =
            endpoint(GET, ROLES + "permissions/list", RoleRequest.class, RolePermissionsResponse.class, USER.read());
    public static final Endpoint<AssignmentRequest, AssignmentResponse> ASSIGN =
            endpoint(POST, ROLES + "assign", AssignmentRequest.class, AssignmentResponse.class, USER.manage());
    public static final Endpoint<AssignmentRequest, Empty> UNASSIGN =
            endpoint(DELETE, ROLES + "unassign", AssignmentRequest.class, Empty.class, USER.manage());
    public static final Endpoint<RoleRequest, AssignmentsResponse> LIST_USERS =
            endpoint(GET, ROLES + "users/list", RoleRequest.class, AssignmentsResponse.class, USER.read());
    public static final Endpoint<UserApi.UsernameRequest, RolesResponse> LIST_OF_USER = endpoint(
            GET, "/3.0/mlflow/users/roles/list", UserApi.UsernameRequest.class, RolesResponse.class, USER.read());
}
