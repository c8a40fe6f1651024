package dev.kiroku.stores.users;

import static dev.kiroku.model.KirokuException.alreadyExists;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.users.UserStore;
import dev.kiroku.model.users.Token;
import dev.kiroku.model.users.User;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Users in SQL. */
public final class SqlUserStore implements UserStore {
    private static final String ALL = "users";

    private final Database database;

    public SqlUserStore(Database database) {
        this.database = database;
    }

    @Override
    public void add(String name, String passwordHash, List<String> groups, long now) {
        database.write(ALL, tx -> {
            if (account(tx, name).isPresent()) {
                throw alreadyExists("There is a user '%s' already.", name);
            }
            tx.update(Sql.of("insert into users (name, password_hash, creation_time) values (?, ?, ?)", name, passwordHash, now));
            join(tx, require(tx, name).key(), groups);
            return null;
        });
    }

    @Override
    public void remove(String name) {
        database.write(ALL, tx -> {
            long key = require(tx, name).key();
            for (String table : List.of("user_tokens", "user_groups", "users")) {
                tx.update(Sql.of("delete from " + table + " where user_key = ?", key));
            }
            return null;
        });
    }

    @Override
    public Optional<Account> find(String name) {
        return database.read(tx -> account(tx, name));
    }

    @Override
    public List<User> list() {
        return database.read(tx -> {
            Map<Long, List<String>> groups = new HashMap<>();
            tx.each(
                    Sql.of("select user_key, group_name from user_groups order by group_name"),
                    row -> groups.computeIfAbsent(row.getLong(1), k -> new ArrayList<>()).add(row.getString(2)));
            return tx.list(
                    Sql.of("select u.user_key, u.name, u.password_hash is not null, u.creation_time,"
                            + " (select count(*) from user_tokens t where t.user_key = u.user_key) from users u order by u.name"),
                    row -> new User(
                            row.getString(2), groups.getOrDefault(row.getLong(1), List.of()), row.getBoolean(3), row.getLong(5), row.getLong(4)));
        });
    }

    @Override
    public void setPassword(String name, String passwordHash) {
        database.write(ALL, tx -> tx.update(
                Sql.of("update users set password_hash = ? where user_key = ?", passwordHash, require(tx, name).key())));
    }

    @Override
    public void changeGroups(String name, List<String> join, List<String> leave) {
        database.write(ALL, tx -> {
            long key = require(tx, name).key();
            join(tx, key, join);
            for (String group : leave) {
                tx.update(Sql.of("delete from user_groups where user_key = ? and group_name = ?", key, group));
            }
            return null;
        });
    }

    @Override
    public void addToken(Token token, byte[] hash) {
        database.write(ALL, tx -> tx.update(Sql.of(
                "insert into user_tokens (token_id, user_key, hash, label, creation_time, expiration_time) values (?, ?, ?, ?, ?, ?)",
                token.id(), require(tx, token.user()).key(), hash, token.label(), token.creationTimestamp(), token.expirationTimestamp())));
    }

    @Override
    public Optional<Account> byToken(byte[] hash, long now) {
        return database.read(tx -> {
            Optional<String> name = tx.first(
                    Sql.of(
                            "select u.name from user_tokens t join users u on u.user_key = t.user_key"
                                    + " where t.hash = ? and (t.expiration_time is null or t.expiration_time > ?)",
                            hash, now),
                    row -> row.getString(1));
            return name.isEmpty() ? Optional.empty() : account(tx, name.get());
        });
    }

    @Override
    public List<Token> tokens(String name) {
        return database.read(tx -> {
            Sql sql = Sql.of("select t.token_id, u.name, t.label, t.creation_time, t.expiration_time"
                    + " from user_tokens t join users u on u.user_key = t.user_key");
            if (name != null) {
                sql.add(" where t.user_key = ?", require(tx, name).key());
            }
            return tx.list(sql.add(" order by t.creation_time desc, t.token_id"), SqlUserStore::token);
        });
    }

    @Override
    public void revokeToken(String id) {
        database.write(ALL, tx -> {
            if (tx.update(Sql.of("delete from user_tokens where token_id = ?", id)) == 0) {
                throw notFound("There is no token with the id '%s'.", id);
            }
            return null;
        });
    }

    private static void join(Tx tx, long key, List<String> groups) throws SQLException {
        for (String group : groups) {
            tx.update(Sql.of("insert into user_groups (user_key, group_name) values (?, ?) on conflict do nothing", key, group));
        }
    }

    private static Token token(ResultSet row) throws SQLException {
        long expires = row.getLong(5);
        return new Token(row.getString(1), row.getString(2), row.getString(3), row.getLong(4), row.wasNull() ? null : expires);
    }

    private static Account require(Tx tx, String name) throws SQLException {
        return account(tx, name).orElseThrow(() -> notFound("There is no user '%s'.", name));
    }

    private static Optional<Account> account(Tx tx, String name) throws SQLException {
        record Row(long key, String hash) {}
        Optional<Row> user = tx.first(
                Sql.of("select user_key, password_hash from users where name = ?", name), row -> new Row(row.getLong(1), row.getString(2)));
        if (user.isEmpty()) {
            return Optional.empty();
        }
        List<String> groups = tx.list(
                Sql.of("select group_name from user_groups where user_key = ? order by group_name", user.get().key()), row -> row.getString(1));
        return Optional.of(new Account(user.get().key(), name, user.get().hash(), groups));
    }
}
