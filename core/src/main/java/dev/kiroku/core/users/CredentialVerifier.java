package dev.kiroku.core.users;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.TokenScope;
import dev.kiroku.model.users.Token;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies passwords and tokens, and limits the rate of failed attempts. Accounts are read from the store each time, so
 * that every server on the database rejects revoked credentials at once. Only the result of the slow comparison of a
 * password with its hash is cached, under a keyed hash of both. Thread-safe.
 */
public final class CredentialVerifier {
    static final String TOKEN_PREFIX = "kiroku_";

    /** Only cloned: to look the algorithm up takes longer than to hash a token. */
    private static final MessageDigest SHA_256 = sha256();

    private static final Duration VERIFIED_TTL = Duration.ofMinutes(5);
    private static final Duration LAST_USE_PRECISION = Duration.ofMinutes(1);
    private static final Duration ATTEMPT_WINDOW = Duration.ofMinutes(5);
    private static final int MAX_VERIFIED = 10_000;
    private static final int MAX_RECORDED_TOKENS = 10_000;
    private static final int MAX_ATTEMPT_COUNTERS = 100_000;
    private static final int MAX_ATTEMPTS_PER_NAME_AND_ADDRESS = 10;
    private static final int MAX_ATTEMPTS_PER_ADDRESS = 100;
    private static final int MAX_ATTEMPTS_PER_NAME = 200;

    /** Is told of each attempt to sign in that failed. */
    @FunctionalInterface
    public interface FailureListener {
        /**
         * Notes an attempt.
         *
         * @param user the account that the attempt was for; null if there is none of that name, which may be a mistyped
         *     password and must not be kept
         * @param address the address of the client
         */
        void failed(@Nullable String user, String address);
    }

    private final Logger log = LoggerFactory.getLogger(CredentialVerifier.class);
    private final FailureListener failures;
    private final UserStore store;
    private final InstantSource clock;
    /** When this process last began to record a use, by token: what the store returns can be older. */
    private final Cache<String, Long> recordedUses =
            Caffeine.newBuilder().maximumSize(MAX_RECORDED_TOKENS).build();

    private final PasswordHasher passwordHasher;
    private final SecretKeySpec key;
    private final Cache<ByteBuffer, Boolean> verifiedPasswords;
    /** By a hash of what is counted: names that nobody has can be of any length. */
    private final Cache<ByteBuffer, Integer> failedAttempts;

    private final ReentrantLock[] locks =
            Stream.generate(ReentrantLock::new).limit(64).toArray(ReentrantLock[]::new);

    /**
     * Creates a verifier.
     *
     * @param random the source of keys and salts
     */
    public CredentialVerifier(UserStore store, SecureRandom random, InstantSource clock) {
        this(store, random, clock, (user, address) -> {});
    }

    /**
     * Creates a verifier.
     *
     * @param random the source of keys and salts
     * @param failures is told of failed attempts
     */
    public CredentialVerifier(UserStore store, SecureRandom random, InstantSource clock, FailureListener failures) {
        this.failures = failures;
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
     * Returns the identity of a user by name and password.
     *
     * @param password the password, or a token of the user
     * @param address the address of the client, by which failed attempts are counted
     * @throws KirokuException with UNAUTHENTICATED if they do not match, with REQUEST_LIMIT_EXCEEDED after too many
     *     failed attempts
     */
    public Identity authenticatePassword(String name, String password, String address) {
        if (password.startsWith(TOKEN_PREFIX)) {
            Identity holder = authenticateToken(password, address);
            if (!UserNames.areSame(holder.name(), name)) {
                failures.failed(holder.name(), address);
                throw unauthenticated();
            }
            return holder;
        }
        String counted = UserNames.canonical(name); // attempts on all spellings of a name count together
        UserStore.SignIn signIn = store.signIn(name, Set.of());
        UserStore.Account known = signIn.account().orElse(null);
        UserStore.Account account = known == null || known.disabled() ? null : known;
        if (account != null && isVerified(account, password)) {
            return toIdentity(signIn, account);
        }
        // Serialized per name and address, so that many workers that start at the same time cost one slow hash, and are
        // not taken for guessing.
        ReentrantLock lock = locks[Math.floorMod((counted + " " + address).hashCode(), locks.length)];
        lock.lock();
        try {
            if (account != null && isVerified(account, password)) {
                return toIdentity(signIn, account);
            }
            ByteBuffer both = counterKey("both " + address + " " + counted);
            Map<ByteBuffer, Integer> limits = Map.of(
                    both,
                    MAX_ATTEMPTS_PER_NAME_AND_ADDRESS,
                    counterKey("address " + address),
                    MAX_ATTEMPTS_PER_ADDRESS,
                    counterKey("name " + counted),
                    MAX_ATTEMPTS_PER_NAME);
            String user = known == null ? null : known.name();
            limits.forEach((what, limit) -> checkAttempts(what, limit, user, address));
            // Counted before the comparison, so that concurrent attempts cannot exceed the limit either.
            limits.keySet().forEach(what -> failedAttempts.asMap().merge(what, 1, Integer::sum));
            String hash = account == null ? null : account.passwordHash();
            if (!passwordHasher.verify(password, hash) || account == null || hash == null) {
                failures.failed(user, address);
                throw unauthenticated();
            }
            limits.keySet()
                    .forEach(what ->
                            failedAttempts.asMap().computeIfPresent(what, (k, count) -> count > 1 ? count - 1 : null));
            failedAttempts.invalidate(both);
            verifiedPasswords.put(cacheKey(account.name(), ownHash(account, hash, password), password), true);
            return toIdentity(signIn, account);
        } finally {
            lock.unlock();
        }
    }

    /** Returns the stored hash of a password that was verified; an imported hash is replaced by one of {@link PasswordHasher} first. */
    private String ownHash(UserStore.Account account, String hash, String password) {
        if (!PasswordHasher.isImported(hash)) {
            return hash;
        }
        String own = passwordHasher.hash(password);
        try {
            return store.replacePasswordHash(account.key(), hash, own) ? own : hash;
        } catch (RuntimeException e) {
            log.warn(
                    "The imported password hash of user '{}' was not replaced.",
                    account.name(),
                    e); // the next sign-in tries again
            return hash;
        }
    }

    /** Returns whether a text has the form of a token of a user of this server. */
    public static boolean isToken(String text) {
        return text.startsWith(TOKEN_PREFIX);
    }

    private boolean isVerified(UserStore.Account account, String password) {
        String hash = account.passwordHash();
        return hash != null && verifiedPasswords.getIfPresent(cacheKey(account.name(), hash, password)) != null;
    }

    /**
     * Returns the identity of the owner of a token.
     *
     * @param address the address of the client
     * @throws KirokuException with UNAUTHENTICATED if it is unknown, expired or revoked
     */
    public Identity authenticateToken(String token, String address) {
        long now = clock.millis();
        UserStore.SignIn signIn = store.signInByToken(hashToken(token), now).orElseThrow(() -> {
            failures.failed(null, address);
            return unauthenticated();
        });
        recordUse(Objects.requireNonNull(signIn.token()), now);
        return toIdentity(signIn, signIn.account().orElseThrow());
    }

    /** Records the use of a token once a minute at most, in the background: the request need not wait for a commit. */
    private void recordUse(Token token, long now) {
        if (!isOlder(token.lastUsedTimestamp(), now) || !isOlder(recordedUses.getIfPresent(token.id()), now)) {
            return;
        }
        Long begun =
                recordedUses.asMap().compute(token.id(), (_, last) -> isOlder(last, now) ? Long.valueOf(now) : last);
        if (begun == now) {
            Thread.ofVirtual().name("token-use").start(() -> {
                try {
                    store.setLastUsed(token.id(), now);
                } catch (RuntimeException e) {
                    log.debug("the use of token {} was not recorded", token.id(), e); // a later use is
                    recordedUses.asMap().remove(token.id(), now);
                }
            });
        }
    }

    private static boolean isOlder(@Nullable Long recorded, long now) {
        return recorded == null || now - recorded >= LAST_USE_PRECISION.toMillis();
    }

    /**
     * Returns the identity of a user whom a service, such as a trusted proxy, has authenticated. The user need not have an
     * account here: without one, the name is the {@linkplain UserNames canonical form}.
     *
     * @param serviceGroups the groups from the service, which are added to those of the account
     * @throws KirokuException with UNAUTHENTICATED if the account is disabled
     */
    public Identity resolveExternalUser(String name, Set<String> serviceGroups) {
        return findExternalUser(name, serviceGroups)
                .orElseThrow(() -> new KirokuException(
                        ErrorCode.UNAUTHENTICATED,
                        "The account of user '" + name + "' is disabled. Ask an administrator."));
    }

    /** Returns the identity of a user whom a service has authenticated; empty if the account is disabled. */
    Optional<Identity> findExternalUser(String name, Set<String> serviceGroups) {
        UserStore.SignIn signIn = store.signIn(name, serviceGroups);
        if (signIn.account().map(UserStore.Account::disabled).orElse(false)) {
            return Optional.empty();
        }
        Set<String> groups = new HashSet<>(serviceGroups);
        signIn.account().ifPresent(account -> groups.addAll(account.groups()));
        String known = signIn.account().map(UserStore.Account::name).orElseGet(() -> UserNames.canonical(name));
        return Optional.of(new Identity(known, groups, signIn.grants(), TokenScope.UNRESTRICTED));
    }

    /** Notes an attempt that an OpenID provider, or what its users may do here, refused. */
    public void noteExternalFailure(String address) {
        failures.failed(null, address);
    }

    /** Returns the SHA-256 hash of a token. Tokens are random, so a fast hash is safe. */
    static byte[] hashToken(String token) {
        return sha256(token);
    }

    private static ByteBuffer counterKey(String what) {
        return ByteBuffer.wrap(sha256(what));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sha256(String text) {
        try {
            return ((MessageDigest) SHA_256.clone()).digest(text.getBytes(UTF_8));
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void checkAttempts(ByteBuffer what, int limit, @Nullable String user, String address) {
        if (failedAttempts.asMap().getOrDefault(what, 0) >= limit) {
            failures.failed(user, address);
            throw new KirokuException(
                    ErrorCode.REQUEST_LIMIT_EXCEEDED,
                    "Too many failed sign-in attempts. Wait " + ATTEMPT_WINDOW.toMinutes() + " minutes and try again.");
        }
    }

    /** Returns a keyed hash of a password and its hash, so that the memory of the process holds no passwords. */
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

    private static Identity toIdentity(UserStore.SignIn signIn, UserStore.Account account) {
        Token token = signIn.token();
        return new Identity(
                account.name(),
                Set.copyOf(account.groups()),
                signIn.grants(),
                token == null ? TokenScope.UNRESTRICTED : token.scope());
    }

    static KirokuException unauthenticated() {
        return new KirokuException(ErrorCode.UNAUTHENTICATED, "Invalid user name, password or token.");
    }
}
