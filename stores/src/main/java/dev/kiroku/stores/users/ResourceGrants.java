package dev.kiroku.stores.users;

import dev.kiroku.model.access.Grant;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.ResourcePattern;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Caller;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What happens to grants when resources are created, renamed and deleted, within the transaction that does so: creators may manage what they
 * created, renames carry grants along, and a later resource of the same name inherits none.
 */
public final class ResourceGrants {
    private ResourceGrants() {}

    /**
     * Grants the creator of a resource to manage it. Does nothing without authentication. A user of a proxy or an identity provider without
     * account gets one.
     *
     * @param idOrName the ID of an experiment or report, or the name of a model
     * @param now milliseconds since 1970
     */
    public static void addCreator(Transaction tx, Caller creator, ResourceType type, String idOrName, long now)
            throws SQLException {
        if (creator.isAnonymous()) {
            return;
        }
        long userKey = SqlUserStore.requireOrAdd(tx, creator.name(), now).key();
        RoleTable.RoleRow own = RoleTable.requireOfUser(tx, userKey);
        PermissionTable.upsert(tx, own.id(), new Grant(type, ResourcePattern.exact(idOrName), PermissionLevel.MANAGE));
        AccessVersions.changeUser(tx, userKey);
    }

    /** Moves the grants on one resource to another name; grants on prefixes stay. Those on the new name are replaced. */
    public static void rename(Transaction tx, ResourceType type, String name, String newName) throws SQLException {
        if (exists(tx, type, name) || exists(tx, type, newName)) {
            delete(tx, type, newName);
            for (String wireName : wireNames(type)) {
                tx.update(Sql.of(
                        "update role_permissions set pattern = ? where resource_type = ? and pattern = ?",
                        exact(newName),
                        wireName,
                        exact(name)));
            }
            AccessVersions.changeShared(tx);
        }
    }

    /**
     * Moves the grants that name an experiment by its name, not by its ID, to another name, and invalidates what is cached by the name. Grants
     * cannot name an experiment whose name is a number; its grants are removed.
     */
    public static void renameExperiment(Transaction tx, String name, String newName) throws SQLException {
        if (name.equals(newName)) {
            return;
        }
        if (!isId(name) && !isId(newName)) {
            rename(tx, ResourceType.EXPERIMENT, name, newName);
        } else if (!isId(name)) {
            delete(tx, ResourceType.EXPERIMENT, name);
        }
        AccessVersions.changeShared(tx);
    }

    private static boolean isId(String name) {
        return name.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** Removes the grants on one resource and on its parts; grants on prefixes stay. */
    public static void delete(Transaction tx, ResourceType type, String idOrName) throws SQLException {
        if (exists(tx, type, idOrName)) {
            tx.update(Sql.of("delete from role_permissions where pattern = ? and resource_type in ", exact(idOrName))
                    .addIn(wireNames(type)));
            AccessVersions.changeShared(tx);
        }
    }

    private static boolean exists(Transaction tx, ResourceType type, String idOrName) throws SQLException {
        Optional<Long> found = tx.queryLong(
                Sql.of("select count(*) from role_permissions where pattern = ? and resource_type in ", exact(idOrName))
                        .addIn(wireNames(type)));
        return found.orElseThrow() > 0;
    }

    private static String exact(String idOrName) {
        return ResourcePattern.exact(idOrName).toString();
    }

    /** Returns the wire names of a type and of its parts, whose grants name it. */
    private static List<String> wireNames(ResourceType type) {
        return Arrays.stream(ResourceType.values())
                .filter(each -> each == type || each.container() == type)
                .map(ResourceType::wireName)
                .toList();
    }
}
