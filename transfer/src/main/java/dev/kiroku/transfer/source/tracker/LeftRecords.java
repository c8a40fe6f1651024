package dev.kiroku.transfer.source.tracker;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what an import leaves, by kind. Not thread-safe. */
public final class LeftRecords {
    private final Map<String, Long> counts = new TreeMap<>();
    private Map<String, Long> marked = Map.of();

    /**
     * Counts records.
     *
     * @param kind in plural, perhaps with what becomes of them, such as {@code images (in the event files)}
     */
    public void add(String kind, long number) {
        if (number > 0) {
            counts.merge(kind, number, Long::sum);
        }
    }

    /** Keeps the counts so far for {@link #reset}. */
    void mark() {
        marked = Map.copyOf(counts);
    }

    /** Forgets what was counted since {@link #mark}, because the runs are read again. */
    void reset() {
        counts.clear();
        counts.putAll(marked);
    }

    /** Returns a count for each kind, such as {@code images (in the event files): 1,204}. */
    public List<String> all() {
        List<String> all = new ArrayList<>();
        counts.forEach((kind, number) -> all.add("%s: %,d".formatted(kind, number)));
        return all;
    }
}
