package dev.kiroku.core.search;

/** How a condition compares. */
public enum ComparisonOperator {
    EQ("="),
    NE("!="),
    LT("<"),
    LE("<="),
    GT(">"),
    GE(">="),
    /** Matches a pattern in which {@code %} stands for any text and {@code _} for one character; nothing escapes them. */
    LIKE("LIKE"),
    /** {@link #LIKE} without regard to upper and lower case. */
    ILIKE("ILIKE"),
    IN("IN"),
    NOT_IN("NOT IN"),
    IS_NULL("IS NULL"),
    IS_NOT_NULL("IS NOT NULL");

    private final String symbol;

    ComparisonOperator(String symbol) {
        this.symbol = symbol;
    }

    /** As it is written in a filter. */
    public String symbol() {
        return symbol;
    }
}
