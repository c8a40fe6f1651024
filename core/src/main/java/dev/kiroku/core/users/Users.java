package dev.kiroku.core.users;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.model.KirokuException;
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

/** Who may sign in: users, their groups, passwords and tokens. Whoever changes something is named in the audit log. */
public final class Users {
    private static final int MIN_PASSWORD = 8;
    private static final int MAX_PASSWORD = 1024;
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}._@+-]{0,127}");

    private final UserStore store;
    private final SecureRandom random;
    private final PasswordHasher passwordHasher;
    private final InstantSource clock;

    public Users(UserStore store, SecureRandom random, InstantSource clock) {
        this.store = store;
        this.random = random;
        this.passwordHasher = new PasswordHasher(random);
        this.clock = clock;
    }

    /** @param password null for one who only gets tokens */
    public void add(String name, String password, List<String> groups, Caller by) {
        checkName(name, "a user");
        if (name.equalsIgnoreCase(Caller.ANONYMOUS)) {
            throw invalid("'%s' is what callers without a name are called.", name);
        }
        groups.forEach(group -> checkName(group, "a group"));
        store.add(name, password == null ? null : hashPassword(password), groups, change(by));
    }

    public void remove(String name, Caller by) {
        store.remove(name, change(by));
    }

    public List<User> list() {
        return store.list();
    }

    public void setPassword(String name, String password, Caller by) {
        store.setPassword(name, hashPassword(password), change(by));
    }

    public void updateGroups(String name, List<String> join, List<String> leave, Caller by) {
        join.forEach(group -> checkName(group, "a group"));
        store.updateGroups(name, join, leave, change(by));
    }

    /** @param text what the holder sends; it is not kept, and cannot be shown again */
    public record NewToken(Token token, String value) {}

    /** @param life how long it is good for, or null for until it is revoked */
    public NewToken createToken(String name, String label, Duration life, Caller by) {
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
                life == null ? null : change.timestamp() + life.toMillis());
        String text = CredentialVerifier.TOKEN_PREFIX + HexFormat.of().formatHex(secret);
        store.addToken(token, CredentialVerifier.hashToken(text), change);
        return new NewToken(token, text);
    }

    /** @param name null for everybody's */
    public List<Token> listTokens(String name) {
        return store.listTokens(name);
    }

    public void revokeToken(String id, Caller by) {
        store.revokeToken(id, change(by));
    }

    /** What somebody who has signed in is known as. Where nobody does, there is no such thing, as in MLflow without its accounts. */
    public UserApi.CurrentUserResponse getCurrentUser(UserApi.CurrentUserRequest request, Caller caller) {
        if (caller.isAnonymous()) {
            throw KirokuException.notFound("Nobody signs in at this server: it was started without --auth.");
        }
        var account = store.find(caller.name());
        var me = new UserApi.CurrentUser(
                account.map(UserStore.Account::key).orElse(0L),
                caller.name(),
                caller.isAdmin(),
                caller.groups().stream().sorted().toList());
        return new UserApi.CurrentUserResponse(
                me, account.map(UserStore.Account::passwordHash).isPresent());
    }

    /** The same, and nobody where nobody signs in. */
    public UserApi.CurrentUserResponse findCurrentUser(UserApi.CurrentUserRequest request, Caller caller) {
        return caller.isAnonymous() ? new UserApi.CurrentUserResponse(null, null) : getCurrentUser(request, caller);
    }

    private ChangeContext change(Caller by) {
        return new ChangeContext(by, clock.millis());
    }

    private String hashPassword(String password) {
        if (password.length() < MIN_PASSWORD || password.length() > MAX_PASSWORD) {
            throw invalid("A password has %d to %d characters.", MIN_PASSWORD, MAX_PASSWORD);
        }
        return passwordHasher.hash(password);
    }

    private static void checkName(String name, String what) {
        if (!NAME.matcher(name).matches()) {
            throw invalid(
                    "The name of %s has at most 128 letters, digits or . _ @ + - and begins with a letter or a digit.",
                    what);
        }
    }
}
