package dev.kiroku.core.users;

import dev.kiroku.core.access.EffectiveGrants;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.model.users.Token;
import dev.kiroku.model.users.User;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stores users, their groups, and the hashes of their passwords and tokens. Methods that require a user or token throw
 * {@link dev.kiroku.model.KirokuException} with RESOURCE_DOES_NOT_EXIST if there is none. Each change appends an audit
 * log entry, without credentials, in its transaction.
 */
public interface UserStore {
    /**
     * A user with what authentication needs.
     *
     * @param key identifies the user; not reused after deletion
     * @param passwordHash null for a user who has only tokens
     * @param disabled whether the user may not sign in
     */
    record Account(long key, String name, @Nullable String passwordHash, boolean disabled, List<String> groups) {}

    /**
     * What a sign-in needs to know.
     *
     * @param account empty for a user whom only the proxy or the identity provider knows
     * @param grants the grants of the user and of all groups of the user
     * @param token the token that was used; null for none
     */
    record SignIn(
            Optional<Account> account,
            EffectiveGrants grants,
            @Nullable Token token) {}

    /**
     * Adds a user; throws {@link dev.kiroku.model.KirokuException} with RESOURCE_ALREADY_EXISTS if there is a user
     * whose name has the same {@linkplain UserNames canonical form}.
     *
     * @param service whether it is the account of a program
     */
    void add(String name, @Nullable String passwordHash, boolean service, List<String> groups, ChangeContext change);

    /** Removes a user with its tokens and group memberships. */
    void remove(String name, ChangeContext change);

    /**
     * Returns the user whose name has the same {@linkplain UserNames canonical form}. Databases of earlier versions can have several: then the one
     * with exactly this name, but none for the canonical form itself.
     */
    Optional<Account> find(String name);

    /** Returns the names of users that have the same canonical form: a list for each form that several have. */
    List<List<String>> findAmbiguousNames();

    /**
     * Returns the account and the grants of a user. One statement if nothing changed since the last call for the user.
     *
     * @param moreGroups groups of the user beside those of the account, as a proxy or an identity provider states them
     */
    SignIn signIn(String name, Set<String> moreGroups);

    /** Returns the names of the accounts in a group, in order. */
    List<String> listMembers(String group);

    /** Returns all users, ordered by name. */
    List<User> list();

    /** Replaces the password hash of a user. */
    void setPassword(String name, String passwordHash, ChangeContext change);

    /**
     * Replaces the password hash of a user by another hash of the same password. Sessions stay, and the audit log has no entry.
     *
     * @param key of the account
     * @param expected the hash that is replaced
     * @return whether the user has that hash
     */
    boolean replacePasswordHash(long key, String expected, String passwordHash);

    /** Sets whether a user may sign in. Ends the sessions of a user who may not any more. */
    void setDisabled(String name, boolean disabled, ChangeContext change);

    /** Adds a user to groups and removes it from others. */
    void updateGroups(String name, List<String> join, List<String> leave, ChangeContext change);

    /**
     * Adds a token.
     *
     * @param hash the SHA-256 hash of the secret
     */
    void addToken(Token token, byte[] hash, ChangeContext change);

    /**
     * Returns the account and the grants of the owner of a token that has not expired, unless the account is disabled, without the restrictions of the token. One statement
     * if nothing changed since the last call for the user.
     *
     * @param now milliseconds since 1970
     */
    Optional<SignIn> signInByToken(byte[] hash, long now);

    /** Records the time of the last use of a token; does nothing if there is no such token. */
    void setLastUsed(String tokenId, long now);

    /** Returns the tokens of a user, or all tokens for null, the newest first. */
    List<Token> listTokens(@Nullable String name);

    /** Deletes a token. */
    void revokeToken(String id, ChangeContext change);
}
