package dev.kiroku.transfer;

import dev.kiroku.model.KeyValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The differences between a source and a store: all are counted, the first ones are kept. Not thread-safe. */
public final class RecordDifferences {
    private static final int MAX_KEPT = 100;
    private static final int MAX_SHOWN = 120;

    private final List<String> first = new ArrayList<>();
    private long differences;
    private long compared;

    /** Returns the first differences, a line each. */
    public List<String> first() {
        return List.copyOf(first);
    }

    /** Returns the number of differences. */
    public long differences() {
        return differences;
    }

    /** Returns the number of records that were compared, metric points included. */
    public long compared() {
        return compared;
    }

    void count() {
        compared++;
    }

    void count(long records) {
        compared += records;
    }

    void add(String difference) {
        differences++;
        if (first.size() < MAX_KEPT) {
            first.add(difference);
        }
    }

    Fields of(String record) {
        return new Fields(record);
    }

    /** Compares the fields of one record. */
    final class Fields {
        private final String record;

        private Fields(String record) {
            this.record = record;
        }

        void same(String field, @Nullable Object expected, @Nullable Object actual) {
            if (!Objects.equals(expected, actual)) {
                add("%s: %s is %s in the source, %s here".formatted(record, field, show(expected), show(actual)));
            }
        }

        void samePairs(String field, List<KeyValue> expected, List<KeyValue> actual) {
            Comparator<KeyValue> byKey = Comparator.comparing(KeyValue::key);
            same(
                    field,
                    expected.stream().sorted(byKey).toList(),
                    actual.stream().sorted(byKey).toList());
        }

        <T> void sameItems(String field, List<T> expected, List<T> actual) {
            Comparator<T> byText = Comparator.comparing(Object::toString);
            same(
                    field,
                    expected.stream().sorted(byText).toList(),
                    actual.stream().sorted(byText).toList());
        }
    }

    private static String show(@Nullable Object value) {
        String text = String.valueOf(value);
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
    }
}
