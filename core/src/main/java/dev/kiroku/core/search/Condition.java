package dev.kiroku.core.search;

/** One comparison. */
public record Condition(SearchField field, ComparisonOperator comparator, Operand operand) {}
