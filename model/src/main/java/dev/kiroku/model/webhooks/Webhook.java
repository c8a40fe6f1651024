package dev.kiroku.model.webhooks;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A URL that receives events. Its secret is not part of any response.
 *
 * @param creationTimestamp milliseconds since 1970
 * @param otherEvents events that MLflow does not have, such as {@code approval.requested}
 */
public record Webhook(
        String webhookId,
        String name,
        @Nullable String description,
        String url,
        List<WebhookEvent> events,
        WebhookStatus status,
        Long creationTimestamp,
        Long lastUpdatedTimestamp,
        List<String> otherEvents) {}
