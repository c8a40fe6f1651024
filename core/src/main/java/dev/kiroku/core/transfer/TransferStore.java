package dev.kiroku.core.transfer;

import java.util.List;
import java.util.Map;

/**
 * A store that takes records as they are: with ids, times and lifecycle of the source. It does not check permissions, gates or limits.
 *
 * <p>Taking a record twice has the effect of taking it once: a record that exists gets what is new in the source and loses nothing. A batch is
 * one transaction, so that an import can stop at any moment and begin again.
 */
public interface TransferStore {
    /** Takes the records of a batch that fit; those that do not fit are conflicts of the result. */
    TransferResult apply(TransferBatch batch);

    /** Returns what {@link #apply} would do, and changes nothing. */
    TransferResult check(TransferBatch batch);

    /** Returns the names of all experiments by id, deleted ones too. */
    Map<Long, String> findExperiments();

    /**
     * Returns which of these runs the store has, by id; the others are missing.
     *
     * @param runs with the ids of their experiments in the store
     */
    Map<String, StoredRun> findRuns(List<RunRecord> runs);

    /**
     * A run in the store.
     *
     * @param points the number of its metric points; points that were logged twice may count twice
     * @param deleted whether it is in the lifecycle stage deleted
     */
    record StoredRun(long experimentId, long points, boolean deleted) {}
}
