package dev.kiroku.model.api;

/** A request or response without fields: {@code {}}. */
public record Empty() {}
