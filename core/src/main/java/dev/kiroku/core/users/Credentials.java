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
public final class Credentials {
    static final String TOKEN_PREFIX = "kiroku_";

    private static final Duration REMEMBERED = Duration.ofMinutes(5);
    private static final Duration WINDOW = Duration.ofMinutes(5);
    private static final int MAX_REMEMBERED = 10_000;
    private static final int MAX_COUNTED = 100_000;
    private static final int GUESSES_OF_ONE_NAME_FROM_ONE_ADDRESS = 10;
    private static final int GUESSES_FROM_ONE_ADDRESS = 100;
    private static final int GUESSES_OF_ONE_NAME = 200;

    private final UserStore store;
    private final InstantSource clock;
    private final Passwords passwords;
    private final SecretKeySpec key;
    private final Cache<ByteBuffer, Boolean> remembered;
    private final Cache<String, Integer> guesses;
    private final ReentrantLock[] locks =
            Stream.generate(ReentrantLock::new).limit(64).toArray(ReentrantLock[]::new);

    public Credentials(UserStore store, SecureRandom random, InstantSource clock) {
        this.store = store;
        this.clock = clock;
        this.passwords = new Passwords(random);
        byte[] secret = new byte[32];
        random.nextBytes(secret);
        this.key = new SecretKeySpec(secret, "HmacSHA256");
        Ticker ticker = () -> Duration.ofMillis(clock.millis()).toNanos();
        this.remembered = Caffeine.newBuilder()
                .ticker(ticker)
                .expireAfterWrite(REMEMBERED)
                .maximumSize(MAX_REMEMBERED)
                .build();
        this.guesses = Caffeine.newBuilder()
                .ticker(ticker)
                .expireAfterWrite(WINDOW)
                .maximumSize(MAX_COUNTED)
                .build();
    }

    /**
     * A name and a password, or a name and one of its tokens in place of the password.
     *
     * @param from the address the request came from: guesses are counted by it
     * @throws KirokuException UNAUTHENTICATED when they do not fit, REQUEST_LIMIT_EXCEEDED after too many guesses
     */
    public Identity password(String name, String password, String from) {
        if (password.startsWith(TOKEN_PREFIX)) {
            Identity holder = token(password);
            if (!holder.name().equals(name)) {
                throw refusal();
            }
            return holder;
        }
        UserStore.Account account = store.find(name).orElse(null);
        String hash = account == null ? null : account.passwordHash();
        if (hash != null && remembered.getIfPresent(proof(name, hash, password)) != null) {
            return identity(account);
        }
        // One at a time for each name and address: a crowd of workers that starts at once costs one slow hash, and is
        // no guessing.
        ReentrantLock lock = locks[Math.floorMod((name + " " + from).hashCode(), locks.length)];
        lock.lock();
        try {
            if (hash != null && remembered.getIfPresent(proof(name, hash, password)) != null) {
                return identity(account);
            }
            String both = "both " + from + " " + name;
            Map<String, Integer> limits = Map.of(
                    both,
                    GUESSES_OF_ONE_NAME_FROM_ONE_ADDRESS,
                    "address " + from,
                    GUESSES_FROM_ONE_ADDRESS,
                    "name " + name,
                    GUESSES_OF_ONE_NAME);
            limits.forEach(this::requireLess);
            // Counted beforehand, so that guesses at the same time are not more than the limit either.
            limits.keySet().forEach(what -> guesses.asMap().merge(what, 1, Integer::sum));
            if (!passwords.verify(password, hash)) {
                throw refusal();
            }
            limits.keySet()
                    .forEach(
                            what -> guesses.asMap().computeIfPresent(what, (k, count) -> count > 1 ? count - 1 : null));
            guesses.invalidate(both);
            remembered.put(proof(name, hash, password), true);
            return identity(account);
        } finally {
            lock.unlock();
        }
    }

    /** A token alone. @throws KirokuException UNAUTHENTICATED when nobody has it (any more) */
    public Identity token(String text) {
        return store.byToken(hashOf(text), clock.millis())
                .map(Credentials::identity)
                .orElseThrow(Credentials::refusal);
    }

    /** Somebody whom a proxy vouches for: known here or not. @param groups what the proxy says of them, beside what is known here */
    public Identity vouchedFor(String name, Set<String> groups) {
        Set<String> all = new HashSet<>(groups);
        store.find(name).ifPresent(account -> all.addAll(account.groups()));
        return new Identity(name, all);
    }

    /** Tokens are random enough for a fast hash. */
    static byte[] hashOf(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void requireLess(String what, int limit) {
        if (guesses.asMap().getOrDefault(what, 0) >= limit) {
            throw new KirokuException(
                    ErrorCode.REQUEST_LIMIT_EXCEEDED,
                    "Too many attempts to sign in with a wrong password. Wait " + WINDOW.toMinutes()
                            + " minutes and try again.");
        }
    }

    /** Proves that this password was seen to fit this hash. Whoever reads the memory of the process finds no password in the cache. */
    private ByteBuffer proof(String name, String hash, String password) {
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

    private static Identity identity(UserStore.Account account) {
        return new Identity(account.name(), Set.copyOf(account.groups()));
    }

    private static KirokuException refusal() {
        return new KirokuException(
                ErrorCode.UNAUTHENTICATED, "The user name and password, or the token, are not right.");
    }
}
