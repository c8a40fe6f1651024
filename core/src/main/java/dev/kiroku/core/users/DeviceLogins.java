package dev.kiroku.core.users;

import dev.kiroku.core.users.DeviceLoginStore.LoginResult;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.users.LoginApi;
import dev.kiroku.model.users.LoginApi.LoginStatus;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Signs programs in whose users approve in a browser that is signed in. The program gets a session of its own. Thread-safe. */
public final class DeviceLogins {
    private static final Duration LIFETIME = Duration.ofMinutes(10);
    private static final long POLL_INTERVAL_SECONDS = 2;
    private static final int MAX_CLIENT_LENGTH = 100;
    private static final int SECRET_BYTES = 32;
    /** Letters that make no words and that nobody takes for digits. */
    private static final String CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ";

    private static final int CODE_LENGTH = 8;

    private final DeviceLoginStore store;
    private final Sessions sessions;
    private final SecureRandom random;
    private final InstantSource clock;

    /**
     * Creates the operations on one store.
     *
     * @param sessions the sessions of the users who approve
     */
    public DeviceLogins(DeviceLoginStore store, Sessions sessions, SecureRandom random, InstantSource clock) {
        this.store = store;
        this.sessions = sessions;
        this.random = random;
        this.clock = clock;
    }

    /** Starts the sign-in of a program. */
    public LoginApi.StartLoginResponse start(LoginApi.StartLoginRequest request, Caller caller) {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        String deviceCode = HexFormat.of().formatHex(secret);
        StringBuilder code = new StringBuilder();
        for (int i = 0; i < CODE_LENGTH; i++) {
            code.append(i == CODE_LENGTH / 2 ? "-" : "")
                    .append(CODE_LETTERS.charAt(random.nextInt(CODE_LETTERS.length())));
        }
        long now = clock.millis();
        store.add(
                CredentialVerifier.hashToken(deviceCode),
                code.toString(),
                clientName(request.client()),
                now + LIFETIME.toMillis(),
                now);
        return new LoginApi.StartLoginResponse(
                deviceCode, code.toString(), LIFETIME.toSeconds(), POLL_INTERVAL_SECONDS);
    }

    private static String clientName(@Nullable String client) {
        String plain =
                client == null ? "" : client.replaceAll("\\p{Cntrl}", " ").strip();
        return plain.substring(0, Math.min(plain.length(), MAX_CLIENT_LENGTH));
    }

    /** Returns the result of a sign-in, with a new session if the user has approved it. */
    public LoginApi.PollLoginResponse poll(LoginApi.PollLoginRequest request, Caller caller) {
        String secret = sessions.createSecret();
        long now = clock.millis();
        long expiry = now + sessions.lifetime().toMillis();
        LoginResult result = store.finish(
                CredentialVerifier.hashToken(request.deviceCode()),
                CredentialVerifier.hashToken(secret),
                expiry,
                caller.requestId(),
                now);
        return result.status() == LoginStatus.APPROVED
                ? new LoginApi.PollLoginResponse(LoginStatus.APPROVED, secret, result.user(), expiry)
                : new LoginApi.PollLoginResponse(result.status(), null, null, null);
    }

    /** Ends the session of a program. */
    public Empty end(LoginApi.EndLoginRequest request, Caller caller) {
        sessions.end(request.token(), caller.requestId());
        return new Empty();
    }

    /** Returns the code as it is stored, from what a user has typed. */
    public static String normalize(String userCode) {
        String letters = userCode.toUpperCase(Locale.ROOT).replaceAll("[^A-Z]", "");
        return letters.length() == CODE_LENGTH
                ? letters.substring(0, CODE_LENGTH / 2) + "-" + letters.substring(CODE_LENGTH / 2)
                : letters;
    }

    /** Returns what the program of a pending sign-in says about itself; empty if there is no such sign-in. */
    public Optional<String> findClient(String userCode) {
        return store.findClient(normalize(userCode), clock.millis());
    }

    /** Approves a sign-in on behalf of the user of a session, and returns whether it was pending. */
    public boolean approve(String userCode, String sessionSecret) {
        return store.decide(normalize(userCode), CredentialVerifier.hashToken(sessionSecret), clock.millis());
    }

    /** Denies a sign-in, and returns whether it was pending. */
    public boolean deny(String userCode) {
        return store.decide(normalize(userCode), null, clock.millis());
    }
}
