package dev.kiroku.stores.users;

import static dev.kiroku.model.KirokuException.alreadyExists;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.access.AccessChange;
import dev.kiroku.core.access.AccessState;
import dev.kiroku.core.access.AccessStore;
import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.model.access.Grant;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.Principal;
import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourceSelector;
import dev.kiroku.model.users.Role;
import dev.kiroku.model.users.RoleAssignment;
import dev.kiroku.model.users.RolePermission;
import dev.kiroku.stores.audit.SqlAuditLog;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.StoredEnums;
import dev.kiroku.stores.sql.Transaction;
import dev.kiroku.stores.users.RoleTable.RoleRow;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Roles and grants in SQL. All changes run in order, on all servers, as they are rare. */
public final class SqlAccessStore implements AccessStore {
    private final Database database;
    private final SqlAuditLog audit;

    /** Creates the store of a database. */
    public SqlAccessStore(Database database, SqlAuditLog audit) {
        this.database = database;
        this.audit = audit;
    }

    private <T> T write(Database.TransactionCallback<T> change) {
        return database.write(SqlUserStore.WRITE_ORDER_KEY, tx -> {
            audit.lock(tx);
            return change.run(tx);
        });
    }

    private void run(Database.TransactionAction change) {
        write(tx -> {
            change.run(tx);
            return Boolean.TRUE;
        });
    }

    // Roles

    @Override
    public List<Role> listRoles() {
        return database.read(tx -> {
            List<Role> roles = new ArrayList<>();
            for (RoleRow row : RoleTable.list(tx)) {
                roles.add(RoleTable.toRole(tx, row));
            }
            return roles;
        });
    }

    @Override
    public List<Role> listAllRoles() {
        return database.read(tx -> {
            List<Role> roles = new ArrayList<>();
            for (RoleRow row : RoleTable.listAll(tx)) {
                roles.add(RoleTable.toRole(tx, row));
            }
            return roles;
        });
    }

    @Override
    public Optional<Role> findRole(long id) {
        return database.read(tx -> toRole(tx, RoleTable.find(tx, id)));
    }

    @Override
    public Optional<Role> findRole(String name) {
        return database.read(tx -> toRole(tx, RoleTable.findNamed(tx, name)));
    }

    private static Optional<Role> toRole(Transaction tx, Optional<RoleRow> row) throws SQLException {
        return row.isEmpty() ? Optional.empty() : Optional.of(RoleTable.toRole(tx, row.get()));
    }

    @Override
    public Role createRole(String name, @Nullable String description, ChangeContext change) {
        return write(tx -> RoleTable.toRole(tx, create(tx, name, description, change)));
    }

    private RoleRow create(Transaction tx, String name, @Nullable String description, ChangeContext change)
            throws SQLException {
        requireNewName(tx, name);
        RoleRow role = requireRole(tx, RoleTable.insert(tx, name, description));
        audit(tx, change, "role.create", subject(role), null, auditContent(role));
        return role;
    }

    private static void requireNewName(Transaction tx, String name) throws SQLException {
        if (RoleTable.findNamed(tx, name).isPresent()) {
            throw alreadyExists("Role with name '%s' already exists in workspace '%s'.", name, Role.WORKSPACE);
        }
    }

    @Override
    public Role updateRole(long id, @Nullable String name, @Nullable String description, ChangeContext change) {
        return write(tx -> {
            RoleRow role = requireRole(tx, id);
            if (name != null && !name.equals(role.name())) {
                requireNewName(tx, name);
            }
            return RoleTable.toRole(
                    tx,
                    update(
                            tx,
                            role,
                            name == null ? role.name() : name,
                            description == null ? role.description() : description,
                            change));
        });
    }

    private RoleRow update(
            Transaction tx, RoleRow role, String name, @Nullable String description, ChangeContext change)
            throws SQLException {
        RoleTable.update(tx, role.id(), name, description);
        RoleRow changed = requireRole(tx, role.id());
        changed(tx, role);
        audit(tx, change, "role.update", subject(role), auditContent(role), auditContent(changed));
        return changed;
    }

    @Override
    public void deleteRole(long id, ChangeContext change) {
        run(tx -> delete(tx, requireRole(tx, id), change));
    }

    private void delete(Transaction tx, RoleRow role, ChangeContext change) throws SQLException {
        Map<String, @Nullable Object> before = auditContent(role);
        before.put(
                "grants",
                PermissionTable.listOfRole(tx, role.id()).stream()
                        .map(SqlAccessStore::auditText)
                        .toList());
        changed(tx, role);
        RoleTable.delete(tx, role.id());
        audit(tx, change, "role.delete", subject(role), before, null);
    }

    @Override
    public RoleAssignment assign(long roleId, Principal holder, ChangeContext change) {
        return write(tx -> assign(tx, requireRole(tx, roleId), holder, change));
    }

    private RoleAssignment assign(Transaction tx, RoleRow role, Principal holder, ChangeContext change)
            throws SQLException {
        Holder to = holder(tx, holder);
        if (to.assignment(tx, role.id()).isPresent()) {
            throw alreadyExists("%s is already assigned to role '%s'.", holder, role.name());
        }
        RoleTable.insertAssignment(tx, role.id(), to.userKey(), to.groupName());
        to.changed(tx);
        audit(tx, change, "role.assign", subject(role), null, Map.of("holder", holder.toString()));
        return to.assignment(tx, role.id()).orElseThrow();
    }

    @Override
    public void unassign(long roleId, Principal holder, ChangeContext change) {
        run(tx -> unassign(tx, requireRole(tx, roleId), holder, change));
    }

    private void unassign(Transaction tx, RoleRow role, Principal holder, ChangeContext change) throws SQLException {
        Holder from = holder(tx, holder);
        RoleAssignment assignment = from.assignment(tx, role.id())
                .orElseThrow(() -> notFound("%s is not assigned to role '%s'.", holder, role.name()));
        RoleTable.deleteAssignment(tx, assignment.id());
        from.changed(tx);
        audit(tx, change, "role.unassign", subject(role), Map.of("holder", holder.toString()), null);
    }

    @Override
    public List<RoleAssignment> listAssignments(long roleId) {
        return database.read(tx -> RoleTable.listAssignments(tx, roleId));
    }

    @Override
    public List<HeldRole> listRolesOf(String user, List<String> groups) {
        return database.read(tx -> {
            Optional<Long> userKey = SqlUserStore.findAccount(tx, user).map(account -> account.key());
            List<HeldRole> held = new ArrayList<>();
            if (userKey.isPresent()) {
                addOwn(tx, held, RoleTable.findOfUser(tx, userKey.get()), Principal.user(user));
            }
            for (String group : groups) {
                addOwn(tx, held, RoleTable.findOfGroup(tx, group), Principal.group(group));
            }
            for (RoleTable.AssignedRole assigned : RoleTable.listAssigned(tx, userKey.orElse(null), user, groups)) {
                held.add(new HeldRole(RoleTable.toRole(tx, assigned.role()), assigned.holder(), false));
            }
            return held;
        });
    }

    /**
     * Returns the names of the roles that a user or one of the groups is assigned to, within a transaction.
     *
     * @param user who need not have an account
     */
    public static Set<String> listRoleNames(Transaction tx, String user, Set<String> groups) throws SQLException {
        Long userKey =
                SqlUserStore.findAccount(tx, user).map(account -> account.key()).orElse(null);
        return RoleTable.listAssigned(tx, userKey, user, List.copyOf(groups)).stream()
                .map(assigned -> assigned.role().name())
                .collect(Collectors.toSet());
    }

    private static void addOwn(Transaction tx, List<HeldRole> held, Optional<RoleRow> own, Principal holder)
            throws SQLException {
        if (own.isPresent()) {
            held.add(new HeldRole(RoleTable.toRole(tx, own.get()), holder, true));
        }
    }

    // Within the transaction of a caller

    /** Returns the ID of a role that users and groups can be assigned to. */
    public static Optional<Long> findRoleId(Transaction tx, String name) throws SQLException {
        return RoleTable.findNamed(tx, name).map(RoleRow::id);
    }

    /** Adds a role without grants; returns its ID. */
    public long createRole(Transaction tx, String name, @Nullable String description, ChangeContext change)
            throws SQLException {
        return create(tx, name, description, change).id();
    }

    /** Assigns a user or group to a role unless it is assigned; returns whether it was not. */
    public boolean assignIfAbsent(Transaction tx, String role, Principal holder, ChangeContext change)
            throws SQLException {
        RoleRow row = requireNamed(tx, role);
        if (holder(tx, holder).assignment(tx, row.id()).isPresent()) {
            return false;
        }
        assign(tx, row, holder, change);
        return true;
    }

    /** Returns the level of the grant that a user, group or role has on a type and pattern. */
    public static Optional<PermissionLevel> findLevel(Transaction tx, Principal holder, ResourceSelector resources)
            throws SQLException {
        Optional<RoleRow> role = switch (holder.kind()) {
            case USER ->
                RoleTable.findOfUser(tx, SqlUserStore.require(tx, holder.name()).key());
            case GROUP -> RoleTable.findOfGroup(tx, holder.name());
            case ROLE -> RoleTable.findNamed(tx, holder.name());
        };
        return role.isEmpty()
                ? Optional.empty()
                : PermissionTable.find(tx, role.get().id(), resources).map(RolePermission::permission);
    }

    /** Adds a grant, or replaces the level of the one on the same type and pattern. */
    public void setGrant(Transaction tx, Principal holder, Grant grant, ChangeContext change) throws SQLException {
        set(tx, requireRoleOf(tx, holder), grant, change);
    }

    // Grants

    @Override
    public Optional<RolePermission> findPermission(long id) {
        return database.read(tx -> PermissionTable.find(tx, id));
    }

    @Override
    public RolePermission addPermission(long roleId, Grant grant, ChangeContext change) {
        return write(tx -> add(tx, requireRole(tx, roleId), grant, change));
    }

    private RolePermission add(Transaction tx, RoleRow role, Grant grant, ChangeContext change) throws SQLException {
        ResourceSelector resources = grant.resources();
        if (PermissionTable.find(tx, role.id(), resources).isPresent()) {
            throw alreadyExists("%s has a grant on %s already.", subject(tx, role), resources);
        }
        return set(tx, role, grant, change);
    }

    private RolePermission set(Transaction tx, RoleRow role, Grant grant, ChangeContext change) throws SQLException {
        Optional<RolePermission> before = PermissionTable.find(tx, role.id(), grant.resources());
        if (before.isPresent() && before.get().permission() == grant.level()) {
            return before.get();
        }
        PermissionTable.upsert(tx, role.id(), grant);
        RolePermission after =
                PermissionTable.find(tx, role.id(), grant.resources()).orElseThrow();
        changed(tx, role);
        audit(
                tx,
                change,
                "grant.set",
                subject(tx, role),
                before.map(SqlAccessStore::auditText).orElse(null),
                auditText(after));
        return after;
    }

    @Override
    public RolePermission updatePermission(long id, PermissionLevel level, ChangeContext change) {
        return write(tx -> {
            RolePermission before = requirePermission(tx, id);
            RoleRow role = requireRole(tx, before.roleId());
            PermissionTable.update(tx, id, level);
            changed(tx, role);
            RolePermission after = requirePermission(tx, id);
            audit(tx, change, "grant.set", subject(tx, role), auditText(before), auditText(after));
            return after;
        });
    }

    @Override
    public void removePermission(long id, ChangeContext change) {
        run(tx -> remove(tx, requirePermission(tx, id), change));
    }

    private void remove(Transaction tx, RolePermission permission, ChangeContext change) throws SQLException {
        RoleRow role = requireRole(tx, permission.roleId());
        PermissionTable.delete(tx, permission.id());
        changed(tx, role);
        audit(tx, change, "grant.remove", subject(tx, role), auditText(permission), null);
    }

    @Override
    public void grant(Principal holder, Grant grant, ChangeContext change) {
        run(tx -> add(tx, requireRoleOf(tx, holder), grant, change));
    }

    @Override
    public void setGrant(Principal holder, Grant grant, ChangeContext change) {
        run(tx -> set(tx, requireRoleOf(tx, holder), grant, change));
    }

    @Override
    public void revoke(Principal holder, ResourceSelector resources, ChangeContext change) {
        run(tx -> revoke(tx, holder, resources, change));
    }

    private void revoke(Transaction tx, Principal holder, ResourceSelector resources, ChangeContext change)
            throws SQLException {
        RoleRow role = requireRoleOf(tx, holder);
        RolePermission permission = PermissionTable.find(tx, role.id(), resources)
                .orElseThrow(() -> notFound("%s has no grant on %s.", holder, resources));
        remove(tx, permission, change);
    }

    // All together

    @Override
    public List<StoredGrant> listGrantsOn(List<ResourceKey> resources) {
        return database.read(tx -> {
            List<StoredGrant> found = new ArrayList<>();
            for (ResourceKey resource : resources) {
                found.addAll(MatchingGrants.list(tx, resource));
            }
            return found;
        });
    }

    @Override
    public AccessState getState() {
        return database.read(SqlAccessStore::readState);
    }

    private static AccessState readState(Transaction tx) throws SQLException {
        AccessState state = new AccessState();
        for (RoleRow role : RoleTable.list(tx)) {
            state.roles().put(role.name(), new AccessState.RoleState(role.description()));
        }
        tx.queryEach(Sql.of("""
                select r.name, u.name as user_name, a.group_name from role_assignments a
                join roles r on r.role_id = a.role_id left join users u on u.user_key = a.user_key"""), row -> {
            String role = row.getString("name");
            String user = row.getStringOrNull("user_name");
            String group = row.getStringOrNull("group_name");
            AccessState.RoleState members = state.roles().get(role);
            if (members != null && (user != null || group != null)) {
                members.members().add(group == null ? Principal.user(String.valueOf(user)) : Principal.group(group));
            }
        });
        tx.queryEach(Sql.of("""
                select p.resource_type, p.pattern, p.level, r.name, r.group_name, u.name as user_name
                from role_permissions p join roles r on r.role_id = p.role_id
                left join users u on u.user_key = r.user_key"""), row -> {
            Grant grant = PermissionTable.readGrant(row);
            String role = row.getString("name");
            String group = row.getStringOrNull("group_name");
            String user = row.getStringOrNull("user_name");
            Principal ofGroup = group != null ? Principal.group(group) : Principal.role(role);
            state.addGrant(user != null ? Principal.user(user) : ofGroup, grant);
        });
        state.groupDefaults().putAll(groupDefaults(tx));
        return state;
    }

    @Override
    public List<AccessChange> apply(AccessState target, boolean dryRun, ChangeContext change) {
        if (dryRun) {
            return getState().changesTo(target);
        }
        return write(tx -> {
            List<AccessChange> changes = readState(tx).changesTo(target);
            for (AccessChange each : changes) {
                apply(tx, each, change);
            }
            return changes;
        });
    }

    private void apply(Transaction tx, AccessChange step, ChangeContext change) throws SQLException {
        switch (step) {
            case AccessChange.AddRole add -> create(tx, add.name(), add.description(), change);
            case AccessChange.DescribeRole described ->
                update(tx, requireNamed(tx, described.name()), described.name(), described.description(), change);
            case AccessChange.RemoveRole remove -> delete(tx, requireNamed(tx, remove.name()), change);
            case AccessChange.AddMember add -> assign(tx, requireNamed(tx, add.role()), add.member(), change);
            case AccessChange.RemoveMember remove ->
                unassign(tx, requireNamed(tx, remove.role()), remove.member(), change);
            case AccessChange.SetGrant grant -> set(tx, requireRoleOf(tx, grant.holder()), grant.grant(), change);
            case AccessChange.RemoveGrant grant -> revoke(tx, grant.holder(), grant.resources(), change);
            case AccessChange.SetDefault setting -> setGroupDefault(tx, setting.group(), setting.level(), change);
        }
    }

    private static RoleRow requireNamed(Transaction tx, String name) throws SQLException {
        return RoleTable.findNamed(tx, name).orElseThrow(() -> notFound("Role '%s' not found.", name));
    }

    // Default permissions

    @Override
    public void setGroupDefault(String group, @Nullable PermissionLevel level, ChangeContext change) {
        run(tx -> setGroupDefault(tx, group, level, change));
    }

    private void setGroupDefault(Transaction tx, String group, @Nullable PermissionLevel level, ChangeContext change)
            throws SQLException {
        PermissionLevel before = groupDefaults(tx).get(group);
        if (level == before) {
            return;
        }
        tx.update(Sql.of("delete from group_defaults where group_name = ?", group));
        if (level != null) {
            tx.update(Sql.of(
                    "insert into group_defaults (group_name, level) values (?, ?)",
                    group,
                    StoredEnums.PERMISSION_LEVEL.encode(level)));
        }
        AccessVersions.changeShared(tx);
        audit(tx, change, "group.default", "groups/" + group, name(before), name(level));
    }

    private static @Nullable String name(@Nullable PermissionLevel level) {
        return level == null ? null : level.name();
    }

    @Override
    public Map<String, PermissionLevel> groupDefaults() {
        return database.read(SqlAccessStore::groupDefaults);
    }

    private static Map<String, PermissionLevel> groupDefaults(Transaction tx) throws SQLException {
        Map<String, PermissionLevel> defaults = new LinkedHashMap<>();
        tx.queryEach(Sql.of("select group_name, level from group_defaults order by group_name"), row -> {
            String group = row.getString("group_name");
            defaults.put(group, row.get("level", StoredEnums.PERMISSION_LEVEL));
        });
        return defaults;
    }

    // Helpers

    /** A user or group that can be assigned to roles. */
    private record Holder(@Nullable Long userKey, @Nullable String groupName) {
        Optional<RoleAssignment> assignment(Transaction tx, long roleId) throws SQLException {
            return RoleTable.findAssignment(tx, roleId, userKey, groupName);
        }

        void changed(Transaction tx) throws SQLException {
            if (userKey != null) {
                AccessVersions.changeUser(tx, userKey);
            } else {
                AccessVersions.changeShared(tx);
            }
        }
    }

    private static Holder holder(Transaction tx, Principal principal) throws SQLException {
        return switch (principal.kind()) {
            case USER -> new Holder(SqlUserStore.require(tx, principal.name()).key(), null);
            case GROUP -> new Holder(null, principal.name());
            case ROLE -> throw new IllegalArgumentException("roles are not assigned to roles");
        };
    }

    /** Returns the role that holds the grants of a principal; the one of a user or group is created if it is missing. */
    private static RoleRow requireRoleOf(Transaction tx, Principal principal) throws SQLException {
        return switch (principal.kind()) {
            case USER ->
                RoleTable.requireOfUser(
                        tx, SqlUserStore.require(tx, principal.name()).key());
            case GROUP -> RoleTable.requireOfGroup(tx, principal.name());
            case ROLE -> requireNamed(tx, principal.name());
        };
    }

    private static RoleRow requireRole(Transaction tx, long id) throws SQLException {
        return RoleTable.find(tx, id).orElseThrow(() -> notFound("Role with id=%d not found.", id));
    }

    private static RolePermission requirePermission(Transaction tx, long id) throws SQLException {
        return PermissionTable.find(tx, id).orElseThrow(() -> notFound("Role permission with id=%d not found.", id));
    }

    /** Invalidates what is cached about the users whom a role concerns. */
    private static void changed(Transaction tx, RoleRow role) throws SQLException {
        new Holder(role.userKey(), role.groupName()).changed(tx);
    }

    private void audit(
            Transaction tx,
            ChangeContext change,
            String action,
            String subject,
            @Nullable Object before,
            @Nullable Object after) {
        audit.append(tx, AuditEvent.of(change, action, subject, null, before, after));
    }

    private static String subject(RoleRow role) {
        return "roles/" + role.name();
    }

    /** Returns the subject of audit log entries about the grants of a role: the user or group whose own it is, or the role. */
    private static String subject(Transaction tx, RoleRow role) throws SQLException {
        if (role.groupName() != null) {
            return "groups/" + role.groupName();
        }
        return role.userKey() == null ? subject(role) : "users/" + SqlUserStore.getName(tx, role.userKey());
    }

    private static Map<String, @Nullable Object> auditContent(RoleRow role) {
        Map<String, @Nullable Object> content = new LinkedHashMap<>();
        content.put("name", role.name());
        content.put("description", role.description());
        return content;
    }

    private static String auditText(RolePermission permission) {
        return permission.permission() + " " + permission.resourceType() + "/" + permission.resourcePattern();
    }
}
