package dev.kiroku.stores.tracking;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.kiroku.model.tracking.Run;

/**
 * Runs in memory, so that a page that was shown before costs one query. A copy is good for one version of a run, and which version a run
 * has is read from the database each time, in the same snapshot: whoever changed it, on whichever server, an outdated copy is never used.
 */
final class RunCopies {
    /** Metrics, params, tags and so on; some 30 MB. */
    private static final int MAX_ITEMS = 100_000;
    private static final int ITEMS_OF_AN_EMPTY_RUN = 5;

    private record Copy(long version, Run run) {}

    private final Cache<Long, Copy> copies = Caffeine.newBuilder()
            .maximumWeight(MAX_ITEMS)
            .weigher((Long key, Copy copy) -> items(copy.run))
            .build();

    /** @return null when that version is not at hand */
    Run get(long runKey, long version) {
        Copy copy = copies.getIfPresent(runKey);
        return copy == null || copy.version != version ? null : copy.run;
    }

    /** @param run as a snapshot has it that is committed */
    void put(long runKey, long version, Run run) {
        copies.put(runKey, new Copy(version, run));
    }

    private static int items(Run run) {
        return ITEMS_OF_AN_EMPTY_RUN + run.data().metrics().size() + run.data().params().size() + run.data().tags().size()
                + run.inputs().datasetInputs().size() + run.inputs().modelInputs().size() + run.outputs().modelOutputs().size();
    }
}
