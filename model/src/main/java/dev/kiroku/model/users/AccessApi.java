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
}
