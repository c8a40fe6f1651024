package dev.kiroku.core.search;

/** One of the fields that a result is ordered by. */
public record OrderTerm(SearchField field, boolean ascending) {}
