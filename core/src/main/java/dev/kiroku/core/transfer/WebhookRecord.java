package dev.kiroku.core.transfer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A webhook without its secret, which is encrypted with a key of the source and cannot move.
 *
 * @param events such as {@code model_version.created}
 * @param active false for a webhook that had a secret, until somebody sets a new one
 * @param creationTime milliseconds since 1970
 */
public record WebhookRecord(
        String id,
        String name,
        @Nullable String description,
        String url,
        List<String> events,
        boolean active,
        long creationTime,
        long lastUpdateTime) {}
