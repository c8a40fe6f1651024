package dev.kiroku.stores.users;

import dev.kiroku.core.access.AccessStore.StoredGrant;
import dev.kiroku.model.access.Grant;
import dev.kiroku.model.access.Principal;
import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourcePattern;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Row;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds the grants on one resource, of all who hold some. */
final class MatchingGrants {
    private record GrantRow(
            long roleId,
            String role,
            @Nullable String group,
            @Nullable String user,
            Grant grant) {
        Principal holder() {
            if (user != null) {
                return Principal.user(user);
            }
            return group != null ? Principal.group(group) : Principal.role(role);
        }
    }

    private MatchingGrants() {}

    /** Returns the grants on the type of a resource whose patterns match it, by holder. */
    static List<StoredGrant> list(Transaction tx, ResourceKey resource) throws SQLException {
        ResourceKey container = resource.container();
        ResourceKey named = resource.type().container() == null || container == null ? resource : container;
        List<String> exact = Stream.of(named.id(), named.name())
                .filter(Objects::nonNull)
                .map(text -> ResourcePattern.exact(text).toString())
                .distinct()
                .toList();
        // Prefixes are few; an index on reversed patterns would not pay. Which of them match is decided by the pattern
        // itself.
        Sql query = Sql.of("""
                select p.resource_type, p.pattern, p.level, r.role_id, r.name as role_name, r.group_name, u.name as user_name
                from role_permissions p join roles r on r.role_id = p.role_id left join users u on u.user_key = r.user_key
                where p.resource_type = ? and (p.pattern like '%*'""", resource.type().wireName())
                .add(" or p.pattern in ")
                .addIn(exact)
                .add(")");
        List<GrantRow> rows = tx.queryList(query, MatchingGrants::read);
        List<StoredGrant> found = new ArrayList<>();
        for (GrantRow row : rows) {
            if (resource.isMatchedBy(row.grant().pattern())) {
                boolean role = row.holder().kind() == Principal.Kind.ROLE;
                found.add(new StoredGrant(row.holder(), row.grant(), role ? members(tx, row.roleId()) : List.of()));
            }
        }
        found.sort(Comparator.comparing((StoredGrant each) -> each.holder().kind())
                .thenComparing(each -> each.holder().name())
                .thenComparing(each -> each.grant().pattern().toString()));
        return found;
    }

    private static GrantRow read(Row row) throws SQLException {
        return new GrantRow(
                row.getLong("role_id"),
                row.getString("role_name"),
                row.getStringOrNull("group_name"),
                row.getStringOrNull("user_name"),
                PermissionTable.readGrant(row));
    }

    private static List<Principal> members(Transaction tx, long roleId) throws SQLException {
        return tx.queryList(Sql.of("""
                        select u.name, a.group_name from role_assignments a left join users u on u.user_key = a.user_key
                        where a.role_id = ? order by a.assignment_id""", roleId), row -> {
            String group = row.getStringOrNull("group_name");
            return group == null ? Principal.user(row.getString("name")) : Principal.group(group);
        });
    }
}
