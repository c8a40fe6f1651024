package dev.kiroku.core.users;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.concurrent.Semaphore;

/** Slow hashes of passwords (bcrypt; longer passwords than it takes are first hashed with SHA-512, never cut off). */
final class PasswordHasher {
    /** About a quarter of a second on a processor of 2026. */
    private static final int COST = 12;

    private static final BCrypt.Version VERSION = BCrypt.Version.VERSION_2A;

    private final SecureRandom random;
    /** What is compared with when there is no such user, so that the answer takes as long. */
    private final String dummyHash;
    /** Guessing must not take every processor from those who work. */
    private final Semaphore permits =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));

    PasswordHasher(SecureRandom random) {
        this.random = random;
        // A hash of what is in nobody's keyboard: 16 random bytes of salt and 23 of hash, in bcrypt's own alphabet.
        this.dummyHash = "$2a$" + COST + "$" + randomLetters(53);
    }

    private String randomLetters(int count) {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        return random.ints(count, 0, alphabet.length())
                .mapToObj(i -> String.valueOf(alphabet.charAt(i)))
                .reduce("", String::concat);
    }

    String hash(String password) {
        return BCrypt.with(VERSION, random, LongPasswordStrategies.hashSha512(VERSION))
                .hashToString(COST, password.toCharArray());
    }

    /** @param hash null when there is none to compare with: takes as long, and is false */
    boolean verify(String password, String hash) {
        permits.acquireUninterruptibly();
        try {
            boolean right = BCrypt.verifyer(VERSION, LongPasswordStrategies.hashSha512(VERSION))
                    .verify(
                            password.getBytes(StandardCharsets.UTF_8),
                            (hash == null ? dummyHash : hash).getBytes(StandardCharsets.US_ASCII))
                    .verified;
            return right && hash != null;
        } finally {
            permits.release();
        }
    }
}
