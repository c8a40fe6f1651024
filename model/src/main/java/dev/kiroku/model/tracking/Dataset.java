package dev.kiroku.model.tracking;

import org.jspecify.annotations.Nullable;

/**
 * Data that a run used, identified by experiment, name and digest.
 *
 * @param source where the data comes from, in a form that {@code sourceType} names
 * @param schema JSON, or null
 * @param profile JSON, or null
 */
public record Dataset(
        String name,
        String digest,
        String sourceType,
        String source,
        @Nullable String schema,
        @Nullable String profile) {}
