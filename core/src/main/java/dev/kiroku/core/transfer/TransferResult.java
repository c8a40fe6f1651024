package dev.kiroku.core.transfer;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What became of a batch.
 *
 * @param counts of the kinds that the batch had
 * @param conflicts records that were not taken
 */
public record TransferResult(List<Count> counts, List<Conflict> conflicts) {
    /** The result of an empty batch. */
    public static final TransferResult NONE = new TransferResult(List.of(), List.of());

    /**
     * Numbers of records of one kind.
     *
     * @param added records that the store did not have
     * @param updated records of which the source had something new
     * @param unchanged records that the store had already; metric points that were compared
     */
    public record Count(RecordKind kind, long added, long updated, long unchanged) {
        Count plus(Count other) {
            return new Count(kind, added + other.added, updated + other.updated, unchanged + other.unchanged);
        }
    }

    /**
     * A record that does not fit into the store.
     *
     * @param id of the record in the source
     * @param reason a sentence that says what is in the way, and what to do
     */
    public record Conflict(RecordKind kind, String id, String reason) {}

    /** Returns the number of records of a kind that were added. */
    public long added(RecordKind kind) {
        return count(kind).added;
    }

    /** Returns the counts of a kind; zeros if the batch had none. */
    public Count count(RecordKind kind) {
        return counts.stream().filter(count -> count.kind == kind).findFirst().orElse(new Count(kind, 0, 0, 0));
    }

    /** Returns the sum of two results. */
    public TransferResult plus(TransferResult other) {
        Map<RecordKind, Count> sums = new EnumMap<>(RecordKind.class);
        counts.forEach(count -> sums.merge(count.kind, count, Count::plus));
        other.counts.forEach(count -> sums.merge(count.kind, count, Count::plus));
        List<Conflict> all = new ArrayList<>(conflicts);
        all.addAll(other.conflicts);
        return new TransferResult(List.copyOf(sums.values()), all);
    }

    /** Collects a result. Not thread-safe. */
    public static final class Builder {
        private final Map<RecordKind, Count> counts = new EnumMap<>(RecordKind.class);
        private final List<Conflict> conflicts = new ArrayList<>();

        /** Counts records that were added. */
        public void added(RecordKind kind, long number) {
            add(new Count(kind, number, 0, 0));
        }

        /** Counts records of which the source had something new. */
        public void updated(RecordKind kind, long number) {
            add(new Count(kind, 0, number, 0));
        }

        /** Counts a record that was updated, or had nothing new. */
        public void present(RecordKind kind, boolean updated) {
            add(new Count(kind, 0, updated ? 1 : 0, updated ? 0 : 1));
        }

        /** Counts records that the store had already. */
        public void unchanged(RecordKind kind, long number) {
            add(new Count(kind, 0, 0, number));
        }

        private void add(Count count) {
            counts.merge(count.kind, count, Count::plus);
        }

        /** Adds a conflict. */
        public void conflict(RecordKind kind, Object id, String reason) {
            conflicts.add(new Conflict(kind, id.toString(), reason));
        }

        /** Returns the result. */
        public TransferResult build() {
            return new TransferResult(List.copyOf(counts.values()), List.copyOf(conflicts));
        }
    }
}
