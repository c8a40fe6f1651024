package dev.kiroku.core.search;

import java.util.List;

/** What a condition compares with. */
public sealed interface Operand {
    record Text(String value) implements Operand {}

    /** A number that need not be whole: of metrics, and where a filter writes a point or an exponent. */
    record DoubleNumber(double value) implements Operand {}

    /** A whole number, for attributes that are whole numbers: a double could not hold them all. */
    record LongNumber(long value) implements Operand {}

    record TextList(List<String> values) implements Operand {
        public TextList {
            values = List.copyOf(values);
        }
    }

    /**
     * The same metric, or another, of the version that an alias points at: {@code champion.metrics.accuracy * 0.99 - 0.005}. Only in gates.
     *
     * @param holder the alias, or {@code holder} for whatever the gated alias or stage points at
     */
    record Reference(String holder, String metric, double factor, double offset) implements Operand {}

    /** For IS NULL and IS NOT NULL. */
    record None() implements Operand {}
}
