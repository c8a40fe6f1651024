package dev.kiroku.model.users;

import static dev.kiroku.model.access.ResourceType.USER;
import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;

import dev.kiroku.model.access.AccessDecision;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.IncludeWhenEmpty;
import dev.kiroku.model.api.Required;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Kiroku's own endpoints on roles and grants, which also know groups and patterns. */
public final class AccessApi {
    private static final String ACCESS = "/2.0/kiroku/access/";

    private AccessApi() {}

    /** @param defaultPermission of users of whose groups none has one */
    public record AccessPolicyResponse(AccessPolicy policy, PermissionLevel defaultPermission) {}

    /**
     * Makes the policy that of the server. Grants of users on single resources that it does not name stay, as creators have such grants.
     *
     * @param dryRun whether to return the changes without making them
     */
    public record ApplyPolicyRequest(
            @Required AccessPolicy policy, @Nullable Boolean dryRun) {}

    /** @param changes lines such as {@code + group:ml EDIT experiment/team-a/*}, in the order in which they are made */
    public record ApplyPolicyResponse(@IncludeWhenEmpty List<String> changes) {}

    /**
     * A grant to add, or whose level to replace.
     *
     * @param to {@code user:ann}, {@code group:ml} or {@code role:editors}
     * @param resources such as {@code experiment/team-a/*}
     */
    public record GrantRequest(
            @Required String to,
            @Required String resources,
            @Required String level) {}

    /** A grant to remove; the components mean what those of {@link GrantRequest} mean. */
    public record RevokeRequest(
            @Required String to, @Required String resources) {}

    /**
     * Asks whether and why a user may do something.
     *
     * @param user null for the caller
     * @param action a constant of {@link dev.kiroku.model.access.Action}, in any case
     * @param resource such as {@code experiment/7}, {@code run/}ID or {@code registered_model/iris}
     */
    public record ExplainRequest(
            @Nullable String user,
            @Required String action,
            @Required String resource) {}

    /**
     * Whether and why a user may do something.
     *
     * @param checks what the action requires
     */
    public record ExplainResponse(
            String user, Boolean allowed, List<ExplainedCheck> checks, PermissionLevel defaultPermission) {}

    /**
     * One requirement.
     *
     * @param type the wire name of the type of resource on which it is required
     * @param level the level that the user has there; null if levels do not matter
     * @param decidedBy the wire name of the type whose grants decided; null if none did
     * @param grants the grants that match, such as {@code EDIT experiment/team-a/* by role:editors of group:ml}
     */
    public record ExplainedCheck(
            String type,
            String action,
            Boolean allowed,
            AccessDecision.Basis basis,
            @Nullable PermissionLevel level,
            @Nullable String decidedBy,
            List<String> grants) {}

    /** @param resources such as {@code experiment/7}, {@code run/}ID or {@code webhook/*}; at most 100 */
    public record RightsRequest(@Required List<String> resources) {}

    /** @param rights of the caller, in the order of the request */
    public record RightsResponse(List<ResourceRights> rights) {}

    /**
     * What the caller may do to a resource.
     *
     * @param resource as in the request
     * @param actions one for each action
     * @param ask users and groups that can give what is missing, such as {@code user:root}; empty if nothing is missing, or if the caller may not read
     *     the resource
     */
    public record ResourceRights(String resource, List<Right> actions, List<String> ask) {}

    /**
     * Whether the caller may do something.
     *
     * @param needs the level that is missing; null if the action is allowed or a token forbids it
     * @param on the resource that the level is needed on, with the name of an experiment in place of its ID, such as
     *     {@code experiment/team-a/fraud}
     */
    public record Right(
            String action,
            Boolean allowed,
            @Nullable PermissionLevel needs,
            @Nullable String on) {}

    /** @param resource such as {@code experiment/7} or {@code registered_model/iris} */
    public record ResourcePermissionsRequest(@Required String resource) {}

    /**
     * Who may do what to a resource, and why.
     *
     * @param resource the resource, with the name of an experiment in place of its ID
     * @param grants the grants that match the resource, or a part of it
     * @param groupDefaults the groups that have a default permission
     * @param defaultPermission of users of whose groups none has one
     * @param administrators the accounts that may do everything because they administer the server
     */
    public record ResourcePermissionsResponse(
            String resource,
            @IncludeWhenEmpty List<ResourceGrant> grants,
            @IncludeWhenEmpty List<AccessPolicy.GroupDefault> groupDefaults,
            PermissionLevel defaultPermission,
            @IncludeWhenEmpty List<String> administrators) {}

    /**
     * A grant that matches a resource.
     *
     * @param to {@code user:ann}, {@code group:ml} or {@code role:editors}
     * @param resources the resources that the grant names, such as {@code experiment/team-a/*}
     * @param members who is assigned to the role; empty for users and groups
     * @param own whether the grant names this resource alone, so that whoever manages the resource may remove it
     */
    public record ResourceGrant(
            String to, PermissionLevel level, String resources, List<String> members, Boolean own) {}

    public static final Endpoint<Empty, AccessPolicyResponse> LIST =
            endpoint(GET, ACCESS + "list", Empty.class, AccessPolicyResponse.class, USER.read());
    public static final Endpoint<ApplyPolicyRequest, ApplyPolicyResponse> APPLY =
            endpoint(POST, ACCESS + "apply", ApplyPolicyRequest.class, ApplyPolicyResponse.class, USER.manage());
    public static final Endpoint<GrantRequest, Empty> GRANT =
            endpoint(POST, ACCESS + "grant", GrantRequest.class, Empty.class, USER.manage());
    public static final Endpoint<RevokeRequest, Empty> REVOKE =
            endpoint(POST, ACCESS + "revoke", RevokeRequest.class, Empty.class, USER.manage());
    public static final Endpoint<ExplainRequest, ExplainResponse> EXPLAIN =
            endpoint(GET, ACCESS + "explain", ExplainRequest.class, ExplainResponse.class, USER.read());
    public static final Endpoint<RightsRequest, RightsResponse> RIGHTS =
            endpoint(GET, ACCESS + "rights", RightsRequest.class, RightsResponse.class, USER.read());
    public static final Endpoint<ResourcePermissionsRequest, ResourcePermissionsResponse> GET_PERMISSIONS = endpoint(
            GET, ACCESS + "resource", ResourcePermissionsRequest.class, ResourcePermissionsResponse.class, USER.read());
}
