package dev.kiroku.model.tracking;

/**
 * Data that a run used; unique within an experiment by name and digest.
 *
 * @param source where it came from, in a form that {@code sourceType} names
 * @param schema JSON or null, as is {@code profile}
 */
public record Dataset(String name, String digest, String sourceType, String source, String schema, String profile) {}
