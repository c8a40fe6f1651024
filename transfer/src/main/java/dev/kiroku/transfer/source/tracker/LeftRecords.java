package dev.kiroku.transfer.source.tracker;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what an import leaves, by kind. Not thread-safe. */
public final class LeftRecords {
    private final Map<String, Long> counts = new TreeMap<>();

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

    /** Returns a count for each kind, such as {@code 1,204 images (in the event files)}. */
    public List<String> all() {
        List<String> all = new ArrayList<>();
        counts.forEach((kind, number) -> all.add("%,d %s".formatted(number, kind)));
        return all;
    }
}
