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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Users in SQL. All changes run in order, as they are rare. */
public final class SqlUserStore implements UserStore {
    static final String WRITE_ORDER_KEY = "users";
    private static final String TOKENS = """
            select t.token_id, u.name, t.label, t.creation_time, t.expiration_time from user_tokens t
            join users u on u.user_key = t.user_key""";

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
            for (String other : tx.queryList(Sql.of("select name from users"), row -> row.getString("name"))) {
                if (UserNames.areSame(name, other)) {
                    throw alreadyExists("The user '%s' already exists.", other);
                }
            }
            tx.update(Sql.of(
                    "insert into users (name, password_hash, creation_time) values (?, ?, ?)",
                    name,
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
            Optional<String> name = tx.queryFirst(Sql.of("""
                            select u.name from user_tokens t join users u on u.user_key = t.user_key
                            where t.hash = ? and (t.expiration_time is null or t.expiration_time > ?)""", hash, now), row -> row.getString("name"));
            return name.isEmpty() ? Optional.empty() : findAccount(tx, name.get());
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

    private static Account require(Transaction tx, String name) throws SQLException {
        return findAccount(tx, name).orElseThrow(() -> notFound("User '%s' not found.", name));
    }

    /**
     * Returns the user of that name or, if there is none, of its {@linkplain UserNames canonical form}, within a
     * transaction.
     */
    public static Optional<Account> findAccount(Transaction tx, String name) throws SQLException {
        record UserRow(long key, String name, @Nullable String hash) {}
        Optional<UserRow> user = Optional.empty();
        for (String spelling : new LinkedHashSet<>(List.of(name, UserNames.canonical(name)))) {
            if (user.isEmpty()) {
                user = tx.queryFirst(
                        Sql.of("select user_key, name, password_hash from users where name = ?", spelling),
                        row -> new UserRow(
                                row.getLong("user_key"), row.getString("name"), row.getStringOrNull("password_hash")));
            }
        }
        if (user.isEmpty()) {
            return Optional.empty();
        }
        UserRow found = user.get();
        List<String> groups = tx.queryList(
                Sql.of("select group_name from user_groups where user_key = ? order by group_name", found.key()),
                row -> row.getString("group_name"));
        return Optional.of(new Account(found.key(), found.name(), found.hash(), groups));
    }
}
