package dev.kiroku.stores.users;

import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.users.Identity;
import dev.kiroku.core.users.SessionStore;
import dev.kiroku.core.users.Sessions;
import dev.kiroku.core.users.UserNames;
import dev.kiroku.core.users.UserStore;
import dev.kiroku.stores.audit.SqlAuditLog;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Sessions in SQL. */
public final class SqlSessionStore implements SessionStore {
    private final Database database;
    private final SqlAuditLog audit;

    /** Creates the store of a database. */
    public SqlSessionStore(Database database, SqlAuditLog audit) {
        this.database = database;
        this.audit = audit;
    }

    @Override
    public void addForAccount(byte[] hash, String user, long expiry, ChangeContext change) {
        database.run(SqlUserStore.WRITE_ORDER_KEY, tx -> {
            UserStore.Account account =
                    SqlUserStore.findAccount(tx, user).orElseThrow(() -> notFound("User '%s' not found.", user));
            add(tx, hash, account.name(), account.key(), Set.of(), expiry, change);
            audit(tx, change, "session.start", account.name(), null, Map.of("expires", expiry));
        });
    }

    @Override
    public void addForService(byte[] hash, Identity user, long expiry, ChangeContext change) {
        database.run(SqlUserStore.WRITE_ORDER_KEY, tx -> {
            add(tx, hash, user.name(), null, user.groups(), expiry, change);
            List<String> groups = user.groups().stream().sorted().toList();
            audit(tx, change, "session.start", user.name(), null, Map.of("expires", expiry, "groups", groups));
        });
    }

    private static void add(
            Transaction tx,
            byte[] hash,
            String user,
            @Nullable Long account,
            Set<String> groups,
            long expiry,
            ChangeContext change)
            throws SQLException {
        tx.update(Sql.of("delete from sessions where expiration_time <= ?", change.timestamp()));
        tx.update(Sql.of(
                """
                insert into sessions (hash, user_name, user_key, service_groups, creation_time, expiration_time)
                values (?, ?, ?, ?, ?, ?)""",
                hash,
                user,
                account,
                groups.stream().sorted().collect(Collectors.joining("\n")),
                change.timestamp(),
                expiry));
    }

    @Override
    public Optional<Session> find(byte[] hash, long now) {
        return database.read(tx -> {
            record SessionRow(String user, @Nullable Long account, String groups) {}
            Optional<SessionRow> found = tx.queryFirst(
                    Sql.of(
                            "select user_name, user_key, service_groups from sessions where hash = ? and expiration_time > ?",
                            hash,
                            now),
                    row -> new SessionRow(
                            row.getString("user_name"),
                            row.getLongOrNull("user_key"),
                            row.getString("service_groups")));
            if (found.isEmpty()) {
                return Optional.empty();
            }
            SessionRow session = found.get();
            if (session.account() != null) {
                return SqlUserStore.findAccount(tx, session.user())
                        .map(account -> new Session(account.name(), Set.of(), account));
            }
            return Optional.of(
                    new Session(session.user(), session.groups().lines().collect(Collectors.toSet()), null));
        });
    }

    @Override
    public void remove(byte[] hash, ChangeContext change) {
        database.run(SqlUserStore.WRITE_ORDER_KEY, tx -> {
            if (tx.update(Sql.of("delete from sessions where hash = ?", hash)) > 0) {
                audit(tx, change, "session.end", change.caller().name(), Map.of("sessions", 1), null);
            }
        });
    }

    @Override
    public List<dev.kiroku.model.users.Session> list(String user, long now) {
        return database.read(tx -> find(tx, user).stream()
                .filter(session -> session.expiration() > now)
                .map(session -> new dev.kiroku.model.users.Session(
                        session.id(), session.user(), session.creation(), session.expiration(), false))
                .toList());
    }

    /** A session with its hash, of which the first bytes name it. */
    private record StoredSession(byte[] hash, String user, long creation, long expiration) {
        String id() {
            return Sessions.id(hash);
        }
    }

    private static List<StoredSession> find(Transaction tx, String user) throws SQLException {
        return tx.queryList(
                Sql.of("""
                        select hash, user_name, creation_time, expiration_time from sessions where user_name in (?, ?)
                        order by creation_time desc, hash""", user, UserNames.canonical(user)),
                row -> new StoredSession(
                        row.getBytes("hash"),
                        row.getString("user_name"),
                        row.getLong("creation_time"),
                        row.getLong("expiration_time")));
    }

    @Override
    public boolean remove(String user, String id, ChangeContext change) {
        return database.write(SqlUserStore.WRITE_ORDER_KEY, tx -> {
            for (StoredSession session : find(tx, user)) {
                if (session.id().equals(id)) {
                    tx.update(Sql.of("delete from sessions where hash = ?", session.hash()));
                    audit(tx, change, "session.end", session.user(), Map.of("sessions", 1), null);
                    return true;
                }
            }
            return false;
        });
    }

    @Override
    public int removeAll(String user, ChangeContext change) {
        return database.write(SqlUserStore.WRITE_ORDER_KEY, tx -> {
            int count = removeAll(tx, user);
            if (count > 0) {
                audit(tx, change, "session.end", UserNames.canonical(user), Map.of("sessions", count), null);
            }
            return count;
        });
    }

    /** Deletes the sessions of a user, also those that a proxy or provider authenticated, and returns their number. */
    static int removeAll(Transaction tx, String user) throws SQLException {
        // Names from before canonical forms are found as they are.
        return tx.update(Sql.of("delete from sessions where user_name in (?, ?)", user, UserNames.canonical(user)));
    }

    private void audit(
            Transaction tx,
            ChangeContext change,
            String action,
            String user,
            @Nullable Object before,
            @Nullable Object after) {
        audit.append(tx, AuditEvent.of(change, action, "users/" + user, null, before, after));
    }
}
