package dev.kiroku.model.tracking;

/** A dataset in its role, once for each experiment it was used in. */
public record DatasetSummary(String experimentId, String name, String digest, String context) {}
