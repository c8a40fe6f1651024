package dev.kiroku.core.users;

import dev.kiroku.model.users.LoginApi.LoginStatus;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stores sign-ins of programs until their users have decided and the programs have asked for the result. */
public interface DeviceLoginStore {
    /** The result of a sign-in. @param user null unless approved */
    record LoginResult(LoginStatus status, @Nullable String user) {}

    /**
     * Adds a sign-in, and deletes those that have expired; throws {@link dev.kiroku.model.KirokuException} with REQUEST_LIMIT_EXCEEDED if too
     * many are pending.
     *
     * @param deviceHash the hash of the program's secret
     * @param client what the program says about itself
     * @param expiry milliseconds since 1970
     */
    void add(byte[] deviceHash, String userCode, String client, long expiry, long now);

    /** Returns what the program of a pending sign-in says about itself. */
    Optional<String> findClient(String userCode, long now);

    /**
     * Stores what the user has decided, and returns whether the sign-in was pending.
     *
     * @param approvingSession the hash of the secret of the user's session; null to deny
     */
    boolean decide(String userCode, byte @Nullable [] approvingSession, long now);

    /**
     * Returns the result. If the sign-in was approved, and the session of the approval has not ended, deletes it and starts a session of the same
     * user.
     *
     * @param sessionHash the hash of the secret of the new session
     * @param expiry the end of the new session
     * @param requestId the ID of the program's request, for the audit log
     */
    LoginResult finish(byte[] deviceHash, byte[] sessionHash, long expiry, String requestId, long now);
}
