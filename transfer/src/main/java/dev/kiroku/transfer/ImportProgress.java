package dev.kiroku.transfer;

import dev.kiroku.transfer.artifacts.CopyProgress;
import dev.kiroku.transfer.source.Inventory;
import java.util.Collection;

/** Listens to an import. */
public interface ImportProgress extends CopyProgress {
    /** Ignores everything. */
    ImportProgress NONE = new ImportProgress() {};

    /** Called when the source has been counted. */
    default void onStart(String source, Inventory inventory) {}

    /**
     * Called after each batch.
     *
     * @param runs runs that are done, written or not
     * @param points metric points that are done
     */
    default void onBatch(long runs, long points) {}

    /**
     * Called before experiments, or runs of them, are written; not in a dry run.
     *
     * @param experimentIds their ids in the store; may be passed again
     */
    default void onExperiments(Collection<Long> experimentIds) {}

    /** Returns whether to stop after the current batch, and within the copy of a file. */
    @Override
    default boolean isCancelled() {
        return false;
    }
}
