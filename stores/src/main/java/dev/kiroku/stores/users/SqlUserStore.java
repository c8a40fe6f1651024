package dev.kiroku.stores.users;

import static dev.kiroku.model.KirokuException.alreadyExists;
import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.access.EffectiveGrants;
import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.users.UserNames;
import dev.kiroku.core.users.UserStore;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.users.Token;
import dev.kiroku.model.users.User;
import dev.kiroku.stores.audit.SqlAuditLog;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.Row;
import dev.kiroku.stores.sql.StoredEnums;
import dev.kiroku.stores.sql.Transaction;
import dev.kiroku.stores.sql.VersionedCache;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Users in SQL. All changes run in order, as they are rare. */
public final class SqlUserStore implements UserStore {
    /** The key that orders all changes of users, roles and grants. */
    public static final String WRITE_ORDER_KEY = "users";

    private static final String TOKENS = """
            select t.token_id, u.name, t.label, t.creation_time, t.expiration_time, t.last_used_time, t.read_only,
            t.resources from user_tokens t join users u on u.user_key = t.user_key""";
    private static final String USERS = "select u.user_key, u.name, u.password_hash, u.disabled, "
            + AccessVersions.OF_USER + " from users u join access_version v on v.id = 1";
    private static final String SIGN_IN_TOKEN = "select " + AccessVersions.OF_USER + """
            , u.user_key, u.password_hash, u.disabled, t.token_id, u.name, t.label, t.creation_time, t.expiration_time,
            t.last_used_time, t.read_only, t.resources
            from user_tokens t join users u on u.user_key = t.user_key join access_version v on v.id = 1
            where t.hash = ? and u.disabled = 0 and (t.expiration_time is null or t.expiration_time > ?)""";
    /** The sum of the grants of all cached users. */
    private static final int CACHED_GRANTS = 200_000;
    /** Longer than the name of any account: whoever attempts to sign in chooses the text. */
    private static final int MAX_CACHED_NAME = 256;

    private final Database database;
    private final SqlAuditLog audit;
    private final VersionedCache<AccessKey, UserAccess> cache =
            new VersionedCache<>(CACHED_GRANTS, access -> 1 + access.grants().size());

    private final SignInCache<NameKey> byName;
    private final SignInCache<ByteBuffer> byToken;

    /** A name that somebody signs in with, and groups beside those of the account. */
    private record NameKey(String name, Set<String> moreGroups) {}

    /** A user of the cache: the key of the account, 0 for a user without account, and groups beside those of the account. */
    private record AccessKey(long userKey, Set<String> moreGroups) {}

    /** The groups of an account, and the grants of the user and of all groups of the user. */
    private record UserAccess(List<String> groups, EffectiveGrants grants) {}

    /** A row of a user, with the version that cached values must have. */
    private record UserRow(long key, String name, @Nullable String passwordHash, boolean disabled, long version) {}

    /** Creates the store of a database. */
    public SqlUserStore(Database database, SqlAuditLog audit) {
        this.database = database;
        this.audit = audit;
        this.byName = new SignInCache<>(database);
        this.byToken = new SignInCache<>(database);
    }

    @Override
    public void add(
            String name, @Nullable String passwordHash, boolean service, List<String> groups, ChangeContext change) {
        database.run(WRITE_ORDER_KEY, tx -> add(tx, name, passwordHash, service, groups, change));
    }

    /** Adds a user within a transaction. */
    public void add(
            Transaction tx,
            String name,
            @Nullable String passwordHash,
            boolean service,
            List<String> groups,
            ChangeContext change)
            throws SQLException {
        audit.lock(tx); // one server at a time, because no constraint of the database compares canonical forms
        for (UserRow other : findSpellings(tx, name)) {
            throw alreadyExists("The user '%s' already exists.", other.name());
        }
        tx.update(Sql.of(
                "insert into users (name, canonical_name, password_hash, creation_time, service) values (?, ?, ?, ?, ?)",
                name,
                UserNames.canonical(name),
                passwordHash,
                change.timestamp(),
                service ? 1 : 0));
        AccessVersions.changeShared(tx); // what is cached about the name as a user without account
        join(tx, require(tx, name).key(), groups);
        audit(tx, change, "user.create", name, null, auditContent(require(tx, name)));
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
            RoleTable.deleteUser(tx, user.key());
            for (String table : List.of("sessions", "user_tokens", "user_groups", "users")) {
                tx.update(Sql.of("delete from " + table + " where user_key = ?", user.key()));
            }
            AccessVersions.changeSignIn(tx);
            audit(tx, change, "user.delete", user.name(), before, null);
        });
    }

    @Override
    public Optional<Account> find(String name) {
        return database.read(tx -> findAccount(tx, name));
    }

    @Override
    public SignIn signIn(String name, Set<String> moreGroups) {
        Set<String> groups = Set.copyOf(moreGroups);
        if (name.length() > MAX_CACHED_NAME) {
            return readSignIn(name, groups);
        }
        return byName.get(new NameKey(name, groups), () -> Optional.of(readSignIn(name, groups)))
                .orElseThrow();
    }

    private SignIn readSignIn(String name, Set<String> moreGroups) {
        Optional<UserRow> user = database.readAutoCommit(tx -> findUser(tx, name));
        return user.isPresent()
                ? signIn(user.get(), moreGroups, null)
                : new SignIn(Optional.empty(), accessWithoutAccount(moreGroups), null);
    }

    @Override
    public Optional<SignIn> signInByToken(byte[] hash, long now) {
        return byToken.get(ByteBuffer.wrap(hash), () -> readSignIn(hash, now))
                .filter(signIn -> isValid(Objects.requireNonNull(signIn.token()), now));
    }

    private static boolean isValid(Token token, long now) {
        return token.expirationTimestamp() == null || token.expirationTimestamp() > now;
    }

    private Optional<SignIn> readSignIn(byte[] hash, long now) {
        record TokenRow(UserRow user, Token token) {}
        Optional<TokenRow> found = database.readAutoCommit(
                tx -> tx.queryFirst(Sql.of(SIGN_IN_TOKEN, hash, now), row -> new TokenRow(userRow(row), token(row))));
        return found.map(row -> signIn(row.user(), Set.of(), row.token()));
    }

    private SignIn signIn(UserRow user, Set<String> moreGroups, @Nullable Token token) {
        AccessKey key = new AccessKey(user.key(), Set.copyOf(moreGroups));
        UserAccess access = cache.get(key, user.version());
        if (access == null) {
            access = database.read(tx -> load(tx, key, user.name()));
        }
        Account account = new Account(user.key(), user.name(), user.passwordHash(), user.disabled(), access.groups());
        return new SignIn(Optional.of(account), access.grants(), token);
    }

    private UserAccess load(Transaction tx, AccessKey key, String name) throws SQLException {
        List<String> groups = groups(tx, key.userKey());
        UserAccess access = new UserAccess(groups, readGrants(tx, key.userKey(), name, groups, key.moreGroups()));
        Optional<Long> version = AccessVersions.find(tx, key.userKey());
        version.ifPresent(read -> tx.afterCommit(() -> cache.put(key, read, access)));
        return access;
    }

    private EffectiveGrants accessWithoutAccount(Set<String> groups) {
        if (groups.isEmpty()) {
            return new EffectiveGrants(false, null, List.of());
        }
        AccessKey key = new AccessKey(0, Set.copyOf(groups));
        UserAccess cached = cache.get(key, database.readAutoCommit(AccessVersions::getShared));
        return cached != null
                ? cached.grants()
                : database.read(tx -> {
                    EffectiveGrants grants = readGrants(tx, null, "", List.of(), groups);
                    long version = AccessVersions.getShared(tx);
                    tx.afterCommit(() -> cache.put(key, version, new UserAccess(List.of(), grants)));
                    return grants;
                });
    }

    private static EffectiveGrants readGrants(
            Transaction tx, @Nullable Long userKey, String name, List<String> groups, Set<String> moreGroups)
            throws SQLException {
        Set<String> all = new LinkedHashSet<>(groups);
        all.addAll(moreGroups);
        List<String> names = List.copyOf(all);
        List<PermissionLevel> defaults = tx.queryList(
                Sql.of("select level from group_defaults where group_name in ").addIn(names),
                row -> row.get("level", StoredEnums.PERMISSION_LEVEL));
        return new EffectiveGrants(
                        all.contains(Caller.ADMINS),
                        defaults.stream().max(Comparator.naturalOrder()).orElse(null),
                        PermissionTable.listHeld(tx, userKey, name, names))
                .withSharedVersion(AccessVersions.getShared(tx));
    }

    @Override
    public List<String> listMembers(String group) {
        return database.read(tx -> tx.queryList(Sql.of("""
                        select u.name from user_groups g join users u on u.user_key = g.user_key where g.group_name = ?
                        order by u.name""", group), row -> row.getString("name")));
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
                            select u.user_key, u.name, u.service, u.disabled, case when u.password_hash is null then 0 else 1 end as has_password,
                            u.creation_time,
                            (select count(*) from user_tokens t where t.user_key = u.user_key) as token_count,
                            (select max(t.last_used_time) from user_tokens t where t.user_key = u.user_key) as token_use,
                            (select max(s.creation_time) from sessions s where s.user_name = u.name) as session_start
                            from users u order by u.name"""),
                    row -> new User(
                            row.getLong("user_key"),
                            row.getString("name"),
                            row.getBoolean("service"),
                            row.getBoolean("disabled"),
                            groups.getOrDefault(row.getLong("user_key"), List.of()),
                            row.getBoolean("has_password"),
                            row.getLong("token_count"),
                            row.getLong("creation_time"),
                            latest(row.getLongOrNull("token_use"), row.getLongOrNull("session_start"))));
        });
    }

    private static @Nullable Long latest(@Nullable Long time, @Nullable Long other) {
        return time == null ? other : other == null ? time : Long.valueOf(Math.max(time, other));
    }

    @Override
    public void setPassword(String name, String passwordHash, ChangeContext change) {
        database.run(WRITE_ORDER_KEY, tx -> setPassword(tx, name, passwordHash, change));
    }

    /** Replaces the password hash of a user within a transaction. */
    public void setPassword(Transaction tx, String name, String passwordHash, ChangeContext change)
            throws SQLException {
        Account user = require(tx, name);
        if (tx.queryLong(Sql.of("select service from users where user_key = ?", user.key()))
                        .orElseThrow()
                != 0) {
            throw invalid("The service account '%s' signs in with tokens only.", user.name());
        }
        tx.update(Sql.of("update users set password_hash = ? where user_key = ?", passwordHash, user.key()));
        tx.update(Sql.of("delete from sessions where user_key = ?", user.key()));
        AccessVersions.changeSignIn(tx);
        audit(
                tx,
                change,
                "user.password",
                user.name(),
                Map.of("password", passwordState(user.passwordHash())),
                Map.of("password", "set"));
    }

    @Override
    public boolean replacePasswordHash(long key, String expected, String passwordHash) {
        return database.write(WRITE_ORDER_KEY, tx -> {
            int replaced = tx.update(Sql.of(
                    "update users set password_hash = ? where user_key = ? and password_hash = ?",
                    passwordHash,
                    key,
                    expected));
            if (replaced > 0) {
                AccessVersions.changeSignIn(tx);
            }
            return replaced > 0;
        });
    }

    @Override
    public void setDisabled(String name, boolean disabled, ChangeContext change) {
        database.run(WRITE_ORDER_KEY, tx -> {
            Account user = require(tx, name);
            if (user.disabled() == disabled) {
                return;
            }
            tx.update(Sql.of("update users set disabled = ? where user_key = ?", disabled ? 1 : 0, user.key()));
            Map<String, Object> after = new LinkedHashMap<>(Map.of("disabled", disabled));
            if (disabled) {
                after.put("sessions_ended", SqlSessionStore.removeAll(tx, user.name()));
            }
            AccessVersions.changeSignIn(tx);
            String action = disabled ? "user.disable" : "user.enable";
            audit(tx, change, action, user.name(), Map.of("disabled", user.disabled()), after);
        });
    }

    @Override
    public void updateGroups(String name, List<String> join, List<String> leave, ChangeContext change) {
        database.run(WRITE_ORDER_KEY, tx -> updateGroups(tx, name, join, leave, change));
    }

    /** Adds a user to groups and removes it from others within a transaction. */
    public void updateGroups(Transaction tx, String name, List<String> join, List<String> leave, ChangeContext change)
            throws SQLException {
        Account user = require(tx, name);
        join(tx, user.key(), join);
        for (String group : leave) {
            tx.update(Sql.of("delete from user_groups where user_key = ? and group_name = ?", user.key(), group));
        }
        List<String> groups = require(tx, name).groups();
        if (!groups.equals(user.groups())) {
            AccessVersions.changeUser(tx, user.key());
            audit(tx, change, "user.groups", user.name(), Map.of("groups", user.groups()), Map.of("groups", groups));
        }
    }

    @Override
    public void addToken(Token token, byte[] hash, ChangeContext change) {
        database.run(WRITE_ORDER_KEY, tx -> {
            tx.update(Sql.of(
                    """
                    insert into user_tokens (token_id, user_key, hash, label, creation_time, expiration_time, read_only,
                    resources) values (?, ?, ?, ?, ?, ?, ?, ?)""",
                    token.id(),
                    require(tx, token.user()).key(),
                    hash,
                    token.label(),
                    token.creationTimestamp(),
                    token.expirationTimestamp(),
                    token.readOnly() ? 1 : 0,
                    token.resources().isEmpty() ? null : String.join("\n", token.resources())));
            audit(tx, change, "token.create", token.user(), null, auditContent(token));
        });
    }

    @Override
    public void setLastUsed(String tokenId, long now) {
        database.run(
                WRITE_ORDER_KEY,
                tx -> tx.update(Sql.of("update user_tokens set last_used_time = ? where token_id = ?", now, tokenId)));
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
            AccessVersions.changeSignIn(tx);
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
        if (!token.scope().isUnrestricted()) {
            content.put("read_only", token.readOnly());
            content.put("resources", token.resources());
        }
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
                row.getLongOrNull("expiration_time"),
                row.getLongOrNull("last_used_time"),
                row.getBoolean("read_only"),
                resources(row.getStringOrNull("resources")));
    }

    /** Returns the user with exactly this name or, if there is none, the one that {@link #findAccount} returns; throws if there is none. */
    static Account require(Transaction tx, String name) throws SQLException {
        Optional<UserRow> exact = tx.queryFirst(Sql.of(USERS).add(" where u.name = ?", name), SqlUserStore::userRow);
        return (exact.isEmpty() ? findAccount(tx, name) : Optional.of(account(tx, exact.get())))
                .orElseThrow(() -> notFound("User '%s' not found.", name));
    }

    private static List<String> resources(@Nullable String lines) {
        return lines == null ? List.of() : lines.lines().toList();
    }

    private static UserRow userRow(Row row) throws SQLException {
        return new UserRow(
                row.getLong("user_key"),
                row.getString("name"),
                row.getStringOrNull("password_hash"),
                row.getBoolean("disabled"),
                row.getLong("version"));
    }

    private static List<String> groups(Transaction tx, long userKey) throws SQLException {
        return tx.queryList(
                Sql.of("select group_name from user_groups where user_key = ? order by group_name", userKey),
                row -> row.getString("group_name"));
    }

    static String getName(Transaction tx, long userKey) throws SQLException {
        return tx.queryFirst(Sql.of("select name from users where user_key = ?", userKey), row -> row.getString("name"))
                .orElseThrow();
    }

    /** Returns the user of a name; adds one without password for a user whom only a proxy or an identity provider knows. */
    static Account requireOrAdd(Transaction tx, String name, long now) throws SQLException {
        if (findAccount(tx, name).isEmpty()) {
            tx.update(Sql.of(
                    tx.dialect()
                            .insertIfAbsent("insert into users (name, canonical_name, creation_time) values (?, ?, ?)"),
                    UserNames.canonical(name),
                    UserNames.canonical(name),
                    now));
            AccessVersions.changeShared(tx);
        }
        return require(tx, name);
    }

    /**
     * Returns the user whose name has the same {@linkplain UserNames canonical form}, within a transaction. Of several, which earlier versions
     * allowed, the one with exactly this name, but none if this is the canonical form: they would all go by it.
     */
    public static Optional<Account> findAccount(Transaction tx, String name) throws SQLException {
        Optional<UserRow> user = findUser(tx, name);
        return user.isEmpty() ? Optional.empty() : Optional.of(account(tx, user.get()));
    }

    private static Optional<UserRow> findUser(Transaction tx, String name) throws SQLException {
        List<UserRow> users = findSpellings(tx, name);
        if (users.size() > 1) {
            users = name.equals(UserNames.canonical(name))
                    ? List.of()
                    : users.stream().filter(user -> user.name().equals(name)).toList();
        }
        return users.stream().findFirst();
    }

    private static List<UserRow> findSpellings(Transaction tx, String name) throws SQLException {
        return tx.queryList(
                Sql.of(USERS).add(" where u.canonical_name = ? order by u.name", UserNames.canonical(name)),
                SqlUserStore::userRow);
    }

    private static Account account(Transaction tx, UserRow user) throws SQLException {
        return new Account(user.key(), user.name(), user.passwordHash(), user.disabled(), groups(tx, user.key()));
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
