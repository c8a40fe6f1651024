package dev.kiroku.core.users;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.model.access.ResourceSelector;
import dev.kiroku.model.access.TokenScope;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.users.AccountApi;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operations of {@link AccountApi} on tokens and sessions. Users manage their own, administrators those of everybody. Who signed in with a
 * restricted token can do neither, so that it gives nobody a wider one. Thread-safe.
 */
public final class AccountCredentials {
    private static final long MAX_LIFETIME_HOURS = 24 * 36_600L;
    private static final int MAX_RESOURCES = 100;

    private final Users users;
    private final UserStore store;
    private final SessionStore sessions;
    private final InstantSource clock;

    /** Creates the operations on one store. */
    public AccountCredentials(Users users, UserStore store, SessionStore sessions, InstantSource clock) {
        this.users = users;
        this.store = store;
        this.sessions = sessions;
        this.clock = clock;
    }

    /** Returns the tokens of a user, the newest first. */
    public AccountApi.TokensResponse listTokens(AccountApi.ListTokensRequest request, Caller caller) {
        String owner = requireOwner(request.username(), caller);
        // Users whom only a proxy or an identity provider knows have no tokens here.
        return new AccountApi.TokensResponse(
                AccessChecks.isSelf(caller, owner) && store.find(owner).isEmpty()
                        ? List.of()
                        : users.listTokens(owner));
    }

    /** Returns the user whom a request concerns; throws with PERMISSION_DENIED if it is neither the caller nor the caller an administrator. */
    private static String requireOwner(@Nullable String username, Caller caller) {
        AccessChecks.requireAuthentication(caller);
        String owner = username == null || username.isEmpty() ? caller.name() : username;
        AccessChecks.require(
                caller.isAdmin() || AccessChecks.isSelf(caller, owner),
                caller,
                "only administrators manage the tokens and sessions of others");
        return owner;
    }

    /** Creates a token. */
    public AccountApi.CreateTokenResponse createToken(AccountApi.CreateTokenRequest request, Caller caller) {
        String owner = requireOwner(request.username(), caller);
        AccessChecks.requireUnrestricted(caller);
        if (store.find(owner).isEmpty()) {
            throw notFound(
                    "'%s' has no account on this server, which tokens need. An administrator adds it with"
                            + " 'kiroku users add %s --no-password'.",
                    owner, owner);
        }
        Users.NewToken created = users.createToken(
                owner,
                request.label() == null ? "" : request.label().strip(),
                lifetime(request.lifetimeHours()),
                new TokenScope(Boolean.TRUE.equals(request.readOnly()), resources(request.resources())),
                caller);
        return new AccountApi.CreateTokenResponse(created.token(), created.value());
    }

    private static @Nullable Duration lifetime(@Nullable Long hours) {
        if (hours == null) {
            return null;
        }
        if (hours < 1 || hours > MAX_LIFETIME_HOURS) {
            throw invalid(
                    "lifetime_hours must be between 1 and %d; omit it for a token that does not expire.",
                    MAX_LIFETIME_HOURS);
        }
        return Duration.ofHours(hours);
    }

    private static List<ResourceSelector> resources(List<String> texts) {
        if (texts.size() > MAX_RESOURCES) {
            throw invalid("A token is restricted to at most %d patterns of resources.", MAX_RESOURCES);
        }
        return texts.stream().map(AccessPolicies::selector).toList();
    }

    /** Deletes a token. What belongs to others looks to users as if it did not exist. */
    public Empty revokeToken(AccountApi.RevokeTokenRequest request, Caller caller) {
        AccessChecks.requireAuthentication(caller);
        AccessChecks.requireUnrestricted(caller);
        boolean own = store.find(caller.name()).isPresent()
                && users.listTokens(caller.name()).stream()
                        .anyMatch(token -> token.id().equals(request.id()));
        if (!own && !caller.isAdmin()) {
            throw notFound("Token with id '%s' not found.", request.id());
        }
        users.revokeToken(request.id(), caller);
        return new Empty();
    }

    /** Returns the sessions of a user that have not expired, the newest first. */
    public AccountApi.SessionsResponse listSessions(AccountApi.ListSessionsRequest request, Caller caller) {
        return new AccountApi.SessionsResponse(
                sessions.list(requireOwner(request.username(), caller), clock.millis()).stream()
                        .map(session -> session.withCurrent(session.id().equals(caller.session())))
                        .toList());
    }

    /** Ends one session or all sessions of a user. */
    public AccountApi.EndSessionsResponse endSessions(AccountApi.EndSessionsRequest request, Caller caller) {
        String owner = requireOwner(request.username(), caller);
        AccessChecks.requireUnrestricted(caller);
        ChangeContext change = new ChangeContext(caller, clock.millis());
        if (request.id() == null) {
            return new AccountApi.EndSessionsResponse((long) sessions.removeAll(owner, change));
        }
        if (!sessions.remove(owner, request.id(), change)) {
            throw notFound("Session with id '%s' not found.", request.id());
        }
        return new AccountApi.EndSessionsResponse(1L);
    }
}
