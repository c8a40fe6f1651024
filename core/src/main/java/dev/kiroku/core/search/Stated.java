package dev.kiroku.core.search;

/** A condition, and how it was written. */
public record Stated(String text, Condition condition) {}
