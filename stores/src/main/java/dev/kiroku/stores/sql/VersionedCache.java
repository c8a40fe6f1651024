package dev.kiroku.stores.sql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.function.ToIntFunction;

/**
 * What was read of a run or a model, in memory, so that what was shown before costs one query. A copy is good for one version of it, and which
 * version it has is read from the database each time, in the same snapshot: whoever changed it, on whichever server, an outdated copy is never
 * used.
 *
 * @param <K> tells what is copied: of each there is one copy at the most
 */
public final class VersionedCache<K, V> {
    private record Entry<V>(long version, V value) {}

    private final Cache<K, Entry<V>> entries;

    /** @param weight what a copy takes of {@code maxWeight} */
    public VersionedCache(int maxWeight, ToIntFunction<V> weight) {
        entries = Caffeine.newBuilder()
                .maximumWeight(maxWeight)
                .weigher((K key, Entry<V> copy) -> weight.applyAsInt(copy.value))
                .build();
    }

    /** @return null when that version is not at hand */
    public V get(K key, long version) {
        Entry<V> copy = entries.getIfPresent(key);
        return copy == null || copy.version != version ? null : copy.value;
    }

    /** @param value as a snapshot has it that is committed */
    public void put(K key, long version, V value) {
        entries.put(key, new Entry<>(version, value));
    }
}
