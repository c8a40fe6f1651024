package dev.kiroku.model.webhooks;

import java.util.List;

/**
 * An address that is told of changes. Its secret is never given out.
 *
 * @param otherEvents events that MLflow does not have, such as {@code approval.requested}
 */
public record Webhook(
        String webhookId,
        String name,
        String description,
        String url,
        List<WebhookEvent> events,
        WebhookStatus status,
        Long creationTimestamp,
        Long lastUpdatedTimestamp,
        List<String> otherEvents) {}
