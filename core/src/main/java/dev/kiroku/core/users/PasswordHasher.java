package dev.kiroku.core.users;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Hashes passwords with bcrypt. Passwords longer than bcrypt's limit of 72 bytes are hashed with SHA-512 first, not
 * truncated. Also compares passwords with hashes of users who come from MLflow. Thread-safe.
 */
final class PasswordHasher {
    /** About 250 ms on a CPU of 2026. */
    private static final int COST = 12;

    private static final Pattern BCRYPT = Pattern.compile("\\$2a\\$(0[4-9]|1[0-2])\\$[./A-Za-z0-9]{53}");

    private static final BCrypt.Version VERSION = BCrypt.Version.VERSION_2A;

    private final SecureRandom random;
    /** Compared with if there is no such user, so that the response takes the same time. */
    private final String dummyHash;
    /** Limits concurrent hashing, so that password guessing cannot use all CPUs. */
    private final Semaphore permits =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));

    PasswordHasher(SecureRandom random) {
        this.random = random;
        // The hash of no known password: 16 bytes of salt and 23 bytes of hash, all random, in bcrypt's alphabet.
        this.dummyHash = "$2a$" + COST + "$" + randomLetters(53);
    }

    private String randomLetters(int count) {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        return random.ints(count, 0, alphabet.length())
                .mapToObj(i -> String.valueOf(alphabet.charAt(i)))
                .reduce("", String::concat);
    }

    /** Returns the bcrypt hash of a password. */
    String hash(String password) {
        return BCrypt.with(VERSION, random, LongPasswordStrategies.hashSha512(VERSION))
                .hashToString(COST, password.toCharArray());
    }

    /** Returns whether a text is a hash that passwords can be compared with: one of bcrypt with the cost of this class at most, or of Werkzeug. */
    static boolean isHash(String text) {
        return BCRYPT.matcher(text).matches() || WerkzeugHash.parse(text).isPresent();
    }

    /** Returns whether a hash is of another form than {@link #hash} makes. */
    static boolean isImported(String hash) {
        return !BCRYPT.matcher(hash).matches();
    }

    /**
     * Returns whether a password matches a hash.
     *
     * @param hash null if there is none: takes the same time, and returns false
     */
    boolean verify(String password, @Nullable String hash) {
        permits.acquireUninterruptibly();
        try {
            Optional<WerkzeugHash> imported = hash == null ? Optional.empty() : WerkzeugHash.parse(hash);
            if (imported.isPresent()) {
                return imported.get().matches(password);
            }
            boolean matches = BCrypt.verifyer(VERSION, LongPasswordStrategies.hashSha512(VERSION))
                    .verify(
                            password.getBytes(StandardCharsets.UTF_8),
                            (hash == null ? dummyHash : hash).getBytes(StandardCharsets.US_ASCII))
                    .verified;
            return matches && hash != null;
        } finally {
            permits.release();
        }
    }
}
