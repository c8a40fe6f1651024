package dev.kiroku.core.users;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.access.AccessStore;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.ResourcePattern;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.users.PermissionApi;
import dev.kiroku.model.users.Role;
import dev.kiroku.model.users.RolePermission;
import dev.kiroku.model.users.User;
import dev.kiroku.model.users.UserApi;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The operations of {@link UserApi} that manage accounts, for MLflow's clients. An administrator is a member of the group {@link Caller#ADMINS}.
 * Thread-safe.
 */
public final class UserAccounts {
    private final Users users;
    private final UserStore store;
    private final AccessStore access;

    /** Creates the operations on one store. */
    public UserAccounts(Users users, UserStore store, AccessStore access) {
        this.users = users;
        this.store = store;
        this.access = access;
    }

    /** Adds a user. */
    public UserApi.UserResponse create(UserApi.CreateUserRequest request, Caller caller) {
        AccessChecks.requireAdministrator(caller);
        users.add(request.username(), request.password(), List.of(), caller);
        return response(require(request.username()));
    }

    private UserStore.Account require(String name) {
        return store.find(name).orElseThrow(() -> notFound("User with username=%s not found", name));
    }

    private UserApi.UserResponse response(UserStore.Account account) {
        return new UserApi.UserResponse(new UserApi.UserEntry(
                account.key(),
                account.name(),
                account.groups().contains(Caller.ADMINS),
                ownPermissions(account, ResourceType.EXPERIMENT)
                        .map(permission -> new PermissionApi.ExperimentPermission(
                                permission.resourcePattern(), account.key(), Permissions.earlierLevel(permission)))
                        .toList(),
                ownPermissions(account, ResourceType.REGISTERED_MODEL)
                        .map(permission -> new PermissionApi.ModelPermission(
                                permission.resourcePattern(), account.key(), Permissions.earlierLevel(permission)))
                        .toList()));
    }

    /** Returns the grants that a user has themselves on single resources of a type. */
    private Stream<RolePermission> ownPermissions(UserStore.Account account, ResourceType type) {
        return access.listRolesOf(account.name(), List.of()).stream()
                .filter(AccessStore.HeldRole::own)
                .flatMap(held -> held.role().permissions().stream())
                .filter(permission -> permission.resourceType().equals(type.wireName())
                        && ResourcePattern.parse(permission.resourcePattern()).kind() == ResourcePattern.Kind.EXACT);
    }

    /** Returns a user. */
    public UserApi.UserResponse get(UserApi.UsernameRequest request, Caller caller) {
        AccessChecks.requireAuthentication(caller);
        AccessChecks.require(
                caller.isAdmin() || AccessChecks.isSelf(caller, request.username()),
                caller,
                "only administrators see other users");
        return response(require(request.username()));
    }

    /** Returns all users, with the roles that the caller may see: their own, or all for administrators. */
    public UserApi.ListUsersResponse list(Empty request, Caller caller) {
        AccessChecks.requireAuthentication(caller);
        boolean all = AccessChecks.administers(caller);
        return new UserApi.ListUsersResponse(users.list().stream()
                .sorted(Comparator.comparing(User::id))
                .map(user -> new UserApi.UserWithRoles(
                        user.id(),
                        user.name(),
                        user.groups().contains(Caller.ADMINS),
                        all || AccessChecks.isSelf(caller, user.name()) ? roles(user) : List.of()))
                .toList());
    }

    private List<Role> roles(User user) {
        return access.listRolesOf(user.name(), user.groups()).stream()
                .map(AccessStore.HeldRole::role)
                .sorted(Comparator.comparing(Role::id))
                .toList();
    }

    /** Sets the password of a user, who must know the current one to change their own. */
    public Empty updatePassword(UserApi.UpdatePasswordRequest request, Caller caller) {
        AccessChecks.requireAuthentication(caller);
        boolean self = AccessChecks.isSelf(caller, request.username());
        AccessChecks.require(caller.isAdmin() || self, caller, "only administrators change the passwords of others");
        if (self) {
            String current = request.currentPassword();
            if (current == null || current.isEmpty()) {
                throw invalid("Current password is required when changing your own password.");
            }
            if (!users.isPassword(request.username(), current)) {
                throw invalid("Current password does not match.");
            }
            if (request.password().equals(current)) {
                throw invalid("New password must differ from the current password.");
            }
        }
        require(request.username());
        users.setPassword(request.username(), request.password(), caller);
        return new Empty();
    }

    /** Makes a user an administrator, or takes that back. */
    public Empty updateAdmin(UserApi.UpdateAdminRequest request, Caller caller) {
        AccessChecks.requireServerAdministrator(caller);
        require(request.username());
        List<String> admins = List.of(Caller.ADMINS);
        users.updateGroups(
                request.username(),
                request.isAdmin() ? admins : List.of(),
                request.isAdmin() ? List.of() : admins,
                caller);
        return new Empty();
    }

    /** Removes a user, who must not be the caller. */
    public Empty delete(UserApi.UsernameRequest request, Caller caller) {
        AccessChecks.requireServerAdministrator(caller);
        if (AccessChecks.isSelf(caller, request.username())) {
            throw new KirokuException(
                    ErrorCode.BAD_REQUEST,
                    "Users cannot delete their own account. Ask another administrator to delete this user instead.");
        }
        require(request.username());
        users.remove(request.username(), caller);
        return new Empty();
    }
}
