package dev.kiroku.core.users;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.access.AccessChange;
import dev.kiroku.core.access.AccessState;
import dev.kiroku.core.access.AccessStore;
import dev.kiroku.core.access.ResourceKeyLookup;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.model.access.AccessDecision;
import dev.kiroku.model.access.AccessRights;
import dev.kiroku.model.access.Action;
import dev.kiroku.model.access.Grant;
import dev.kiroku.model.access.HeldGrant;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.Principal;
import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourcePattern;
import dev.kiroku.model.access.ResourceSelector;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.users.AccessApi;
import dev.kiroku.model.users.AccessPolicy;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The operations of {@link AccessApi}. Thread-safe. */
public final class AccessPolicies {
    private static final int MAX_NAME = 255;

    private final AccessStore store;
    private final UserStore users;
    private final ResourceKeyLookup resources;
    private final PermissionLevel defaultPermission;
    private final InstantSource clock;

    /**
     * Creates the operations on one store.
     *
     * @param resources finds the names of resources, which prefixes in grants match
     * @param defaultPermission the default permission of the server
     */
    public AccessPolicies(
            AccessStore store,
            UserStore users,
            ResourceKeyLookup resources,
            PermissionLevel defaultPermission,
            InstantSource clock) {
        this.store = store;
        this.users = users;
        this.resources = resources;
        this.defaultPermission = defaultPermission;
        this.clock = clock;
    }

    /** Returns the roles, grants and default permissions. */
    public AccessApi.AccessPolicyResponse list(Empty request, Caller caller) {
        AccessChecks.requireAdministrator(caller);
        return new AccessApi.AccessPolicyResponse(toPolicy(store.getState()), defaultPermission);
    }

    private static AccessPolicy toPolicy(AccessState state) {
        return new AccessPolicy(
                state.roles().entrySet().stream()
                        .map(role -> new AccessPolicy.PolicyRole(
                                role.getKey(),
                                role.getValue().description(),
                                role.getValue().members().stream()
                                        .map(Principal::toString)
                                        .toList(),
                                texts(state.grants().get(Principal.role(role.getKey())))))
                        .toList(),
                state.grants().entrySet().stream()
                        .filter(entry -> entry.getKey().kind() != Principal.Kind.ROLE)
                        .map(entry ->
                                new AccessPolicy.HolderGrants(entry.getKey().toString(), texts(entry.getValue())))
                        .toList(),
                state.groupDefaults().entrySet().stream()
                        .map(entry -> new AccessPolicy.GroupDefault(entry.getKey(), entry.getValue()))
                        .toList());
    }

    /** Returns the texts of grants, such as {@code EDIT experiment/team-a/*}. */
    static List<String> texts(@Nullable Map<ResourceSelector, PermissionLevel> grants) {
        return grants == null
                ? List.of()
                : grants.entrySet().stream()
                        .map(grant -> grant.getValue() + " " + grant.getKey())
                        .toList();
    }

    /** Makes a policy that of the server. */
    public AccessApi.ApplyPolicyResponse apply(AccessApi.ApplyPolicyRequest request, Caller caller) {
        AccessChecks.requireServerAdministrator(caller);
        AccessState target = toState(request.policy());
        return new AccessApi.ApplyPolicyResponse(
                store.apply(target, Boolean.TRUE.equals(request.dryRun()), change(caller)).stream()
                        .map(AccessChange::toString)
                        .toList());
    }

    private static AccessState toState(AccessPolicy policy) {
        AccessState state = new AccessState();
        for (AccessPolicy.PolicyRole role : policy.roles()) {
            Roles.requireName(role.name());
            var members = new AccessState.RoleState(role.description());
            role.members().forEach(member -> members.members().add(holder(member)));
            if (state.roles().put(role.name(), members) != null) {
                throw invalid("The role '%s' is defined twice.", role.name());
            }
            role.grants().forEach(grant -> state.addGrant(Principal.role(role.name()), grant(grant)));
        }
        for (AccessPolicy.HolderGrants holder : policy.grants()) {
            holder.grants().forEach(grant -> state.addGrant(holder(holder.to()), grant(grant)));
        }
        for (AccessPolicy.GroupDefault group : policy.groups()) {
            if (group.defaultPermission() == PermissionLevel.DENY) {
                throw invalid(
                        "The default permission of group '%s' must not be DENY; use NO_PERMISSIONS.", group.name());
            }
            state.groupDefaults().put(group.name(), group.defaultPermission());
        }
        return state;
    }

    /** Returns a user or group. */
    private static Principal holder(String text) {
        Principal principal = principal(text);
        if (principal.kind() == Principal.Kind.ROLE) {
            throw invalid("'%s' must be a user or a group, such as user:ann or group:ml.", text);
        }
        return principal;
    }

    private static Principal principal(String text) {
        int colon = text.indexOf(':');
        String name = text.substring(colon + 1);
        Principal.Kind kind = Arrays.stream(Principal.Kind.values())
                .filter(each -> colon > 0 && each.name().equalsIgnoreCase(text.substring(0, colon)))
                .findFirst()
                .orElseThrow(
                        () -> invalid("'%s' is no holder of grants. Write user:NAME, group:NAME or role:NAME.", text));
        if (name.isBlank() || name.length() > MAX_NAME || name.chars().anyMatch(Character::isISOControl)) {
            throw invalid("'%s' names nobody: the name must have 1 to %d characters, none of control.", text, MAX_NAME);
        }
        return new Principal(kind, kind == Principal.Kind.USER ? UserNames.canonical(name) : name);
    }

    /** Returns the grant of a text such as {@code EDIT experiment/team-a/*}. */
    private static Grant grant(String text) {
        int space = text.strip().indexOf(' ');
        if (space < 0) {
            throw invalid("'%s' is no grant. Write a level and resources, such as EDIT experiment/team-a/*.", text);
        }
        return grant(
                text.strip().substring(0, space),
                text.strip().substring(space + 1).strip());
    }

    private static Grant grant(String level, String resources) {
        ResourceSelector selector = selector(resources);
        return new Grant(
                selector.type(), selector.pattern(), GrantInput.level(selector.type(), level.toUpperCase(Locale.ROOT)));
    }

    /** Returns the resources of a text such as {@code experiment/team-a/*}. */
    static ResourceSelector selector(String text) {
        ResourceSelector selector = ResourceSelector.parse(text);
        return GrantInput.resources(selector.type(), selector.pattern().toString());
    }

    /** Adds a grant, or replaces its level. */
    public Empty grant(AccessApi.GrantRequest request, Caller caller) {
        AccessChecks.requireAuthentication(caller);
        Grant grant = grant(request.level(), request.resources());
        requireManager(caller, principal(request.to()), grant.resources());
        store.setGrant(principal(request.to()), grant, change(caller));
        return new Empty();
    }

    /** Removes a grant. */
    public Empty revoke(AccessApi.RevokeRequest request, Caller caller) {
        AccessChecks.requireAuthentication(caller);
        ResourceSelector selector = selector(request.resources());
        requireManager(caller, principal(request.to()), selector);
        store.revoke(principal(request.to()), selector, change(caller));
        return new Empty();
    }

    /**
     * Whoever may manage a resource grants permissions on it to users and groups. Roles and patterns need an administrator, and so does what
     * makes one.
     */
    private void requireManager(Caller caller, Principal holder, ResourceSelector selector) {
        if (selector.pattern().kind() != ResourcePattern.Kind.EXACT || holder.kind() == Principal.Kind.ROLE) {
            AccessChecks.requireAdministratorOf(caller, selector.type());
        } else {
            AccessChecks.requireManager(caller, selector, key(selector));
        }
    }

    /** Returns whether and why a user may do something. Whoever manages a resource may ask about everybody there. */
    public AccessApi.ExplainResponse explain(AccessApi.ExplainRequest request, Caller caller) {
        AccessChecks.requireAuthentication(caller);
        String user = request.user() == null ? caller.name() : request.user();
        ResourceKey key = key(selector(request.resource()));
        boolean manager = AccessChecks.administers(caller)
                || caller.rights().decide(Action.MANAGE, key).allowed();
        if (!manager) {
            AccessChecks.requireSelfOrAdministrator(caller, user);
        }
        AccessRights rights = AccessChecks.isSelf(caller, user) ? caller.rights() : rightsOf(user);
        AccessDecision decision = rights.decide(action(request.action()), key);
        // What a user may not read and what does not exist look the same.
        boolean visible = manager || rights.decide(Action.READ, key).allowed();
        return new AccessApi.ExplainResponse(
                user,
                decision.allowed(),
                visible
                        ? decision.checks().stream()
                                .map(AccessPolicies::explained)
                                .toList()
                        : List.of(),
                defaultPermission);
    }

    private AccessRights rightsOf(String user) {
        UserStore.SignIn signIn = users.signIn(user, Set.of());
        if (signIn.account().isEmpty()) {
            throw notFound("User with username=%s not found", user);
        }
        return signIn.grants().withServerDefault(defaultPermission);
    }

    private ResourceKey key(ResourceSelector selector) {
        return selector.pattern().kind() == ResourcePattern.Kind.EXACT
                ? resources.get(selector.type(), selector.pattern().value())
                : ResourceKey.unknown(selector.type());
    }

    private static Action action(String text) {
        return Stream.of(Action.values())
                .filter(action -> action.name().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> invalid(
                        "'%s' is no action; actions are %s.",
                        text, Arrays.toString(Action.values()).toLowerCase(Locale.ROOT)));
    }

    private static AccessApi.ExplainedCheck explained(AccessDecision.Check check) {
        ResourceType decidedBy = check.decidedBy();
        return new AccessApi.ExplainedCheck(
                name(check.type()),
                check.action().name().toLowerCase(Locale.ROOT),
                check.allowed(),
                check.basis(),
                check.level(),
                decidedBy == null ? null : name(decidedBy),
                check.grants().stream().map(AccessPolicies::explained).toList());
    }

    private static String name(ResourceType type) {
        String wireName = type.wireName();
        return wireName == null ? type.name().toLowerCase(Locale.ROOT) : wireName;
    }

    private static String explained(HeldGrant held) {
        String grant = held.grant().level() + " " + held.grant().resources() + " of " + held.holder();
        return held.role() == null ? grant : grant + " by role:" + held.role();
    }

    private ChangeContext change(Caller caller) {
        return new ChangeContext(caller, clock.millis());
    }
}
