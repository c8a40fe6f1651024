package dev.kiroku.stores.users;

import static dev.kiroku.model.KirokuException.alreadyExists;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.ChangeContext;
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

/** Users in SQL. */
public final class SqlUserStore implements UserStore {
    private static final String ALL = "users";
    private static final String TOKENS =
            "select t.token_id, u.name, t.label, t.creation_time, t.expiration_time from user_tokens t join users u on u.user_key = t.user_key";

    private final Database database;
    private final SqlAuditLog audit;

    public SqlUserStore(Database database, SqlAuditLog audit) {
        this.database = database;
        this.audit = audit;
    }

    @Override
    public void add(String name, String passwordHash, List<String> groups, ChangeContext change) {
        database.write(ALL, tx -> {
            if (findAccount(tx, name).isPresent()) {
                throw alreadyExists("There is a user '%s' already.", name);
            }
            tx.update(Sql.of(
                    "insert into users (name, password_hash, creation_time) values (?, ?, ?)",
                    name,
                    passwordHash,
                    change.timestamp()));
            join(tx, require(tx, name).key(), groups);
            log(tx, change, "user.create", name, null, auditContent(require(tx, name)));
            return null;
        });
    }

    @Override
    public void remove(String name, ChangeContext change) {
        database.write(ALL, tx -> {
            Account user = require(tx, name);
            Map<String, Object> before = auditContent(user);
            before.put(
                    "tokens",
                    tx.queryList(
                            Sql.of("select token_id from user_tokens where user_key = ? order by token_id", user.key()),
                            row -> row.getString(1)));
            for (String table : List.of("user_tokens", "user_groups", "users")) {
                tx.update(Sql.of("delete from " + table + " where user_key = ?", user.key()));
            }
            log(tx, change, "user.delete", name, before, null);
            return null;
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
                    row -> groups.computeIfAbsent(row.getLong(1), k -> new ArrayList<>())
                            .add(row.getString(2)));
            return tx.queryList(
                    Sql.of(
                            "select u.user_key, u.name, u.password_hash is not null, u.creation_time,"
                                    + " (select count(*) from user_tokens t where t.user_key = u.user_key) from users u order by u.name"),
                    row -> new User(
                            row.getString(2),
                            groups.getOrDefault(row.getLong(1), List.of()),
                            row.getBoolean(3),
                            row.getLong(5),
                            row.getLong(4)));
        });
    }

    @Override
    public void setPassword(String name, String passwordHash, ChangeContext change) {
        database.write(ALL, tx -> {
            Account user = require(tx, name);
            tx.update(Sql.of("update users set password_hash = ? where user_key = ?", passwordHash, user.key()));
            log(
                    tx,
                    change,
                    "user.password",
                    name,
                    Map.of("password", has(user.passwordHash())),
                    Map.of("password", "set"));
            return null;
        });
    }

    @Override
    public void updateGroups(String name, List<String> join, List<String> leave, ChangeContext change) {
        database.write(ALL, tx -> {
            Account user = require(tx, name);
            join(tx, user.key(), join);
            for (String group : leave) {
                tx.update(Sql.of("delete from user_groups where user_key = ? and group_name = ?", user.key(), group));
            }
            List<String> groups = require(tx, name).groups();
            if (!groups.equals(user.groups())) {
                log(tx, change, "user.groups", name, Map.of("groups", user.groups()), Map.of("groups", groups));
            }
            return null;
        });
    }

    @Override
    public void addToken(Token token, byte[] hash, ChangeContext change) {
        database.write(ALL, tx -> {
            tx.update(Sql.of(
                    "insert into user_tokens (token_id, user_key, hash, label, creation_time, expiration_time) values (?, ?, ?, ?, ?, ?)",
                    token.id(),
                    require(tx, token.user()).key(),
                    hash,
                    token.label(),
                    token.creationTimestamp(),
                    token.expirationTimestamp()));
            log(tx, change, "token.create", token.user(), null, auditContent(token));
            return null;
        });
    }

    @Override
    public Optional<Account> findByToken(byte[] hash, long now) {
        return database.read(tx -> {
            Optional<String> name = tx.queryFirst(
                    Sql.of(
                            "select u.name from user_tokens t join users u on u.user_key = t.user_key"
                                    + " where t.hash = ? and (t.expiration_time is null or t.expiration_time > ?)",
                            hash,
                            now),
                    row -> row.getString(1));
            return name.isEmpty() ? Optional.empty() : findAccount(tx, name.get());
        });
    }

    @Override
    public List<Token> listTokens(String name) {
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
        database.write(ALL, tx -> {
            Token token = tx.queryFirst(Sql.of(TOKENS).add(" where t.token_id = ?", id), SqlUserStore::token)
                    .orElseThrow(() -> notFound("There is no token with the id '%s'.", id));
            tx.update(Sql.of("delete from user_tokens where token_id = ?", id));
            log(tx, change, "token.revoke", token.user(), auditContent(token), null);
            return null;
        });
    }

    private void log(Transaction tx, ChangeContext change, String action, String user, Object before, Object after) {
        audit.append(tx, AuditEvent.of(change, action, "users/" + user, null, before, after));
    }

    /** What the audit log keeps of a user: that there is a password, and nothing of it. */
    private static Map<String, Object> auditContent(Account user) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("groups", user.groups());
        content.put("password", has(user.passwordHash()));
        return content;
    }

    private static String has(String passwordHash) {
        return passwordHash == null ? "none" : "set";
    }

    private static Map<String, Object> auditContent(Token token) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("token", token.id());
        content.put("label", token.label());
        content.put("expires", token.expirationTimestamp());
        return content;
    }

    private static void join(Transaction tx, long key, List<String> groups) throws SQLException {
        for (String group : groups) {
            tx.update(Sql.of(
                    "insert into user_groups (user_key, group_name) values (?, ?) on conflict do nothing", key, group));
        }
    }

    private static Token token(Row row) throws SQLException {
        long expires = row.getLong(5);
        return new Token(
                row.getString(1), row.getString(2), row.getString(3), row.getLong(4), row.wasNull() ? null : expires);
    }

    private static Account require(Transaction tx, String name) throws SQLException {
        return findAccount(tx, name).orElseThrow(() -> notFound("There is no user '%s'.", name));
    }

    private static Optional<Account> findAccount(Transaction tx, String name) throws SQLException {
        record Row(long key, String hash) {}
        Optional<Row> user = tx.queryFirst(
                Sql.of("select user_key, password_hash from users where name = ?", name),
                row -> new Row(row.getLong(1), row.getString(2)));
        if (user.isEmpty()) {
            return Optional.empty();
        }
        List<String> groups = tx.queryList(
                Sql.of(
                        "select group_name from user_groups where user_key = ? order by group_name",
                        user.get().key()),
                row -> row.getString(1));
        return Optional.of(new Account(user.get().key(), name, user.get().hash(), groups));
    }
}
