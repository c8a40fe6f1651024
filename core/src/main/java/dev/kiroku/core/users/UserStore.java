package dev.kiroku.core.users;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.model.users.Token;
import dev.kiroku.model.users.User;
import java.util.List;
import java.util.Optional;
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
     */
    record Account(long key, String name, @Nullable String passwordHash, List<String> groups) {}

    /**
     * Adds a user; throws {@link dev.kiroku.model.KirokuException} with RESOURCE_ALREADY_EXISTS if there is a user
     * whose name has the same {@linkplain UserNames canonical form}.
     */
    void add(String name, @Nullable String passwordHash, List<String> groups, ChangeContext change);

    /** Removes a user with its tokens and group memberships. */
    void remove(String name, ChangeContext change);

    /**
     * Returns the user whose name has the same {@linkplain UserNames canonical form}. Databases of earlier versions can have several: then the one
     * with exactly this name, but none for the canonical form itself.
     */
    Optional<Account> find(String name);

    /** Returns the names of users that have the same canonical form: a list for each form that several have. */
    List<List<String>> findAmbiguousNames();

    /** Returns all users, ordered by name. */
    List<User> list();

    /** Replaces the password hash of a user. */
    void setPassword(String name, String passwordHash, ChangeContext change);

    /** Adds a user to groups and removes it from others. */
    void updateGroups(String name, List<String> join, List<String> leave, ChangeContext change);

    /**
     * Adds a token.
     *
     * @param hash the SHA-256 hash of the secret
     */
    void addToken(Token token, byte[] hash, ChangeContext change);

    /**
     * Returns the owner of a token that has not expired.
     *
     * @param now milliseconds since 1970
     */
    Optional<Account> findByToken(byte[] hash, long now);

    /** Returns the tokens of a user, or all tokens for null, the newest first. */
    List<Token> listTokens(@Nullable String name);

    /** Deletes a token. */
    void revokeToken(String id, ChangeContext change);
}
