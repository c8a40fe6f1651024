package dev.kiroku.core.search;

import java.util.List;

/** The right-hand side of a condition. */
public sealed interface Operand {
    /** A string. */
    record Text(String value) implements Operand {}

    /** A number that is compared with a metric, or that is written with a decimal point or an exponent. */
    record DoubleNumber(double value) implements Operand {}

    /** An integer that is compared with an attribute; a double cannot represent all values of attributes. */
    record LongNumber(long value) implements Operand {}

    /** The strings of IN and NOT IN. */
    record TextList(List<String> values) implements Operand {
        public TextList {
            values = List.copyOf(values);
        }
    }

    /**
     * A metric of the version that an alias points at, such as {@code champion.metrics.accuracy * 0.99 - 0.005}. Only in gates.
     *
     * @param holder the alias, or {@code holder} for the current version of the gated alias or stage
     */
    record Reference(String holder, String metric, double factor, double offset) implements Operand {}

    /** No operand: of IS NULL and IS NOT NULL. */
    record None() implements Operand {}
}
