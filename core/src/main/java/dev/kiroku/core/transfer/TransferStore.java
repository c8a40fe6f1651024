package dev.kiroku.core.transfer;

import java.util.Collection;
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

    /** Returns the runs that the store has, by id; the others are missing. */
    Map<String, StoredRun> findRuns(Collection<String> runIds);

    /**
     * A run in the store.
     *
     * @param points the number of its metric points; points that were logged twice may count twice
     */
    record StoredRun(long experimentId, long points) {}
}
