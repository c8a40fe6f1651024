package dev.kiroku.model.webhooks;

/**
 * What was to be told to a webhook, and what became of it.
 *
 * @param deliveryId the receiver has it in the header X-MLflow-Delivery-Id; the same for every attempt
 * @param attempts how often it was tried so far
 * @param nextAttemptTimestamp milliseconds since 1970, or null when there will be none
 * @param lastAttemptTimestamp null before the first
 * @param responseStatus of the last attempt, or null where there was no answer
 * @param error why the last attempt failed, or null
 */
public record WebhookDelivery(
        String deliveryId,
        String webhookId,
        String webhookName,
        String event,
        State state,
        Long attempts,
        Long creationTimestamp,
        Long nextAttemptTimestamp,
        Long lastAttemptTimestamp,
        Long responseStatus,
        String error) {
    /** In the order of the store's numbers. */
    public enum State {
        WAITING,
        DELIVERED,
        FAILED
    }
}
