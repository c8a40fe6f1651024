package dev.kiroku.core.search;

/** A condition, and how it was written. */
public record ParsedCondition(String text, Condition condition) {}
