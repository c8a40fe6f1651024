package dev.kiroku.core.users;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.access.AccessState;
import dev.kiroku.core.access.AccessStore;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.Principal;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.users.AccountApi;
import dev.kiroku.model.users.Group;
import dev.kiroku.model.users.User;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The operations of {@link AccountApi} on accounts and groups, for administrators. Thread-safe. */
public final class AccountDirectory {
    private final Users users;
    private final AccessStore access;
    private final InstantSource clock;

    /** Creates the operations on one store. */
    public AccountDirectory(Users users, AccessStore access, InstantSource clock) {
        this.users = users;
        this.access = access;
        this.clock = clock;
    }

    /** Returns all accounts, by name. */
    public AccountApi.AccountsResponse list(Empty request, Caller caller) {
        AccessChecks.requireAdministrator(caller);
        return new AccountApi.AccountsResponse(users.list());
    }

    /** Adds the account of a person or a program. */
    public AccountApi.AccountResponse create(AccountApi.CreateAccountRequest request, Caller caller) {
        AccessChecks.requireAdministrator(caller);
        AccessChecks.requireUnrestricted(caller);
        if (!request.groups().isEmpty()) {
            AccessChecks.requireServerAdministrator(caller);
        }
        if (Boolean.TRUE.equals(request.service())) {
            if (request.password() != null) {
                throw invalid(
                        "The service account '%s' signs in with tokens only; omit the password.", request.username());
            }
            users.addService(request.username(), request.groups(), caller);
        } else {
            users.add(request.username(), request.password(), request.groups(), caller);
        }
        return new AccountApi.AccountResponse(require(request.username()));
    }

    private User require(String name) {
        return users.list().stream()
                .filter(user -> UserNames.areSame(user.name(), name))
                .findFirst()
                .orElseThrow(() -> notFound("User '%s' not found.", name));
    }

    /** Returns all groups that have members, grants, a role or a default permission, by name. */
    public AccountApi.GroupsResponse listGroups(Empty request, Caller caller) {
        AccessChecks.requireAdministrator(caller);
        SortedMap<String, SortedSet<String>> members = new TreeMap<>();
        users.list()
                .forEach(user -> user.groups()
                        .forEach(group -> members.computeIfAbsent(group, _ -> new TreeSet<>())
                                .add(user.name())));
        AccessState state = access.getState();
        state.grants().keySet().forEach(holder -> addGroup(members, holder));
        state.roles().values().forEach(role -> role.members().forEach(holder -> addGroup(members, holder)));
        state.groupDefaults().keySet().forEach(group -> members.computeIfAbsent(group, _ -> new TreeSet<>()));
        return new AccountApi.GroupsResponse(members.entrySet().stream()
                .map(group -> group(group.getKey(), List.copyOf(group.getValue()), state))
                .toList());
    }

    private static void addGroup(Map<String, SortedSet<String>> groups, Principal holder) {
        if (holder.kind() == Principal.Kind.GROUP) {
            groups.computeIfAbsent(holder.name(), _ -> new TreeSet<>());
        }
    }

    private static Group group(String name, List<String> members, AccessState state) {
        Principal holder = Principal.group(name);
        return new Group(
                name,
                members,
                state.roles().entrySet().stream()
                        .filter(role -> role.getValue().members().contains(holder))
                        .map(Map.Entry::getKey)
                        .toList(),
                AccessPolicies.texts(state.grants().get(holder)),
                state.groupDefaults().get(name));
    }

    /** Adds a user to groups and removes the user from others. */
    public AccountApi.AccountResponse updateGroups(AccountApi.UpdateGroupsRequest request, Caller caller) {
        AccessChecks.requireServerAdministrator(caller);
        if (request.leave().contains(Caller.ADMINS) && AccessChecks.isSelf(caller, request.username())) {
            throw invalid("You cannot take the administration from yourself. Ask another administrator.");
        }
        users.updateGroups(request.username(), request.join(), request.leave(), caller);
        return new AccountApi.AccountResponse(require(request.username()));
    }

    /** Disables an account, or enables it again. */
    public AccountApi.AccountResponse setDisabled(AccountApi.SetDisabledRequest request, Caller caller) {
        AccessChecks.requireServerAdministrator(caller);
        if (request.disabled() && AccessChecks.isSelf(caller, request.username())) {
            throw invalid("You cannot disable your own account. Ask another administrator.");
        }
        users.setDisabled(request.username(), request.disabled(), caller);
        return new AccountApi.AccountResponse(require(request.username()));
    }

    /** Sets the default permission of the members of a group, or removes it. */
    public Empty setGroupDefault(AccountApi.SetGroupDefaultRequest request, Caller caller) {
        AccessChecks.requireServerAdministrator(caller);
        Users.checkName(request.name(), "a group");
        if (request.defaultPermission() == PermissionLevel.DENY) {
            throw invalid("The default permission of group '%s' must not be DENY; use NO_PERMISSIONS.", request.name());
        }
        access.setGroupDefault(request.name(), request.defaultPermission(), new ChangeContext(caller, clock.millis()));
        return new Empty();
    }
}
