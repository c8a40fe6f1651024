package dev.kiroku.transfer.source;

import dev.kiroku.core.transfer.RecordKind;
import java.util.List;
import java.util.Map;

/**
 * How much a source has.
 *
 * @param counts by kind; a kind that is missing was not counted
 * @param left what the source has and an import leaves, such as {@code 1204 traces}
 */
public record Inventory(Map<RecordKind, Long> counts, List<String> left) {
    /** Returns the number of records of a kind, or 0 if they were not counted. */
    public long count(RecordKind kind) {
        return counts.getOrDefault(kind, 0L);
    }
}
