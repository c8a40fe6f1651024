package dev.kiroku.core.search;

/** Comparison operators of conditions. */
public enum ComparisonOperator {
    EQ("="),
    NE("!="),
    LT("<"),
    LE("<="),
    GT(">"),
    GE(">="),
    /** Matches a pattern in which {@code %} matches any text and {@code _} one character. There is no escape character. */
    LIKE("LIKE"),
    /** As {@link #LIKE}, ignoring case. */
    ILIKE("ILIKE"),
    IN("IN"),
    NOT_IN("NOT IN"),
    IS_NULL("IS NULL"),
    IS_NOT_NULL("IS NOT NULL");

    private final String symbol;

    ComparisonOperator(String symbol) {
        this.symbol = symbol;
    }

    /** Returns the operator as it is written in a filter. */
    public String symbol() {
        return symbol;
    }
}
