package dev.kiroku.stores.users;

import dev.kiroku.model.access.Principal;
import dev.kiroku.model.users.Role;
import dev.kiroku.model.users.RoleAssignment;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Row;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The tables of roles and of their assignments. */
final class RoleTable {
    /**
     * A row.
     *
     * @param userKey the user whose own role it is; null otherwise
     * @param groupName the group whose own role it is; null otherwise
     */
    record RoleRow(
            long id,
            String name,
            @Nullable String description,
            @Nullable Long userKey,
            @Nullable String groupName) {
        boolean isOwn() {
            return userKey != null || groupName != null;
        }
    }

    private static final String COLUMNS =
            "select r.role_id, r.name, r.description, r.user_key, r.group_name from roles r";
    private static final String NAMED = " r.user_key is null and r.group_name is null";

    private RoleTable() {}

    private static RoleRow read(Row row) throws SQLException {
        return new RoleRow(
                row.getLong("role_id"),
                row.getString("name"),
                row.getStringOrNull("description"),
                row.getLongOrNull("user_key"),
                row.getStringOrNull("group_name"));
    }

    /** Returns the roles that can be assigned, by name. */
    static List<RoleRow> list(Transaction tx) throws SQLException {
        return tx.queryList(Sql.of(COLUMNS + " where" + NAMED + " order by r.name"), RoleTable::read);
    }

    /** Returns all roles, in the order in which they were added. */
    static List<RoleRow> listAll(Transaction tx) throws SQLException {
        return tx.queryList(Sql.of(COLUMNS + " order by r.role_id"), RoleTable::read);
    }

    static Optional<RoleRow> find(Transaction tx, long id) throws SQLException {
        return tx.queryFirst(Sql.of(COLUMNS + " where r.role_id = ?", id), RoleTable::read);
    }

    /** Returns the role of a name that can be assigned. */
    static Optional<RoleRow> findNamed(Transaction tx, String name) throws SQLException {
        return tx.queryFirst(Sql.of(COLUMNS + " where r.name = ? and" + NAMED, name), RoleTable::read);
    }

    static Optional<RoleRow> findOfUser(Transaction tx, long userKey) throws SQLException {
        return tx.queryFirst(Sql.of(COLUMNS + " where r.user_key = ?", userKey), RoleTable::read);
    }

    static Optional<RoleRow> findOfGroup(Transaction tx, String group) throws SQLException {
        return tx.queryFirst(Sql.of(COLUMNS + " where r.group_name = ?", group), RoleTable::read);
    }

    /** Returns the own role of a user, which is created if it is missing. Its name is MLflow's. */
    static RoleRow requireOfUser(Transaction tx, long userKey) throws SQLException {
        insertOwn(tx, "__user_" + userKey + "__", userKey, null);
        return findOfUser(tx, userKey).orElseThrow();
    }

    /** Returns the own role of a group, which is created if it is missing. */
    static RoleRow requireOfGroup(Transaction tx, String group) throws SQLException {
        insertOwn(tx, "__group_" + group + "__", null, group);
        return findOfGroup(tx, group).orElseThrow();
    }

    private static void insertOwn(Transaction tx, String name, @Nullable Long userKey, @Nullable String group)
            throws SQLException {
        tx.update(Sql.of(
                tx.dialect().insertIfAbsent("insert into roles (name, user_key, group_name) values (?, ?, ?)"),
                name,
                userKey,
                group));
    }

    static long insert(Transaction tx, String name, @Nullable String description) throws SQLException {
        return tx.insertReturningKey(
                Sql.of("insert into roles (name, description) values (?, ?)", name, description), "role_id");
    }

    static void update(Transaction tx, long id, String name, @Nullable String description) throws SQLException {
        tx.update(Sql.of("update roles set name = ?, description = ? where role_id = ?", name, description, id));
    }

    /** Deletes a role with its permissions and assignments. */
    static void delete(Transaction tx, long id) throws SQLException {
        for (String table : List.of("role_permissions", "role_assignments", "roles")) {
            tx.update(Sql.of("delete from " + table + " where role_id = ?", id));
        }
    }

    /** Deletes the assignments and the own role of a user. */
    static void deleteUser(Transaction tx, long userKey) throws SQLException {
        tx.update(Sql.of("delete from role_assignments where user_key = ?", userKey));
        Optional<RoleRow> own = findOfUser(tx, userKey);
        if (own.isPresent()) {
            delete(tx, own.get().id());
        }
    }

    /** Returns a role with its permissions. */
    static Role toRole(Transaction tx, RoleRow role) throws SQLException {
        return new Role(
                role.id(), role.name(), Role.WORKSPACE, role.description(), PermissionTable.listOfRole(tx, role.id()));
    }

    static List<RoleAssignment> listAssignments(Transaction tx, long roleId) throws SQLException {
        return tx.queryList(Sql.of("""
                        select assignment_id, user_key, role_id, group_name from role_assignments where role_id = ?
                        order by assignment_id""", roleId), RoleTable::readAssignment);
    }

    private static RoleAssignment readAssignment(Row row) throws SQLException {
        return new RoleAssignment(
                row.getLong("assignment_id"),
                row.getLongOrNull("user_key"),
                row.getLong("role_id"),
                row.getStringOrNull("group_name"));
    }

    /** @param userKey null for a group */
    static Optional<RoleAssignment> findAssignment(
            Transaction tx, long roleId, @Nullable Long userKey, @Nullable String group) throws SQLException {
        Sql query = Sql.of(
                "select assignment_id, user_key, role_id, group_name from role_assignments where role_id = ?", roleId);
        query.add(userKey != null ? " and user_key = ?" : " and group_name = ?", userKey != null ? userKey : group);
        return tx.queryFirst(query, RoleTable::readAssignment);
    }

    static void insertAssignment(Transaction tx, long roleId, @Nullable Long userKey, @Nullable String group)
            throws SQLException {
        tx.update(Sql.of(
                "insert into role_assignments (role_id, user_key, group_name) values (?, ?, ?)",
                roleId,
                userKey,
                group));
    }

    static void deleteAssignment(Transaction tx, long id) throws SQLException {
        tx.update(Sql.of("delete from role_assignments where assignment_id = ?", id));
    }

    /** A role with who is assigned to it. */
    record AssignedRole(RoleRow role, Principal holder) {}

    /** Returns the roles that a user or one of several groups is assigned to, by name. */
    static List<AssignedRole> listAssigned(Transaction tx, @Nullable Long userKey, String user, List<String> groups)
            throws SQLException {
        List<AssignedRole> assigned = new ArrayList<>();
        Sql query =
                Sql.of("""
                select r.role_id, r.name, r.description, r.user_key, r.group_name, a.group_name as assigned_group
                from role_assignments a join roles r on r.role_id = a.role_id where a.user_key = ?""", userKey).add(" or a.group_name in ").addIn(groups).add(" order by r.name");
        tx.queryEach(query, row -> {
            RoleRow role = read(row);
            String group = row.getStringOrNull("assigned_group");
            assigned.add(new AssignedRole(role, group == null ? Principal.user(user) : Principal.group(group)));
        });
        return assigned;
    }
}
