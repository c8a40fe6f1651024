package dev.kiroku.core.users;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.model.users.Token;
import dev.kiroku.model.users.User;
import java.util.List;
import java.util.Optional;

/**
 * Where users, their groups and the hashes of their passwords and tokens are kept. A user or token that is not there is
 * RESOURCE_DOES_NOT_EXIST. What changes something is in the audit log from the same moment on, without anything that lets somebody in.
 */
public interface UserStore {
    /**
     * What a sign-in needs to know.
     *
     * @param key a number of the user's own, never given twice
     * @param passwordHash null for one who only has tokens
     */
    record Account(long key, String name, String passwordHash, List<String> groups) {}

    /** RESOURCE_ALREADY_EXISTS when the name is taken. */
    void add(String name, String passwordHash, List<String> groups, ChangeContext change);

    /** Removes the user with tokens and memberships. */
    void remove(String name, ChangeContext change);

    Optional<Account> find(String name);

    /** All, by name. */
    List<User> list();

    void setPassword(String name, String passwordHash, ChangeContext change);

    void updateGroups(String name, List<String> join, List<String> leave, ChangeContext change);

    void addToken(Token token, byte[] hash, ChangeContext change);

    /** Whose token this is the hash of, unless it has expired. */
    Optional<Account> findByToken(byte[] hash, long now);

    /** The tokens of a user, or all for null; the newest first. */
    List<Token> listTokens(String name);

    void revokeToken(String id, ChangeContext change);
}
