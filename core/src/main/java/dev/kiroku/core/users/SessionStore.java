package dev.kiroku.core.users;

import dev.kiroku.core.audit.ChangeContext;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stores sessions by the hashes of their secrets. Removing a user or replacing its password ends the sessions that began with that password.
 * The audit log has an entry for each start and end, except for expiry.
 */
public interface SessionStore {
    /**
     * A session as it is stored.
     *
     * @param user the name of the user
     * @param groups the groups that the service that authenticated the user named
     * @param account the account whose password the user gave, as it is now; null if a service authenticated the user
     */
    record Session(String user, Set<String> groups, UserStore.@Nullable Account account) {}

    /**
     * Adds a session of a user who gave the password of an account; deletes sessions that have expired. Throws
     * {@link dev.kiroku.model.KirokuException} with RESOURCE_DOES_NOT_EXIST if there is no such account.
     *
     * @param expiry milliseconds since 1970
     */
    void addForAccount(byte[] hash, String user, long expiry, ChangeContext change);

    /** Adds a session of a user whom a service authenticated; deletes sessions that have expired. */
    void addForService(byte[] hash, Identity user, long expiry, ChangeContext change);

    /**
     * Returns a session that has not expired.
     *
     * @param now milliseconds since 1970
     */
    Optional<Session> find(byte[] hash, long now);

    /** Deletes a session; does nothing if there is none. */
    void remove(byte[] hash, ChangeContext change);

    /** Returns the sessions of a user, whose name may be spelt in any way, that have not expired; the newest first. */
    List<dev.kiroku.model.users.Session> list(String user, long now);

    /**
     * Deletes a session of a user and returns whether there was one.
     *
     * @param id as {@link #list} returns it
     */
    boolean remove(String user, String id, ChangeContext change);

    /** Deletes all sessions of a user, whose name may be spelt in any way, and returns how many there were. */
    int removeAll(String user, ChangeContext change);
}
