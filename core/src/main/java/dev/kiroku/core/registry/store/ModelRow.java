package dev.kiroku.core.registry.store;

import org.jspecify.annotations.Nullable;

/**
 * A registered model without its versions, tags and aliases.
 *
 * @param key identifies the model for its lifetime; a rename keeps it
 * @param creationTime milliseconds since 1970
 * @param lastUpdateTime milliseconds since 1970
 */
public record ModelRow(long key, String name, @Nullable String description, long creationTime, long lastUpdateTime) {}
