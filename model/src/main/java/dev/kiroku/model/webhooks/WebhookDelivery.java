package dev.kiroku.model.webhooks;

import org.jspecify.annotations.Nullable;

/**
 * An event for a webhook, with its attempts and their result.
 *
 * @param deliveryId the header {@code X-MLflow-Delivery-Id} of every attempt
 * @param attempts the number of attempts so far
 * @param creationTimestamp milliseconds since 1970, as are the other timestamps
 * @param nextAttemptTimestamp null if there will be none
 * @param lastAttemptTimestamp null before the first attempt
 * @param responseStatus the HTTP status of the last attempt; null if there was no response
 * @param error why the last attempt failed; null if it did not
 */
public record WebhookDelivery(
        String deliveryId,
        String webhookId,
        String webhookName,
        String event,
        State state,
        Long attempts,
        Long creationTimestamp,
        @Nullable Long nextAttemptTimestamp,
        @Nullable Long lastAttemptTimestamp,
        @Nullable Long responseStatus,
        @Nullable String error) {
    /** The state of a delivery. In the order of the numbers that the store records. */
    public enum State {
        WAITING,
        DELIVERED,
        FAILED
    }
}
