package dev.kiroku.stores.users;

import dev.kiroku.model.access.Grant;
import dev.kiroku.model.access.HeldGrant;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.Principal;
import dev.kiroku.model.access.ResourcePattern;
import dev.kiroku.model.access.ResourceSelector;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.users.RolePermission;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Row;
import dev.kiroku.stores.sql.StoredEnums;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The table of the grants of roles. */
final class PermissionTable {
    private static final String COLUMNS =
            "select p.permission_id, p.role_id, p.resource_type, p.pattern, p.level from role_permissions p";

    private PermissionTable() {}

    private static RolePermission read(Row row) throws SQLException {
        return new RolePermission(
                row.getLong("permission_id"),
                row.getLong("role_id"),
                row.getString("resource_type"),
                row.getString("pattern"),
                row.get("level", StoredEnums.PERMISSION_LEVEL));
    }

    /** Returns the grants of a role, in the order in which they were added. */
    static List<RolePermission> listOfRole(Transaction tx, long roleId) throws SQLException {
        return tx.queryList(
                Sql.of(COLUMNS + " where p.role_id = ? order by p.permission_id", roleId), PermissionTable::read);
    }

    static Optional<RolePermission> find(Transaction tx, long id) throws SQLException {
        return tx.queryFirst(Sql.of(COLUMNS + " where p.permission_id = ?", id), PermissionTable::read);
    }

    static Optional<RolePermission> find(Transaction tx, long roleId, ResourceSelector resources) throws SQLException {
        return tx.queryFirst(
                Sql.of(
                        COLUMNS + " where p.role_id = ? and p.resource_type = ? and p.pattern = ?",
                        roleId,
                        resources.type().wireName(),
                        resources.pattern().toString()),
                PermissionTable::read);
    }

    /** Adds a grant, or replaces the level of the one on the same resources. */
    static void upsert(Transaction tx, long roleId, Grant grant) throws SQLException {
        tx.update(Sql.of(
                tx.dialect()
                        .upsert(
                                "insert into role_permissions (role_id, resource_type, pattern, level) values (?, ?, ?, ?)",
                                "role_id, resource_type, pattern",
                                "level"),
                roleId,
                grant.type().wireName(),
                grant.pattern().toString(),
                StoredEnums.PERMISSION_LEVEL.encode(grant.level())));
    }

    static void update(Transaction tx, long id, PermissionLevel level) throws SQLException {
        tx.update(Sql.of(
                "update role_permissions set level = ? where permission_id = ?",
                StoredEnums.PERMISSION_LEVEL.encode(level),
                id));
    }

    static void delete(Transaction tx, long id) throws SQLException {
        tx.update(Sql.of("delete from role_permissions where permission_id = ?", id));
    }

    /** Returns the grants that a user and groups have themselves and by the roles that they are assigned to. */
    static List<HeldGrant> listHeld(Transaction tx, @Nullable Long userKey, String user, List<String> groups)
            throws SQLException {
        List<HeldGrant> held = new ArrayList<>();
        Sql own = Sql.of("""
                select p.resource_type, p.pattern, p.level, r.group_name from roles r
                join role_permissions p on p.role_id = r.role_id where r.user_key = ?""", userKey).add(" or r.group_name in ").addIn(groups);
        tx.queryEach(own, row -> {
            Grant grant = readGrant(row);
            held.add(new HeldGrant(grant, holder(row, user)));
        });
        Sql assigned = Sql.of("""
                select p.resource_type, p.pattern, p.level, a.group_name, r.name from role_assignments a
                join roles r on r.role_id = a.role_id join role_permissions p on p.role_id = r.role_id
                where a.user_key = ?""", userKey).add(" or a.group_name in ").addIn(groups);
        tx.queryEach(assigned, row -> {
            Grant grant = readGrant(row);
            held.add(new HeldGrant(grant, holder(row, user), row.getString("name")));
        });
        return held;
    }

    private static Principal holder(Row row, String user) throws SQLException {
        String group = row.getStringOrNull("group_name");
        return group == null ? Principal.user(user) : Principal.group(group);
    }

    /** Reads the columns {@code resource_type}, {@code pattern} and {@code level}. */
    static Grant readGrant(Row row) throws SQLException {
        return new Grant(
                type(row.getString("resource_type")),
                ResourcePattern.parse(row.getString("pattern")),
                row.get("level", StoredEnums.PERMISSION_LEVEL));
    }

    private static ResourceType type(String wireName) {
        return ResourceType.findByWireName(wireName)
                .orElseThrow(() -> new IllegalStateException("the database holds a grant on " + wireName));
    }
}
