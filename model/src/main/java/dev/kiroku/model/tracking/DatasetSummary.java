package dev.kiroku.model.tracking;

import org.jspecify.annotations.Nullable;

/**
 * A dataset and its role in an experiment.
 *
 * @param context the role; null for none
 */
public record DatasetSummary(
        String experimentId,
        String name,
        String digest,
        @Nullable String context) {}
