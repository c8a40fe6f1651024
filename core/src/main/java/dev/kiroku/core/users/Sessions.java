package dev.kiroku.core.users;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Sessions of users who signed in. The client keeps a random secret, the database its hash; so all servers on the database know a session, and
 * its end takes effect at once. Thread-safe.
 */
public final class Sessions {
    /** The start of the secret of each session. */
    public static final String SECRET_PREFIX = "kirokus_";

    private static final int SECRET_BYTES = 32;
    private static final int ID_BYTES = 6;

    private final SessionStore store;
    private final CredentialVerifier credentials;
    private final SecureRandom random;
    private final InstantSource clock;
    private final Duration lifetime;

    /**
     * Creates the operations on one store.
     *
     * @param random the source of secrets
     * @param lifetime how long a session lasts
     */
    public Sessions(
            SessionStore store,
            CredentialVerifier credentials,
            SecureRandom random,
            InstantSource clock,
            Duration lifetime) {
        this.store = store;
        this.credentials = credentials;
        this.random = random;
        this.clock = clock;
        this.lifetime = lifetime;
    }

    /** Returns how long a session lasts. */
    public Duration lifetime() {
        return lifetime;
    }

    /**
     * Starts a session of a user with a password and returns its secret.
     *
     * @param address the address of the client, by which failed attempts are counted
     * @throws KirokuException with UNAUTHENTICATED if they do not match, with REQUEST_LIMIT_EXCEEDED after too many failed attempts
     */
    public String startWithPassword(String name, String password, String address, String requestId) {
        if (password.startsWith(CredentialVerifier.TOKEN_PREFIX)) {
            throw CredentialVerifier.unauthenticated(); // a session would outlive the token
        }
        Identity user = credentials.authenticatePassword(name, password, address);
        String secret = createSecret();
        ChangeContext change = change(user, requestId);
        store.addForAccount(hash(secret), user.name(), expiry(change), change);
        return secret;
    }

    /**
     * Starts a session of a user whom a service has authenticated and returns its secret.
     *
     * @throws KirokuException with UNAUTHENTICATED if the account is disabled
     */
    public String startFor(Identity user, String requestId) {
        credentials.resolveExternalUser(user.name(), user.groups());
        String secret = createSecret();
        ChangeContext change = change(user, requestId);
        store.addForService(hash(secret), user, expiry(change), change);
        return secret;
    }

    /** Returns the user of a session with its present groups; empty if there is no such session, or it has ended. */
    public Optional<Identity> find(String secret) {
        if (!secret.startsWith(SECRET_PREFIX)) {
            return Optional.empty();
        }
        byte[] hash = hash(secret);
        return store.find(hash, clock.millis())
                .flatMap(session -> credentials.findExternalUser(session.user(), session.groups()))
                .map(user -> user.inSession(id(hash)));
    }

    /** Ends a session. Does nothing if there is no such session. */
    public void end(String secret, String requestId) {
        find(secret).ifPresent(user -> store.remove(hash(secret), change(user, requestId)));
    }

    /** Returns what names the session of a hash; it is not secret. */
    public static String id(byte[] hash) {
        return HexFormat.of().formatHex(hash, 0, ID_BYTES);
    }

    /** Returns a new secret. */
    String createSecret() {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return SECRET_PREFIX + HexFormat.of().formatHex(secret);
    }

    private static byte[] hash(String secret) {
        return CredentialVerifier.hashToken(secret);
    }

    private long expiry(ChangeContext change) {
        return change.timestamp() + lifetime.toMillis();
    }

    private ChangeContext change(Identity user, String requestId) {
        return new ChangeContext(new Caller(user.name(), user.groups(), requestId), clock.millis());
    }
}
