package dev.kiroku.stores.sql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Cache of values read from the database, each valid for one version of its row. The version is read from the database each time, in the same
 * snapshot, so that a value changed by any server is never returned after the change. Thread-safe.
 *
 * @param <K> the key; the cache keeps one version of each
 */
public final class VersionedCache<K, V> {
    private record Entry<V>(long version, V value) {}

    private final Cache<K, Entry<V>> entries;

    /**
     * Creates a cache.
     *
     * @param maxWeight the sum of the weights above which entries are evicted
     * @param weight of a value
     */
    public VersionedCache(int maxWeight, ToIntFunction<V> weight) {
        entries = Caffeine.newBuilder()
                .maximumWeight(maxWeight)
                .weigher((K key, Entry<V> entry) -> weight.applyAsInt(entry.value))
                .build();
    }

    /** Returns the value of a version, or null if the cache does not have it. */
    public @Nullable V get(K key, long version) {
        Entry<V> entry = entries.getIfPresent(key);
        return entry == null || entry.version != version ? null : entry.value;
    }

    /**
     * Adds a value.
     *
     * @param value as a committed snapshot has it
     */
    public void put(K key, long version, V value) {
        entries.put(key, new Entry<>(version, value));
    }
}
