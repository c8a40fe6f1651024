package dev.kiroku.model.api;

/** An answer that says no more than that the work is done: {@code {}}. */
public record Empty() {}
