package dev.kiroku.core.users;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.access.AccessStore;
import dev.kiroku.core.access.ResourceKeyLookup;
import dev.kiroku.model.access.AccessDecision;
import dev.kiroku.model.access.AccessDecision.Basis;
import dev.kiroku.model.access.Action;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.Principal;
import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourcePattern;
import dev.kiroku.model.access.ResourceSelector;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.users.AccessApi;
import dev.kiroku.model.users.AccessPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/** The operations of {@link AccessApi} on single resources: what the caller may do to them, and who else may do what. Thread-safe. */
public final class ResourcePermissions {
    private static final int MAX_RESOURCES = 100;
    private static final int MAX_ASK = 3;

    private final AccessStore store;
    private final UserStore users;
    private final ResourceKeyLookup resources;
    private final PermissionLevel defaultPermission;

    /**
     * Creates the operations on one store.
     *
     * @param resources finds the names of resources, which prefixes in grants match
     * @param defaultPermission the default permission of the server
     */
    public ResourcePermissions(
            AccessStore store, UserStore users, ResourceKeyLookup resources, PermissionLevel defaultPermission) {
        this.store = store;
        this.users = users;
        this.resources = resources;
        this.defaultPermission = defaultPermission;
    }

    /** Returns what the caller may do to resources. */
    public AccessApi.RightsResponse rights(AccessApi.RightsRequest request, Caller caller) {
        AccessChecks.requireAuthentication(caller);
        if (request.resources().size() > MAX_RESOURCES) {
            throw invalid("A request asks about at most %d resources.", MAX_RESOURCES);
        }
        return new AccessApi.RightsResponse(
                request.resources().stream().map(text -> rights(text, caller)).toList());
    }

    private AccessApi.ResourceRights rights(String text, Caller caller) {
        ResourceKey key = key(AccessPolicies.selector(text));
        boolean readable = caller.rights().decide(Action.READ, key).allowed();
        List<AccessApi.Right> actions = Stream.of(Action.values())
                .map(action -> right(action, caller.rights().decide(action, key), key, readable))
                .toList();
        boolean missing = actions.stream().anyMatch(right -> right.needs() != null);
        return new AccessApi.ResourceRights(text, actions, missing && readable ? managers(key) : List.of());
    }

    private ResourceKey key(ResourceSelector selector) {
        return selector.pattern().kind() == ResourcePattern.Kind.EXACT
                ? resources.get(selector.type(), selector.pattern().value())
                : ResourceKey.unknown(selector.type());
    }

    private static AccessApi.Right right(Action action, AccessDecision decision, ResourceKey key, boolean readable) {
        String name = action.name().toLowerCase(Locale.ROOT);
        return decision.firstDenied()
                .filter(check -> check.basis() != Basis.TOKEN && check.action() != Action.CREATE)
                .map(check -> new AccessApi.Right(
                        name, false, PermissionLevel.leastFor(check.action()), readable ? resource(check, key) : null))
                .orElseGet(() -> new AccessApi.Right(name, decision.allowed(), null, null));
    }

    /** Returns the resource that a grant would have to name, by its name: a part if grants on parts decided, otherwise its container. */
    private static String resource(AccessDecision.Check check, ResourceKey key) {
        ResourceKey root = key.root();
        ResourceType decidedBy = check.decidedBy() == null ? root.type() : check.decidedBy();
        boolean ofRoot = decidedBy == root.type() || decidedBy.container() == root.type();
        return Objects.requireNonNullElse(decidedBy.wireName(), decidedBy.name()) + "/"
                + (ofRoot ? pattern(root) : "*");
    }

    private static String pattern(ResourceKey key) {
        String text = key.name() != null ? key.name() : key.id();
        return text == null ? "*" : ResourcePattern.exact(text).toString();
    }

    /** Returns users and groups that may grant permissions on a resource; administrators if nobody else may. */
    private List<String> managers(ResourceKey key) {
        List<String> holders = store.listGrantsOn(List.of(key.root())).stream()
                .filter(found -> found.grant().level() == PermissionLevel.MANAGE)
                .flatMap(found -> found.holder().kind() == Principal.Kind.ROLE
                        ? found.members().stream()
                        : Stream.of(found.holder()))
                .distinct()
                .sorted(Comparator.comparing(Principal::kind).thenComparing(Principal::name))
                .map(Principal::toString)
                .toList();
        Stream<String> ask = holders.isEmpty()
                ? users.listMembers(Caller.ADMINS).stream()
                        .map(name -> Principal.user(name).toString())
                : holders.stream();
        return ask.limit(MAX_ASK).toList();
    }

    /** Returns who may do what to a resource, for those who manage it. */
    public AccessApi.ResourcePermissionsResponse get(AccessApi.ResourcePermissionsRequest request, Caller caller) {
        ResourceSelector selector = AccessPolicies.selector(request.resource());
        ResourceKey key = key(selector);
        AccessChecks.requireManager(caller, selector, key);
        return new AccessApi.ResourcePermissionsResponse(
                selector.type().wireName() + "/" + pattern(key),
                store.listGrantsOn(keys(key)).stream()
                        .map(ResourcePermissions::toGrant)
                        .toList(),
                store.groupDefaults().entrySet().stream()
                        .map(entry -> new AccessPolicy.GroupDefault(entry.getKey(), entry.getValue()))
                        .toList(),
                defaultPermission,
                users.listMembers(Caller.ADMINS));
    }

    /** Returns the keys whose grants concern a resource: its own, those of its parts, and that of the workspace. */
    private static List<ResourceKey> keys(ResourceKey key) {
        List<ResourceKey> keys = new ArrayList<>();
        keys.add(key);
        Arrays.stream(ResourceType.values())
                .filter(type -> type.container() == key.type())
                .forEach(part -> keys.add(key.child(part, null)));
        keys.add(ResourceKey.unknown(ResourceType.WORKSPACE));
        return keys;
    }

    private static AccessApi.ResourceGrant toGrant(AccessStore.StoredGrant found) {
        return new AccessApi.ResourceGrant(
                found.holder().toString(),
                found.grant().level(),
                found.grant().resources().toString(),
                found.members().stream().map(Principal::toString).toList(),
                found.grant().pattern().kind() == ResourcePattern.Kind.EXACT
                        && found.holder().kind() != Principal.Kind.ROLE);
    }
}
