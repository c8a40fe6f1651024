package dev.kiroku.core.search;

/** A comparison of a field with an operand. */
public record Condition(SearchField field, ComparisonOperator comparator, Operand operand) {}
