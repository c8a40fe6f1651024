package dev.kiroku.stores.users;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.kiroku.core.users.UserStore.SignIn;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.SharedRead;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Sign-ins that were read from the database. A change on this server, such as a revoked token, counts from the next call. For changes by other
 * servers the {@linkplain AccessVersions#getSignIn version} of all that sign-ins depend on is read, so that they count {@link #MAX_AGE} later at
 * the latest. Thread-safe.
 *
 * @param <K> by what somebody signs in
 */
final class SignInCache<K> {
    /** With at most 200 reads a second, the version costs about 1 % of the CPU time of a busy server. */
    static final Duration MAX_AGE = Duration.ofMillis(10);
    /** Bounds the memory by grants, and the number of entries to a {@link #ENTRY_WEIGHT}th. */
    private static final int MAX_WEIGHT = 200_000;

    private static final int ENTRY_WEIGHT = 20;
    /** So that what only the row of a token tells, such as its last use, does not stay old. */
    private static final Duration TTL = Duration.ofSeconds(30);

    private record Entry(long version, SignIn signIn) {}

    private final SharedRead<Long> version;
    private final Cache<K, Entry> entries = Caffeine.newBuilder()
            .expireAfterWrite(TTL)
            .maximumWeight(MAX_WEIGHT)
            .weigher((K key, Entry entry) ->
                    ENTRY_WEIGHT + entry.signIn().grants().size())
            .build();

    /** Creates a cache. */
    SignInCache(Database database) {
        version = database.sharedRead(MAX_AGE, AccessVersions::getSignIn);
    }

    /** Returns a sign-in that was read at the current version, or reads it. */
    Optional<SignIn> get(K key, Supplier<Optional<SignIn>> read) {
        long current = version.get();
        Entry known = entries.getIfPresent(key);
        if (known != null && known.version == current) {
            return Optional.of(known.signIn);
        }
        // A change during the read makes the version of the entry an earlier one, so that it is not returned.
        Optional<SignIn> signIn = read.get();
        signIn.ifPresent(found -> entries.put(key, new Entry(current, found)));
        return signIn;
    }
}
