package dev.kiroku.model.users;

import static dev.kiroku.model.access.ResourceType.USER;
import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;

import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.IncludeWhenEmpty;
import dev.kiroku.model.api.Required;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Kiroku's own endpoints on accounts, groups, tokens and sessions. Users manage their own tokens and sessions, administrators those of everybody
 * and all else. A restricted token changes nothing here.
 */
public final class AccountApi {
    private static final String USERS = "/2.0/kiroku/users/";

    private AccountApi() {}

    // Accounts

    public record AccountsResponse(@IncludeWhenEmpty List<User> users) {}

    public record AccountResponse(User user) {}

    /**
     * An account to add.
     *
     * @param service whether it is the account of a program, which signs in with tokens only
     * @param password null for a user who has only tokens, or signs in at a proxy or an identity provider
     * @param groups the groups of the user
     */
    public record CreateAccountRequest(
            @Required String username,
            @Nullable Boolean service,
            @Nullable String password,
            List<String> groups) {}

    // Groups

    public record GroupsResponse(@IncludeWhenEmpty List<Group> groups) {}

    /**
     * Groups of a user to change.
     *
     * @param join groups that the user shall be in
     * @param leave groups that the user shall not be in
     */
    public record UpdateGroupsRequest(@Required String username, List<String> join, List<String> leave) {}

    /** @param defaultPermission null to let the server's default permission count */
    public record SetGroupDefaultRequest(
            @Required String name, @Nullable PermissionLevel defaultPermission) {}

    /** @param disabled whether the user may not sign in */
    public record SetDisabledRequest(
            @Required String username, @Required Boolean disabled) {}

    // Tokens

    /** @param username null for the caller */
    public record ListTokensRequest(@Nullable String username) {}

    public record TokensResponse(@IncludeWhenEmpty List<Token> tokens) {}

    /**
     * A token to create.
     *
     * @param username null for the caller
     * @param label its purpose
     * @param lifetimeHours how long it is valid; null until it is revoked
     * @param readOnly whether it only permits to read
     * @param resources the resources that it permits to touch, such as {@code experiment/team-a/*}; empty for all
     */
    public record CreateTokenRequest(
            @Nullable String username,
            @Nullable String label,
            @Nullable Long lifetimeHours,
            @Nullable Boolean readOnly,
            List<String> resources) {}

    /** @param secret what clients send; it is not stored and cannot be shown again */
    public record CreateTokenResponse(Token token, String secret) {
        /** Returns a text without the secret, for logs. */
        @Override
        public String toString() {
            return "CreateTokenResponse[" + token + "]";
        }
    }

    public record RevokeTokenRequest(@Required String id) {}

    // Sessions

    /** @param username null for the caller */
    public record ListSessionsRequest(@Nullable String username) {}

    public record SessionsResponse(@IncludeWhenEmpty List<Session> sessions) {}

    /**
     * Sessions to end.
     *
     * @param username null for the caller
     * @param id null for all sessions of the user
     */
    public record EndSessionsRequest(
            @Nullable String username, @Nullable String id) {}

    /** @param ended the number of sessions that have been ended */
    public record EndSessionsResponse(Long ended) {}

    public static final Endpoint<Empty, AccountsResponse> LIST =
            endpoint(GET, USERS + "list", Empty.class, AccountsResponse.class, USER.read());
    public static final Endpoint<CreateAccountRequest, AccountResponse> CREATE = endpoint(
            POST, USERS + "create", CreateAccountRequest.class, AccountResponse.class, USER.create("username"));
    public static final Endpoint<SetDisabledRequest, AccountResponse> SET_DISABLED = endpoint(
            POST, USERS + "set-disabled", SetDisabledRequest.class, AccountResponse.class, USER.manage("username"));
    public static final Endpoint<Empty, GroupsResponse> LIST_GROUPS =
            endpoint(GET, USERS + "groups/list", Empty.class, GroupsResponse.class, USER.read());
    public static final Endpoint<UpdateGroupsRequest, AccountResponse> UPDATE_GROUPS = endpoint(
            POST, USERS + "groups/update", UpdateGroupsRequest.class, AccountResponse.class, USER.manage("username"));
    public static final Endpoint<SetGroupDefaultRequest, Empty> SET_GROUP_DEFAULT =
            endpoint(POST, USERS + "groups/set-default", SetGroupDefaultRequest.class, Empty.class, USER.manage());
    public static final Endpoint<ListTokensRequest, TokensResponse> LIST_TOKENS =
            endpoint(GET, USERS + "tokens/list", ListTokensRequest.class, TokensResponse.class, USER.read("username"));
    public static final Endpoint<CreateTokenRequest, CreateTokenResponse> CREATE_TOKEN = endpoint(
            POST,
            USERS + "tokens/create",
            CreateTokenRequest.class,
            CreateTokenResponse.class,
            USER.update("username"));
    public static final Endpoint<RevokeTokenRequest, Empty> REVOKE_TOKEN =
            endpoint(POST, USERS + "tokens/revoke", RevokeTokenRequest.class, Empty.class, USER.update());
    public static final Endpoint<ListSessionsRequest, SessionsResponse> LIST_SESSIONS = endpoint(
            GET, USERS + "sessions/list", ListSessionsRequest.class, SessionsResponse.class, USER.read("username"));
    public static final Endpoint<EndSessionsRequest, EndSessionsResponse> END_SESSIONS = endpoint(
            POST, USERS + "sessions/end", EndSessionsRequest.class, EndSessionsResponse.class, USER.update("username"));
}
