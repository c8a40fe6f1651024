package dev.kiroku.stores.transfer;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.transfer.AccountRecords;
import dev.kiroku.core.transfer.AccountTransferStore;
import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.RoleRecord;
import dev.kiroku.core.transfer.TransferResult;
import dev.kiroku.core.transfer.UserRecord;
import dev.kiroku.core.users.UserStore.Account;
import dev.kiroku.model.access.Grant;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.Principal;
import dev.kiroku.model.api.Caller;
import dev.kiroku.stores.audit.SqlAuditLog;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.users.SqlAccessStore;
import dev.kiroku.stores.users.SqlUserStore;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Imports of users and roles in SQL. The table of imported records holds the source and the key of each account and role that an import has
 * added, so that another one of the same name is not taken for it. Thread-safe.
 */
public final class SqlAccountTransferStore implements AccountTransferStore {
    private static final String BCRYPT_PREFIX = "$2";

    private final Database database;
    private final SqlAuditLog audit;
    private final SqlUserStore users;
    private final SqlAccessStore access;

    /** Creates the store of a database. */
    public SqlAccountTransferStore(Database database, SqlAuditLog audit, SqlUserStore users, SqlAccessStore access) {
        this.database = database;
        this.audit = audit;
        this.users = users;
        this.access = access;
    }

    @Override
    public TransferResult apply(AccountRecords records, boolean dryRun, ChangeContext change) {
        if (dryRun) {
            return database.read(
                    tx -> apply(new ImportTransaction(tx, true, new TransferResult.Builder()), records, change));
        }
        return database.write(SqlUserStore.WRITE_ORDER_KEY, tx -> {
            audit.lock(tx);
            return apply(new ImportTransaction(tx, false, new TransferResult.Builder()), records, change);
        });
    }

    private TransferResult apply(ImportTransaction in, AccountRecords records, ChangeContext change)
            throws SQLException {
        Map<String, RecordDigest> ofUsers = in.findDigests(
                RecordKind.USER, records.users().stream().map(UserRecord::name).toList());
        for (UserRecord user : records.users()) {
            apply(in, user, records.source(), ofUsers.get(user.name()), change);
        }
        Map<String, RecordDigest> ofRoles = in.findDigests(
                RecordKind.ROLE, records.roles().stream().map(RoleRecord::name).toList());
        for (RoleRecord role : records.roles()) {
            apply(in, role, records.source(), ofRoles.get(role.name()), change);
        }
        return in.result().build();
    }

    private void apply(
            ImportTransaction in, UserRecord user, String source, @Nullable RecordDigest imported, ChangeContext change)
            throws SQLException {
        Optional<Account> account = SqlUserStore.findAccount(in.tx(), user.name());
        if (isConflict(in, RecordKind.USER, user.name(), account.map(found -> key(source, found.key())), imported)) {
            return;
        }
        Principal holder = Principal.user(user.name());
        String password = holder + " password";
        String admins = holder + " group:" + Caller.ADMINS;
        RecordDigest hash = RecordDigest.of(user.passwordHash());
        RecordDigest admin = RecordDigest.of(user.admin());
        Map<String, RecordDigest> facts = in.findDigests(RecordKind.GRANT, List.of(password, admins));
        if (account.isEmpty()) {
            in.result().added(RecordKind.USER, 1);
            if (!in.checkOnly()) {
                List<String> groups = user.admin() ? List.of(Caller.ADMINS) : List.of();
                users.add(in.tx(), user.name(), user.passwordHash(), false, groups, change);
                long key = SqlUserStore.findAccount(in.tx(), user.name())
                        .orElseThrow()
                        .key();
                in.putDigests(RecordKind.USER, Map.of(user.name(), key(source, key)));
            }
        } else {
            boolean newPassword = !hash.equals(facts.get(password)) && setPassword(in, user, account.get(), change);
            boolean newAdmin = !admin.equals(facts.get(admins)) && setAdmin(in, user, account.get(), change);
            in.result().present(RecordKind.USER, newPassword || newAdmin);
        }
        in.putDigests(RecordKind.GRANT, Map.of(password, hash, admins, admin));
        applyGrants(in, holder, account.isEmpty(), user.grants(), change);
    }

    /** Sets a password that changed in the source, unless the user has signed in here since: then the hash is of another form. */
    private boolean setPassword(ImportTransaction in, UserRecord user, Account account, ChangeContext change)
            throws SQLException {
        String stored = account.passwordHash();
        if (user.passwordHash() == null || stored != null && stored.startsWith(BCRYPT_PREFIX)) {
            return false;
        }
        if (!in.checkOnly()) {
            users.setPassword(in.tx(), user.name(), user.passwordHash(), change);
        }
        return true;
    }

    private boolean setAdmin(ImportTransaction in, UserRecord user, Account account, ChangeContext change)
            throws SQLException {
        if (account.groups().contains(Caller.ADMINS) == user.admin()) {
            return false;
        }
        if (!in.checkOnly()) {
            List<String> admins = List.of(Caller.ADMINS);
            users.updateGroups(
                    in.tx(), user.name(), user.admin() ? admins : List.of(), user.admin() ? List.of() : admins, change);
        }
        return true;
    }

    private void apply(
            ImportTransaction in, RoleRecord role, String source, @Nullable RecordDigest imported, ChangeContext change)
            throws SQLException {
        Optional<Long> id = SqlAccessStore.findRoleId(in.tx(), role.name());
        if (isConflict(in, RecordKind.ROLE, role.name(), id.map(found -> key(source, found)), imported)) {
            return;
        }
        if (id.isPresent()) {
            in.result().unchanged(RecordKind.ROLE, 1);
        } else {
            in.result().added(RecordKind.ROLE, 1);
            if (!in.checkOnly()) {
                long key = access.createRole(in.tx(), role.name(), role.description(), change);
                in.putDigests(RecordKind.ROLE, Map.of(role.name(), key(source, key)));
            }
        }
        Principal holder = Principal.role(role.name());
        applyGrants(in, holder, id.isEmpty(), role.grants(), change);
        Map<String, RecordDigest> members = new HashMap<>();
        for (String user : role.users()) {
            members.put(holder + " " + Principal.user(user), RecordDigest.of(true));
        }
        members.keySet()
                .removeAll(in.findDigests(RecordKind.GRANT, members.keySet()).keySet());
        for (String user : role.users()) {
            if (members.containsKey(holder + " " + Principal.user(user)) && !in.checkOnly()) {
                access.assignIfAbsent(in.tx(), role.name(), Principal.user(user), change);
            }
        }
        in.putDigests(RecordKind.GRANT, members);
    }

    /** Returns whether an account or role is another than the one that an import has added, or that one was removed. */
    private static boolean isConflict(
            ImportTransaction in,
            RecordKind kind,
            String name,
            Optional<RecordDigest> key,
            @Nullable RecordDigest imported) {
        String what = kind == RecordKind.USER ? "user" : "role";
        if (key.isPresent() && !key.get().equals(imported)) {
            in.result()
                    .conflict(
                            kind,
                            name,
                            "A %s '%s' exists that was not imported from this source. It stays as it is, without the grants of the source."
                                    .formatted(what, name));
            return true;
        }
        if (key.isEmpty() && imported != null) {
            in.result()
                    .conflict(
                            kind,
                            name,
                            "The %s '%s' was imported before and has been removed here since. Add it with 'kiroku %s' if it is needed."
                                    .formatted(what, name, kind == RecordKind.USER ? "users add" : "access apply"));
            return true;
        }
        return false;
    }

    private static RecordDigest key(String source, long key) {
        return RecordDigest.of(source, key);
    }

    /** @param added whether the holder is new and has no grants yet */
    private void applyGrants(
            ImportTransaction in, Principal holder, boolean added, List<Grant> grants, ChangeContext change)
            throws SQLException {
        Map<String, RecordDigest> imported = in.findDigests(
                RecordKind.GRANT,
                grants.stream().map(grant -> id(holder, grant)).toList());
        Map<String, RecordDigest> taken = new HashMap<>();
        for (Grant grant : grants) {
            RecordDigest digest = RecordDigest.of(grant.level());
            RecordDigest before = imported.get(id(holder, grant));
            if (digest.equals(before)) {
                in.result().unchanged(RecordKind.GRANT, 1);
                continue;
            }
            Optional<PermissionLevel> stored =
                    added ? Optional.empty() : SqlAccessStore.findLevel(in.tx(), holder, grant.resources());
            if (stored.isPresent() && stored.get() != grant.level() && before == null) {
                in.result()
                        .conflict(
                                RecordKind.GRANT,
                                id(holder, grant),
                                "%s has %s on %s here, which stays; it is %s in the source."
                                        .formatted(holder, stored.get(), grant.resources(), grant.level()));
            } else if (stored.isEmpty() && before != null) {
                in.result().unchanged(RecordKind.GRANT, 1); // revoked here since
            } else {
                count(in, stored, grant);
                taken.put(id(holder, grant), digest);
                if (!in.checkOnly()) {
                    access.setGrant(in.tx(), holder, grant, change);
                }
            }
        }
        in.putDigests(RecordKind.GRANT, taken);
    }

    private static void count(ImportTransaction in, Optional<PermissionLevel> stored, Grant grant) {
        if (stored.isEmpty()) {
            in.result().added(RecordKind.GRANT, 1);
        } else {
            in.result().present(RecordKind.GRANT, stored.get() != grant.level());
        }
    }

    private static String id(Principal holder, Grant grant) {
        return holder + " " + grant.resources();
    }
}
