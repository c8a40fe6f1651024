package dev.kiroku.core.users;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Finds out whether somebody is who they say. The store is asked each time, so that what was revoked is refused at once by every server
 * on the database; only that a password fits its hash, which is slow to find out, is remembered for a while, by a keyed hash of both.
 */
public final class CredentialVerifier {
    static final String TOKEN_PREFIX = "kiroku_";

    private static final Duration VERIFIED_TTL = Duration.ofMinutes(5);
    private static final Duration ATTEMPT_WINDOW = Duration.ofMinutes(5);
    private static final int MAX_VERIFIED = 10_000;
    private static final int MAX_ATTEMPT_COUNTERS = 100_000;
    private static final int MAX_ATTEMPTS_PER_NAME_AND_ADDRESS = 10;
    private static final int MAX_ATTEMPTS_PER_ADDRESS = 100;
    private static final int MAX_ATTEMPTS_PER_NAME = 200;

    private final UserStore store;
    private final InstantSource clock;
    private final PasswordHasher passwordHasher;
    private final SecretKeySpec key;
    private final Cache<ByteBuffer, Boolean> verifiedPasswords;
    private final Cache<String, Integer> failedAttempts;
    private final ReentrantLock[] locks =
            Stream.generate(ReentrantLock::new).limit(64).toArray(ReentrantLock[]::new);

    public CredentialVerifier(UserStore store, SecureRandom random, InstantSource clock) {
        this.store = store;
        this.clock = clock;
        this.passwordHasher = new PasswordHasher(random);
        byte[] secret = new byte[32];
        random.nextBytes(secret);
        this.key = new SecretKeySpec(secret, "HmacSHA256");
        Ticker ticker = () -> Duration.ofMillis(clock.millis()).toNanos();
        this.verifiedPasswords = Caffeine.newBuilder()
                .ticker(ticker)
                .expireAfterWrite(VERIFIED_TTL)
                .maximumSize(MAX_VERIFIED)
                .build();
        this.failedAttempts = Caffeine.newBuilder()
                .ticker(ticker)
                .expireAfterWrite(ATTEMPT_WINDOW)
                .maximumSize(MAX_ATTEMPT_COUNTERS)
                .build();
    }

    /**
     * A name and a password, or a name and one of its tokens in place of the password.
     *
     * @param from the address the request came from: guesses are counted by it
     * @throws KirokuException UNAUTHENTICATED when they do not fit, REQUEST_LIMIT_EXCEEDED after too many guesses
     */
    public Identity authenticatePassword(String name, String password, String from) {
        if (password.startsWith(TOKEN_PREFIX)) {
            Identity holder = authenticateToken(password);
            if (!holder.name().equals(name)) {
                throw unauthenticated();
            }
            return holder;
        }
        UserStore.Account account = store.find(name).orElse(null);
        String hash = account == null ? null : account.passwordHash();
        if (hash != null && verifiedPasswords.getIfPresent(cacheKey(name, hash, password)) != null) {
            return toIdentity(account);
        }
        // One at a time for each name and address: a crowd of workers that starts at once costs one slow hash, and is
        // no guessing.
        ReentrantLock lock = locks[Math.floorMod((name + " " + from).hashCode(), locks.length)];
        lock.lock();
        try {
            if (hash != null && verifiedPasswords.getIfPresent(cacheKey(name, hash, password)) != null) {
                return toIdentity(account);
            }
            String both = "both " + from + " " + name;
            Map<String, Integer> limits = Map.of(
                    both,
                    MAX_ATTEMPTS_PER_NAME_AND_ADDRESS,
                    "address " + from,
                    MAX_ATTEMPTS_PER_ADDRESS,
                    "name " + name,
                    MAX_ATTEMPTS_PER_NAME);
            limits.forEach(this::checkAttempts);
            // Counted beforehand, so that guesses at the same time are not more than the limit either.
            limits.keySet().forEach(what -> failedAttempts.asMap().merge(what, 1, Integer::sum));
            if (!passwordHasher.verify(password, hash)) {
                throw unauthenticated();
            }
            limits.keySet()
                    .forEach(what ->
                            failedAttempts.asMap().computeIfPresent(what, (k, count) -> count > 1 ? count - 1 : null));
            failedAttempts.invalidate(both);
            verifiedPasswords.put(cacheKey(name, hash, password), true);
            return toIdentity(account);
        } finally {
            lock.unlock();
        }
    }

    /** A token alone. @throws KirokuException UNAUTHENTICATED when nobody has it (any more) */
    public Identity authenticateToken(String text) {
        return store.findByToken(hashToken(text), clock.millis())
                .map(CredentialVerifier::toIdentity)
                .orElseThrow(CredentialVerifier::unauthenticated);
    }

    /** Somebody whom a proxy vouches for: known here or not. @param groups what the proxy says of them, beside what is known here */
    public Identity resolveProxyUser(String name, Set<String> groups) {
        Set<String> all = new HashSet<>(groups);
        store.find(name).ifPresent(account -> all.addAll(account.groups()));
        return new Identity(name, all);
    }

    /** Tokens are random enough for a fast hash. */
    static byte[] hashToken(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void checkAttempts(String what, int limit) {
        if (failedAttempts.asMap().getOrDefault(what, 0) >= limit) {
            throw new KirokuException(
                    ErrorCode.REQUEST_LIMIT_EXCEEDED,
                    "Too many attempts to sign in with a wrong password. Wait " + ATTEMPT_WINDOW.toMinutes()
                            + " minutes and try again.");
        }
    }

    /** Proves that this password was seen to fit this hash. Whoever reads the memory of the process finds no password in the cache. */
    private ByteBuffer cacheKey(String name, String hash, String password) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            for (String part : new String[] {name, hash, password}) {
                byte[] bytes = part.getBytes(UTF_8);
                mac.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
                mac.update(bytes);
            }
            return ByteBuffer.wrap(mac.doFinal());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Identity toIdentity(UserStore.Account account) {
        return new Identity(account.name(), Set.copyOf(account.groups()));
    }

    private static KirokuException unauthenticated() {
        return new KirokuException(
                ErrorCode.UNAUTHENTICATED, "The user name and password, or the token, are not right.");
    }
}
