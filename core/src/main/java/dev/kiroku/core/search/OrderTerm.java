package dev.kiroku.core.search;

/** A field that a result is ordered by. */
public record OrderTerm(SearchField field, boolean ascending) {}
