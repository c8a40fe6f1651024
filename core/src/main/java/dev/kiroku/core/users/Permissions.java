package dev.kiroku.core.users;

import static dev.kiroku.model.KirokuException.alreadyExists;
import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.access.AccessStore;
import dev.kiroku.core.access.EffectiveGrants;
import dev.kiroku.core.access.ResourceKeyLookup;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.Action;
import dev.kiroku.model.access.Grant;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.Principal;
import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourcePattern;
import dev.kiroku.model.access.ResourceSelector;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.users.PermissionApi;
import dev.kiroku.model.users.PermissionApi.UserPermission;
import dev.kiroku.model.users.RolePermission;
import dev.kiroku.model.users.UserApi;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The operations of {@link PermissionApi}: grants of single users. Whoever may manage a resource may grant permissions on it; grants on
 * patterns need an administrator. Thread-safe.
 */
public final class Permissions {
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
    public Permissions(
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

    /** Adds a grant. */
    public Empty grant(PermissionApi.UserGrantRequest request, Caller caller) {
        AccessChecks.requireAuthentication(caller);
        ResourceSelector selected = selector(request.resourceType(), request.resourceId());
        requireManager(caller, selected);
        requireUser(request.username());
        add(
                request.username(),
                GrantInput.grant(request.resourceType(), request.resourceId(), request.permission()),
                caller);
        return new Empty();
    }

    private void add(String user, Grant grant, Caller caller) {
        try {
            store.grant(Principal.user(user), grant, change(caller));
        } catch (KirokuException e) {
            throw e.code() == ErrorCode.RESOURCE_ALREADY_EXISTS
                    ? alreadyExists(
                            "Permission for user=%s on resource_type=%s, resource_id=%s already exists.",
                            user, grant.type().wireName(), grant.pattern())
                    : e;
        }
    }

    /** Removes a grant. */
    public Empty revoke(PermissionApi.UserResourceRequest request, Caller caller) {
        AccessChecks.requireAuthentication(caller);
        ResourceSelector selected = selector(request.resourceType(), request.resourceId());
        requireManager(caller, selected);
        requireUser(request.username());
        remove(request.username(), selected, caller);
        return new Empty();
    }

    private void remove(String user, ResourceSelector selected, Caller caller) {
        requireOwn(user, selected);
        store.revoke(Principal.user(user), selected, change(caller));
    }

    private RolePermission requireOwn(String user, ResourceSelector selected) {
        return findOwn(user, selected)
                .orElseThrow(() -> notFound(
                        "Permission for user=%s on resource_type=%s, resource_id=%s not found.",
                        user, selected.type().wireName(), selected.pattern()));
    }

    private Optional<RolePermission> findOwn(String user, ResourceSelector selected) {
        return store.listRolesOf(user, List.of()).stream()
                .filter(AccessStore.HeldRole::own)
                .flatMap(held -> held.role().permissions().stream())
                .filter(permission ->
                        permission.resourceType().equals(selected.type().wireName())
                                && permission
                                        .resourcePattern()
                                        .equals(selected.pattern().toString()))
                .findFirst();
    }

    private static ResourceSelector selector(String type, String id) {
        ResourceSelector selected = GrantInput.resources(type, id);
        if (selected.type() == ResourceType.WORKSPACE) {
            throw invalid(
                    "resource_type 'workspace' is not supported by the permissions of single users. Assign the user to"
                            + " a role with a grant on it.");
        }
        return selected;
    }

    private void requireManager(Caller caller, ResourceSelector selected) {
        if (selected.pattern().kind() == ResourcePattern.Kind.EXACT) {
            AccessChecks.requireManager(caller, selected, key(selected));
        } else {
            AccessChecks.requireAdministratorOf(caller, selected.type());
        }
    }

    private ResourceKey key(ResourceSelector selected) {
        return selected.pattern().kind() == ResourcePattern.Kind.EXACT
                ? resources.get(selected.type(), selected.pattern().value())
                : ResourceKey.unknown(selected.type());
    }

    private UserStore.Account requireUser(String name) {
        return users.find(name).orElseThrow(() -> notFound("User with username=%s not found", name));
    }

    /** Returns the permission of a user on one resource, or on those of a type that no other grant names. */
    public PermissionApi.PermissionResponse get(PermissionApi.UserResourceRequest request, Caller caller) {
        AccessChecks.requireAuthentication(caller);
        ResourceSelector selected = selector(request.resourceType(), request.resourceId());
        AccessChecks.requireSelfOrAdministrator(caller, request.username());
        requireUser(request.username());
        PermissionLevel level = rights(request.username()).levelOn(key(selected));
        return new PermissionApi.PermissionResponse(level.allows(Action.USE), level);
    }

    private EffectiveGrants rights(String user) {
        return users.signIn(user, Set.of()).grants().withServerDefault(defaultPermission);
    }

    /** Returns the grants of a user. */
    public PermissionApi.UserPermissionsResponse list(UserApi.UsernameRequest request, Caller caller) {
        AccessChecks.requireSelfOrAdministrator(caller, request.username());
        List<String> groups = requireUser(request.username()).groups();
        return permissions(request.username(), groups, groups.contains(Caller.ADMINS));
    }

    /** Returns the grants of the caller. */
    public PermissionApi.UserPermissionsResponse listOfCurrentUser(Empty request, Caller caller) {
        AccessChecks.requireAuthentication(caller);
        return permissions(caller.name(), List.copyOf(caller.groups()), caller.isAdmin());
    }

    private PermissionApi.UserPermissionsResponse permissions(String user, List<String> groups, boolean admin) {
        return new PermissionApi.UserPermissionsResponse(
                admin,
                store.listRolesOf(user, groups).stream()
                        .sorted(Comparator.comparing(held -> held.role().id()))
                        .flatMap(held -> held.role().permissions().stream()
                                .map(permission -> new UserPermission(
                                        held.role().id(),
                                        held.role().name(),
                                        held.role().workspace(),
                                        permission.resourceType(),
                                        permission.resourcePattern(),
                                        permission.permission())))
                        .toList());
    }

    // MLflow 2.22 and earlier. There a user without permission had NO_PERMISSIONS; now DENY says so.

    /** Adds a grant on an experiment. */
    public PermissionApi.ExperimentPermissionResponse createOnExperiment(
            PermissionApi.ExperimentPermissionRequest request, Caller caller) {
        ResourceSelector experiment = requireManaged(ResourceType.EXPERIMENT, request.experimentId(), caller);
        UserStore.Account user = requireUser(request.username());
        add(request.username(), earlierGrant(experiment, request.permission()), caller);
        return new PermissionApi.ExperimentPermissionResponse(new PermissionApi.ExperimentPermission(
                request.experimentId(), user.key(), earlierLevel(requireOwn(request.username(), experiment))));
    }

    private ResourceSelector requireManaged(ResourceType type, String id, Caller caller) {
        AccessChecks.requireAuthentication(caller);
        ResourceSelector selected =
                GrantInput.resources(type, ResourcePattern.exact(id).toString());
        requireManager(caller, selected);
        return selected;
    }

    private static Grant earlierGrant(ResourceSelector selected, String level) {
        PermissionLevel granted = level.equals(PermissionLevel.NO_PERMISSIONS.name())
                ? PermissionLevel.DENY
                : GrantInput.level(selected.type(), level);
        return new Grant(selected.type(), selected.pattern(), granted);
    }

    static PermissionLevel earlierLevel(RolePermission permission) {
        return permission.permission() == PermissionLevel.DENY
                ? PermissionLevel.NO_PERMISSIONS
                : permission.permission();
    }

    /** Returns the grant of a user on an experiment. */
    public PermissionApi.ExperimentPermissionResponse getOnExperiment(
            PermissionApi.ExperimentUserRequest request, Caller caller) {
        ResourceSelector experiment = requireManaged(ResourceType.EXPERIMENT, request.experimentId(), caller);
        UserStore.Account user = requireUser(request.username());
        return new PermissionApi.ExperimentPermissionResponse(new PermissionApi.ExperimentPermission(
                request.experimentId(), user.key(), earlierLevel(requireOwn(request.username(), experiment))));
    }

    /** Replaces the level of a grant on an experiment. */
    public Empty updateOnExperiment(PermissionApi.ExperimentPermissionRequest request, Caller caller) {
        return update(
                ResourceType.EXPERIMENT, request.experimentId(), request.username(), request.permission(), caller);
    }

    private Empty update(ResourceType type, String id, String user, String level, Caller caller) {
        ResourceSelector selected = requireManaged(type, id, caller);
        requireUser(user);
        requireOwn(user, selected);
        store.setGrant(Principal.user(user), earlierGrant(selected, level), change(caller));
        return new Empty();
    }

    /** Removes a grant on an experiment. */
    public Empty deleteOnExperiment(PermissionApi.ExperimentUserRequest request, Caller caller) {
        return delete(ResourceType.EXPERIMENT, request.experimentId(), request.username(), caller);
    }

    private Empty delete(ResourceType type, String id, String user, Caller caller) {
        ResourceSelector selected = requireManaged(type, id, caller);
        requireUser(user);
        remove(user, selected, caller);
        return new Empty();
    }

    /** Adds a grant on a registered model. */
    public PermissionApi.ModelPermissionResponse createOnModel(
            PermissionApi.ModelPermissionRequest request, Caller caller) {
        ResourceSelector model = requireManaged(ResourceType.REGISTERED_MODEL, request.name(), caller);
        UserStore.Account user = requireUser(request.username());
        add(request.username(), earlierGrant(model, request.permission()), caller);
        return modelPermission(request.name(), user, requireOwn(request.username(), model));
    }

    /** Returns the grant of a user on a registered model. */
    public PermissionApi.ModelPermissionResponse getOnModel(PermissionApi.ModelUserRequest request, Caller caller) {
        ResourceSelector model = requireManaged(ResourceType.REGISTERED_MODEL, request.name(), caller);
        UserStore.Account user = requireUser(request.username());
        return modelPermission(request.name(), user, requireOwn(request.username(), model));
    }

    private static PermissionApi.ModelPermissionResponse modelPermission(
            String model, UserStore.Account user, RolePermission permission) {
        return new PermissionApi.ModelPermissionResponse(
                new PermissionApi.ModelPermission(model, user.key(), earlierLevel(permission)));
    }

    /** Replaces the level of a grant on a registered model. */
    public Empty updateOnModel(PermissionApi.ModelPermissionRequest request, Caller caller) {
        return update(ResourceType.REGISTERED_MODEL, request.name(), request.username(), request.permission(), caller);
    }

    /** Removes a grant on a registered model. */
    public Empty deleteOnModel(PermissionApi.ModelUserRequest request, Caller caller) {
        return delete(ResourceType.REGISTERED_MODEL, request.name(), request.username(), caller);
    }

    private ChangeContext change(Caller caller) {
        return new ChangeContext(caller, clock.millis());
    }
}
