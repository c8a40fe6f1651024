package dev.kiroku.core.search;

/**
 * A condition with its source text.
 *
 * @param text the condition as it was written
 */
public record ParsedCondition(String text, Condition condition) {}
