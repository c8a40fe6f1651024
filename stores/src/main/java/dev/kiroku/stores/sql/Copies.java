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
public final class Copies<K, V> {
    private record Copy<V>(long version, V value) {}

    private final Cache<K, Copy<V>> copies;

    /** @param weight what a copy takes of {@code maxWeight} */
    public Copies(int maxWeight, ToIntFunction<V> weight) {
        copies = Caffeine.newBuilder()
                .maximumWeight(maxWeight)
                .weigher((K key, Copy<V> copy) -> weight.applyAsInt(copy.value))
                .build();
    }

    /** @return null when that version is not at hand */
    public V get(K key, long version) {
        Copy<V> copy = copies.getIfPresent(key);
        return copy == null || copy.version != version ? null : copy.value;
    }

    /** @param value as a snapshot has it that is committed */
    public void put(K key, long version, V value) {
        copies.put(key, new Copy<>(version, value));
    }
}
