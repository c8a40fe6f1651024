package dev.kiroku.stores.users;

import static dev.kiroku.model.KirokuException.alreadyExists;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.users.UserNames;
import dev.kiroku.core.users.UserStore;
import dev.kiroku.model.users.Token;
import dev.kiroku.model.users.User;
import dev.kiroku.stores.audit.SqlAuditLog;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.Row;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Users in SQL. All changes run in order, as they are rare. */
public final class SqlUserStore implements UserStore {
    static final String WRITE_ORDER_KEY = "users";
    private static final String TOKENS = """
            select t.token_id, u.name, t.label, t.creation_time, t.expiration_time from user_tokens t
            join users u on u.user_key = t.user_key""";

    private static final String USERS = "select u.user_key, u.name, u.password_hash from users u";

    private record UserRow(long key, String name, @Nullable String hash) {}

    private final Database database;
    private final SqlAuditLog audit;

    /** Creates the store of a database. */
    public SqlUserStore(Database database, SqlAuditLog audit) {
        this.database = database;
        this.audit = audit;
    }

    @Override
    public void add(String name, @Nullable String passwordHash, List<String> groups, ChangeContext change) {
        database.run(WRITE_ORDER_KEY, tx -> {
            audit.lock(tx); // one server at a time, because no constraint of the database compares canonical forms
            for (UserRow other : findSpellings(tx, name)) {
                throw alreadyExists("The user '%s' already exists.", other.name());
            }
            tx.update(Sql.of(
                    "insert into users (name, canonical_name, password_hash, creation_time) values (?, ?, ?, ?)",
                    name,
                    UserNames.canonical(name),
                    passwordHash,
                    change.timestamp()));
            join(tx, require(tx, name).key(), groups);
            audit(tx, change, "user.create", name, null, auditContent(require(tx, name)));
        });
    }

    @Override
    public void remove(String name, ChangeContext change) {
        database.run(WRITE_ORDER_KEY, tx -> {
            Account user = require(tx, name);
            Map<String, @Nullable Object> before = auditContent(user);
            before.put(
                    "tokens",
                    tx.queryList(
                            Sql.of("select token_id from user_tokens where user_key = ? order by token_id", user.key()),
                            row -> row.getString("token_id")));
            for (String table : List.of("sessions", "user_tokens", "user_groups", "users")) {
                tx.update(Sql.of("delete from " + table + " where user_key = ?", user.key()));
            }
            audit(tx, change, "user.delete", user.name(), before, null);
        });
    }

    @Override
    public Optional<Account> find(String name) {
        return database.read(tx -> findAccount(tx, name));
    }

    @Override
    public List<User> list() {
        return database.read(tx -> {
            Map<Long, List<String>> groups = new HashMap<>();
            tx.queryEach(
                    Sql.of("select user_key, group_name from user_groups order by group_name"),
                    row -> groups.computeIfAbsent(row.getLong("user_key"), k -> new ArrayList<>())
                            .add(row.getString("group_name")));
            return tx.queryList(
                    Sql.of("""
                            select u.user_key, u.name, u.password_hash is not null as has_password, u.creation_time,
                            (select count(*) from user_tokens t where t.user_key = u.user_key) as token_count
                            from users u order by u.name"""),
                    row -> new User(
                            row.getString("name"),
                            groups.getOrDefault(row.getLong("user_key"), List.of()),
                            row.getBoolean("has_password"),
                            row.getLong("token_count"),
                            row.getLong("creation_time")));
        });
    }

    @Override
    public void setPassword(String name, String passwordHash, ChangeContext change) {
        database.run(WRITE_ORDER_KEY, tx -> {
            Account user = require(tx, name);
            tx.update(Sql.of("update users set password_hash = ? where user_key = ?", passwordHash, user.key()));
            tx.update(Sql.of("delete from sessions where user_key = ?", user.key()));
            audit(
                    tx,
                    change,
                    "user.password",
                    user.name(),
                    Map.of("password", passwordState(user.passwordHash())),
                    Map.of("password", "set"));
        });
    }

    @Override
    public void updateGroups(String name, List<String> join, List<String> leave, ChangeContext change) {
        database.run(WRITE_ORDER_KEY, tx -> {
            Account user = require(tx, name);
            join(tx, user.key(), join);
            for (String group : leave) {
                tx.update(Sql.of("delete from user_groups where user_key = ? and group_name = ?", user.key(), group));
            }
            List<String> groups = require(tx, name).groups();
            if (!groups.equals(user.groups())) {
                audit(
                        tx,
                        change,
                        "user.groups",
                        user.name(),
                        Map.of("groups", user.groups()),
                        Map.of("groups", groups));
            }
        });
    }

    @Override
    public void addToken(Token token, byte[] hash, ChangeContext change) {
        database.run(WRITE_ORDER_KEY, tx -> {
            tx.update(Sql.of(
                    """
                    insert into user_tokens (token_id, user_key, hash, label, creation_time, expiration_time)
                    values (?, ?, ?, ?, ?, ?)""",
                    token.id(),
                    require(tx, token.user()).key(),
                    hash,
                    token.label(),
                    token.creationTimestamp(),
                    token.expirationTimestamp()));
            audit(tx, change, "token.create", token.user(), null, auditContent(token));
        });
    }

    @Override
    public Optional<Account> findByToken(byte[] hash, long now) {
        return database.read(tx -> {
            Optional<UserRow> user = tx.queryFirst(
                    Sql.of(USERS)
                            .add(
                                    " join user_tokens t on t.user_key = u.user_key where t.hash = ?"
                                            + " and (t.expiration_time is null or t.expiration_time > ?)",
                                    hash,
                                    now),
                    SqlUserStore::user);
            return user.isEmpty() ? Optional.empty() : Optional.of(account(tx, user.get()));
        });
    }

    @Override
    public List<Token> listTokens(@Nullable String name) {
        return database.read(tx -> {
            Sql sql = Sql.of(TOKENS);
            if (name != null) {
                sql.add(" where t.user_key = ?", require(tx, name).key());
            }
            return tx.queryList(sql.add(" order by t.creation_time desc, t.token_id"), SqlUserStore::token);
        });
    }

    @Override
    public void revokeToken(String id, ChangeContext change) {
        database.run(WRITE_ORDER_KEY, tx -> {
            Token token = tx.queryFirst(Sql.of(TOKENS).add(" where t.token_id = ?", id), SqlUserStore::token)
                    .orElseThrow(() -> notFound("Token with id '%s' not found.", id));
            tx.update(Sql.of("delete from user_tokens where token_id = ?", id));
            audit(tx, change, "token.revoke", token.user(), auditContent(token), null);
        });
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

    /** Returns what the audit log keeps of a user: whether there is a password, but no hash of it. */
    private static Map<String, @Nullable Object> auditContent(Account user) {
        Map<String, @Nullable Object> content = new LinkedHashMap<>();
        content.put("groups", user.groups());
        content.put("password", passwordState(user.passwordHash()));
        return content;
    }

    private static String passwordState(@Nullable String passwordHash) {
        return passwordHash == null ? "none" : "set";
    }

    private static Map<String, @Nullable Object> auditContent(Token token) {
        Map<String, @Nullable Object> content = new LinkedHashMap<>();
        content.put("token", token.id());
        content.put("label", token.label());
        content.put("expires", token.expirationTimestamp());
        return content;
    }

    private static void join(Transaction tx, long key, List<String> groups) throws SQLException {
        for (String group : groups) {
            tx.update(Sql.of(
                    tx.dialect().insertIfAbsent("insert into user_groups (user_key, group_name) values (?, ?)"),
                    key,
                    group));
        }
    }

    private static Token token(Row row) throws SQLException {
        return new Token(
                row.getString("token_id"),
                row.getString("name"),
                row.getString("label"),
                row.getLong("creation_time"),
                row.getLongOrNull("expiration_time"));
    }

    /** Returns the user with exactly this name or, if there is none, the one that {@link #findAccount} returns; throws if there is none. */
    private static Account require(Transaction tx, String name) throws SQLException {
        Optional<UserRow> exact = tx.queryFirst(Sql.of(USERS).add(" where u.name = ?", name), SqlUserStore::user);
        return (exact.isEmpty() ? findAccount(tx, name) : Optional.of(account(tx, exact.get())))
                .orElseThrow(() -> notFound("User '%s' not found.", name));
    }

    /**
     * Returns the user whose name has the same {@linkplain UserNames canonical form}, within a transaction. Of several, which earlier versions
     * allowed, the one with exactly this name, but none if this is the canonical form: they would all go by it.
     */
    public static Optional<Account> findAccount(Transaction tx, String name) throws SQLException {
        List<UserRow> users = findSpellings(tx, name);
        if (users.size() > 1) {
            users = name.equals(UserNames.canonical(name))
                    ? List.of()
                    : users.stream().filter(user -> user.name().equals(name)).toList();
        }
        return users.isEmpty() ? Optional.empty() : Optional.of(account(tx, users.getFirst()));
    }

    private static List<UserRow> findSpellings(Transaction tx, String name) throws SQLException {
        return tx.queryList(
                Sql.of(USERS).add(" where u.canonical_name = ? order by u.name", UserNames.canonical(name)),
                SqlUserStore::user);
    }

    private static UserRow user(Row row) throws SQLException {
        return new UserRow(row.getLong("user_key"), row.getString("name"), row.getStringOrNull("password_hash"));
    }

    private static Account account(Transaction tx, UserRow user) throws SQLException {
        List<String> groups = tx.queryList(
                Sql.of("select group_name from user_groups where user_key = ? order by group_name", user.key()),
                row -> row.getString("group_name"));
        return new Account(user.key(), user.name(), user.hash(), groups);
    }

    @Override
    public List<List<String>> findAmbiguousNames() {
        return database.read(tx -> {
            Map<String, List<String>> spellings = new TreeMap<>();
            tx.queryEach(
                    Sql.of("""
                            select canonical_name, name from users where canonical_name in
                            (select canonical_name from users group by canonical_name having count(*) > 1)
                            order by name"""),
                    row -> spellings
                            .computeIfAbsent(row.getString("canonical_name"), _ -> new ArrayList<>())
                            .add(row.getString("name")));
            return List.copyOf(spellings.values());
        });
    }
}
