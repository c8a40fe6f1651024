package dev.kiroku.core.search;

/** One comparison. */
public record Condition(Field field, Comparator comparator, Operand operand) {}
