package dev.kiroku.core.users;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.ResourceSelector;
import dev.kiroku.model.access.TokenScope;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.users.Token;
import dev.kiroku.model.users.User;
import dev.kiroku.model.users.UserApi;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Manages users, groups, passwords and tokens. The audit log names the actor of each change. Thread-safe. */
public final class Users {
    private static final int MIN_PASSWORD = 8;
    private static final int MAX_PASSWORD = 1024;
    private static final int MAX_LABEL = 250;
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}._@+-]{0,127}");

    private final Logger log = LoggerFactory.getLogger(Users.class);
    private final UserStore store;
    private final SecureRandom random;
    private final PasswordHasher passwordHasher;
    private final InstantSource clock;

    /**
     * Creates the operations on one store.
     *
     * @param random the source of tokens and salts
     */
    public Users(UserStore store, SecureRandom random, InstantSource clock) {
        this.store = store;
        this.random = random;
        this.passwordHasher = new PasswordHasher(random);
        this.clock = clock;
    }

    /**
     * Adds a user under the {@linkplain UserNames canonical form} of a name; throws {@link KirokuException} with
     * RESOURCE_ALREADY_EXISTS if there is a user whose name has the same form.
     *
     * @param password null for a user who has only tokens
     */
    public void add(String name, @Nullable String password, List<String> groups, Caller by) {
        add(name, password, false, groups, by);
    }

    /** Adds the account of a program, which signs in with tokens only; otherwise as {@link #add(String, String, List, Caller)}. */
    public void addService(String name, List<String> groups, Caller by) {
        add(name, null, true, groups, by);
    }

    /**
     * Adds an administrator unless there is a user of that name, whose password and groups stay as they are.
     *
     * @param password null to add none
     */
    public void addFirstAdministrator(String name, @Nullable String password, Caller by) {
        if (password == null || store.find(name).isPresent()) {
            return;
        }
        try {
            add(name, password, List.of(Caller.ADMINS), by);
            log.info("Added the administrator '{}'.", name);
        } catch (KirokuException e) {
            // Another server, which starts at the same time, may have added it.
            if (e.code() != ErrorCode.RESOURCE_ALREADY_EXISTS) {
                throw e;
            }
        }
    }

    /** Returns whether a user of this server is an administrator. */
    public boolean hasAdministrator() {
        return store.list().stream().anyMatch(user -> user.groups().contains(Caller.ADMINS));
    }

    /**
     * Adds a user whose password has been hashed already; otherwise as {@link #add(String, String, List, Caller)}. Throws
     * {@link KirokuException} with INVALID_PARAMETER_VALUE if the hash has none of the forms of bcrypt and of MLflow's users, or a cost beyond all
     * measure. The first sign-in replaces hashes that are not bcrypt's.
     */
    public void addWithPasswordHash(String name, String hash, List<String> groups, Caller by) {
        if (!PasswordHasher.isHash(hash)) {
            throw invalid(
                    "The password hash of user '%s' has no form that can be compared with a password: use scrypt:N:r:p$salt$hex or"
                            + " pbkdf2:sha256:iterations$salt$hex with the costs of Werkzeug, or bcrypt.",
                    name);
        }
        store.add(requireNew(name, groups), hash, false, groups, change(by));
    }

    /** Returns whether a text is a password hash that {@link #addWithPasswordHash} accepts. */
    public static boolean isPasswordHash(String text) {
        return PasswordHasher.isHash(text);
    }

    /** Returns whether a hash in the form of MLflow's users is that of a password. */
    public static boolean isHashOf(String password, String hash) {
        return WerkzeugHash.parse(hash).map(parsed -> parsed.matches(password)).orElse(false);
    }

    /**
     * Returns the canonical form of the name of a new user; throws {@link KirokuException} with INVALID_PARAMETER_VALUE if no user can be called
     * so.
     */
    public static String requireName(String name) {
        return requireNew(name, List.of());
    }

    private void add(String name, @Nullable String password, boolean service, List<String> groups, Caller by) {
        String canonical = requireNew(name, groups);
        store.add(canonical, password == null ? null : hashPassword(password), service, groups, change(by));
    }

    /** Returns the canonical form of the name of a new user; throws if the user or a group cannot be called so. */
    private static String requireNew(String name, List<String> groups) {
        String canonical = UserNames.canonical(name);
        checkName(canonical, "a user");
        if (UserNames.areSame(name, Caller.ANONYMOUS)) {
            throw invalid("The user name '%s' is reserved for unauthenticated callers.", name);
        }
        groups.forEach(group -> checkName(group, "a group"));
        return canonical;
    }

    /** Removes a user with its tokens and group memberships. */
    public void remove(String name, Caller by) {
        store.remove(name, change(by));
    }

    /** Returns all users, ordered by name. */
    public List<User> list() {
        return store.list();
    }

    /** Logs which users have names that differ only in case or Unicode form, and what to do. Databases of earlier versions can have such users. */
    public void warnOfAmbiguousNames() {
        for (List<String> names : store.findAmbiguousNames()) {
            log.warn(
                    "The users {} differ only in case or Unicode form: nobody can sign in as {} with a password or through a proxy's account."
                            + " Keep one of them, and remove the others with 'kiroku users remove NAME'.",
                    String.join(", ", names),
                    UserNames.canonical(names.getFirst()));
        }
    }

    /** Sets the password of a user. */
    public void setPassword(String name, String password, Caller by) {
        store.setPassword(name, hashPassword(password), change(by));
    }

    /** Returns whether a text is the password of a user. */
    public boolean isPassword(String name, String password) {
        return store.find(name)
                .map(account -> passwordHasher.verify(password, account.passwordHash()))
                .orElse(false);
    }

    /** Sets whether a user may sign in. Sessions of a disabled user end, and tokens are refused until the user is enabled. */
    public void setDisabled(String name, boolean disabled, Caller by) {
        store.setDisabled(name, disabled, change(by));
    }

    /** Adds a user to groups and removes it from others. */
    public void updateGroups(String name, List<String> join, List<String> leave, Caller by) {
        join.forEach(group -> checkName(group, "a group"));
        store.updateGroups(name, join, leave, change(by));
    }

    /**
     * A token that was just created.
     *
     * @param value the secret that clients send; it is not stored and cannot be shown again
     */
    public record NewToken(Token token, String value) {}

    /** Creates a token without restrictions; otherwise as {@link #createToken(String, String, Duration, TokenScope, Caller)}. */
    public NewToken createToken(String name, String label, @Nullable Duration lifetime, Caller by) {
        return createToken(name, label, lifetime, TokenScope.UNRESTRICTED, by);
    }

    /**
     * Creates a token.
     *
     * @param lifetime how long it is valid, or null until it is revoked
     * @param scope what it permits
     */
    public NewToken createToken(String name, String label, @Nullable Duration lifetime, TokenScope scope, Caller by) {
        if (label.length() > MAX_LABEL || label.chars().anyMatch(Character::isISOControl)) {
            throw invalid("The label of a token must have at most %d characters, none of control.", MAX_LABEL);
        }
        byte[] secret = new byte[32];
        byte[] id = new byte[6];
        random.nextBytes(secret);
        random.nextBytes(id);
        ChangeContext change = change(by);
        Token token = new Token(
                HexFormat.of().formatHex(id),
                name,
                label,
                change.timestamp(),
                lifetime == null ? null : change.timestamp() + lifetime.toMillis(),
                null,
                scope.readOnly(),
                scope.resources().stream().map(ResourceSelector::toString).toList());
        String text = CredentialVerifier.TOKEN_PREFIX + HexFormat.of().formatHex(secret);
        store.addToken(token, CredentialVerifier.hashToken(text), change);
        return new NewToken(token, text);
    }

    /**
     * Returns the tokens of a user, the newest first.
     *
     * @param name null for the tokens of all users
     */
    public List<Token> listTokens(@Nullable String name) {
        return store.listTokens(name);
    }

    /** Deletes a token. */
    public void revokeToken(String id, Caller by) {
        store.revokeToken(id, change(by));
    }

    /**
     * Returns the caller; throws {@link KirokuException} with RESOURCE_DOES_NOT_EXIST, as MLflow does without its
     * accounts, if the server has no authentication.
     */
    public UserApi.CurrentUserResponse getCurrentUser(UserApi.CurrentUserRequest request, Caller caller) {
        if (caller.isAnonymous()) {
            throw KirokuException.notFound("There is no current user: the server was started without --auth.");
        }
        var account = store.find(caller.name());
        var user = new UserApi.CurrentUser(
                account.map(UserStore.Account::key).orElse(0L),
                caller.name(),
                caller.isAdmin(),
                caller.groups().stream().sorted().toList());
        return new UserApi.CurrentUserResponse(
                user, account.map(UserStore.Account::passwordHash).isPresent());
    }

    /** Returns the caller, or a response without user if the server has no authentication. */
    public UserApi.CurrentUserResponse findCurrentUser(UserApi.CurrentUserRequest request, Caller caller) {
        return caller.isAnonymous() ? new UserApi.CurrentUserResponse(null, null) : getCurrentUser(request, caller);
    }

    private ChangeContext change(Caller by) {
        return new ChangeContext(by, clock.millis());
    }

    private String hashPassword(String password) {
        if (password.length() < MIN_PASSWORD || password.length() > MAX_PASSWORD) {
            throw invalid("A password must have %d to %d characters.", MIN_PASSWORD, MAX_PASSWORD);
        }
        return passwordHasher.hash(password);
    }

    /** Throws with INVALID_PARAMETER_VALUE unless a text can name a user or a group. */
    static void checkName(String name, String what) {
        if (!NAME.matcher(name).matches()) {
            throw invalid(
                    "The name of %s must have at most 128 letters, digits or the characters . _ @ + - and start with a letter or digit.",
                    what);
        }
    }
}
