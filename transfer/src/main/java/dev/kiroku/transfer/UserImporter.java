package dev.kiroku.transfer;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.transfer.AccountRecords;
import dev.kiroku.core.transfer.AccountTransferStore;
import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.RoleRecord;
import dev.kiroku.core.transfer.TransferResult;
import dev.kiroku.core.transfer.TransferResult.Conflict;
import dev.kiroku.core.transfer.UserRecord;
import dev.kiroku.core.users.Roles;
import dev.kiroku.core.users.Users;
import dev.kiroku.model.KirokuException;
import dev.kiroku.transfer.source.BasicAuthRecords;
import dev.kiroku.transfer.source.BasicAuthRecords.Role;
import dev.kiroku.transfer.source.BasicAuthRecords.User;
import dev.kiroku.transfer.source.database.BasicAuthDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings the users and roles of MLflow's basic authentication into a store, with password hashes, and with grants on what an import has brought.
 */
public final class UserImporter {
    private static final int PER_BATCH = 100;
    /** The password that MLflow gave the first administrator, unless somebody changed it. */
    private static final String DEFAULT_PASSWORD = "password1234";

    private final BasicAuthDatabase source;
    private final AccountTransferStore store;
    private final boolean dryRun;
    private final ChangeContext change;
    private final List<String> problems = new ArrayList<>();
    /** The names of the users who are taken, by their names in the source. */
    private final Map<String, String> taken = new HashMap<>();

    private TransferResult result = TransferResult.NONE;

    /**
     * Creates an import, to be run once.
     *
     * @param dryRun whether to write nothing
     * @param change who imports, for the audit log
     */
    public UserImporter(BasicAuthDatabase source, AccountTransferStore store, boolean dryRun, ChangeContext change) {
        this.source = source;
        this.store = store;
        this.dryRun = dryRun;
        this.change = change;
    }

    /** Imports, or counts what an import would do. */
    public ImportSummary run(ImportedResources resources) {
        long start = System.nanoTime();
        BasicAuthRecords all = source.read();
        GrantMapping grants = new GrantMapping(resources);
        importUsers(all.users(), grants);
        importRoles(all.roles(), grants);
        List<String> left = new ArrayList<>(all.left());
        left.addAll(grants.left());
        return new ImportSummary(
                source.description(), result, left, problems, Duration.ofNanos(System.nanoTime() - start), true);
    }

    private void importUsers(List<User> all, GrantMapping grants) {
        TransferResult.Builder refused = new TransferResult.Builder();
        List<UserRecord> users = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (User user : all) {
            String name;
            try {
                name = Users.requireName(user.name());
            } catch (KirokuException e) {
                refused.conflict(
                        RecordKind.USER, user.name(), "The user '" + user.name() + "' is left. " + e.getMessage());
                continue;
            }
            if (!names.add(name)) {
                refused.conflict(
                        RecordKind.USER,
                        user.name(),
                        "The name of the user '%s' differs from that of another user only in case or Unicode form, which is the same name here."
                                .formatted(user.name()));
                continue;
            }
            taken.put(user.name(), name);
            users.add(new UserRecord(name, passwordHash(user), user.admin(), grants.map(user.grants())));
        }
        result = result.plus(refused.build());
        for (List<UserRecord> part : parts(users)) {
            apply(new AccountRecords(source.id(), part, List.of())).conflicts().stream()
                    .filter(conflict -> conflict.kind() == RecordKind.USER)
                    .map(Conflict::id)
                    .forEach(taken.values()::remove);
        }
    }

    /** Returns the hash of the password if somebody may sign in with it. */
    private @Nullable String passwordHash(User user) {
        String hash = user.passwordHash();
        if (hash == null || !Users.isPasswordHash(hash)) {
            problems.add(
                    "The password of the user '%s' has no hash of a form that can be compared with a password. Set another one with 'kiroku users passwd'."
                            .formatted(user.name()));
            return null;
        }
        if (user.admin() && Users.isHashOf(DEFAULT_PASSWORD, hash)) {
            problems.add(
                    "The administrator '%s' has the password that MLflow gives everybody. Set another one with 'kiroku users passwd'."
                            .formatted(user.name()));
            return null;
        }
        return hash;
    }

    private void importRoles(List<Role> all, GrantMapping grants) {
        TransferResult.Builder refused = new TransferResult.Builder();
        List<RoleRecord> roles = new ArrayList<>();
        for (Role role : all) {
            try {
                Roles.requireName(role.name());
            } catch (KirokuException e) {
                refused.conflict(
                        RecordKind.ROLE, role.name(), "The role '" + role.name() + "' is left. " + e.getMessage());
                continue;
            }
            roles.add(new RoleRecord(
                    role.name(),
                    role.description(),
                    grants.map(role.grants()),
                    role.users().stream()
                            .filter(taken::containsKey)
                            .map(name -> taken.getOrDefault(name, name))
                            .toList()));
        }
        result = result.plus(refused.build());
        for (List<RoleRecord> part : parts(roles)) {
            apply(new AccountRecords(source.id(), List.of(), part));
        }
    }

    private TransferResult apply(AccountRecords records) {
        TransferResult applied = store.apply(records, dryRun, change);
        result = result.plus(applied);
        return applied;
    }

    private static <T> List<List<T>> parts(List<T> all) {
        List<List<T>> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += PER_BATCH) {
            parts.add(all.subList(from, Math.min(all.size(), from + PER_BATCH)));
        }
        return parts;
    }
}
