package dev.kiroku.core.webhooks;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.model.access.VisibleResources;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.webhooks.Webhook;
import dev.kiroku.model.webhooks.WebhookApi;
import dev.kiroku.model.webhooks.WebhookDelivery;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stores webhooks and their deliveries. Deliveries are written in the transaction of the change that they report
 * (transactional outbox), so that neither exists without the other. Methods on a webhook or delivery that does not
 * exist throw {@link dev.kiroku.model.KirokuException} with RESOURCE_DOES_NOT_EXIST. Times are milliseconds since 1970.
 */
public interface WebhookStore {
    /**
     * The settings of a webhook.
     *
     * @param encryptedSecret encrypted by {@link SecretCipher}, or null for none
     */
    record WebhookSettings(
            String name,
            @Nullable String description,
            String url,
            Set<String> events,
            boolean active,
            @Nullable String encryptedSecret) {}

    /** Creates a webhook. */
    Webhook create(String id, WebhookSettings fields, ChangeContext change);

    /** Returns a webhook. */
    Webhook get(String id);

    /** Returns the settings of a webhook. */
    WebhookSettings getSettings(String id);

    /** Replaces all settings of a webhook. */
    Webhook update(String id, WebhookSettings fields, ChangeContext change);

    /** Deletes a webhook with its deliveries. */
    void delete(String id, ChangeContext change);

    /**
     * Returns a page of webhooks, the newest first.
     *
     * @param visible the webhooks to list
     */
    Page<Webhook> list(VisibleResources visible, int maxResults, @Nullable String pageToken);

    /**
     * A delivery that was claimed, with its receiver.
     *
     * @param attempts the number of attempts, including the one that was claimed
     */
    record DueDelivery(
            long deliveryKey,
            long webhookKey,
            String deliveryId,
            String url,
            @Nullable String encryptedSecret,
            String event,
            String body,
            long attempts) {}

    /**
     * Claims due deliveries, the oldest of each webhook, so that no other server claims them before {@code until}, and
     * counts the attempt.
     *
     * @param except keys of webhooks that are skipped
     */
    List<DueDelivery> claim(Set<Long> except, long now, long until, int limit);

    /**
     * The result of an attempt.
     *
     * @param nextAttempt the time of the next attempt, or null for none
     * @param status the status of the response, or null if there was none
     * @param error null if the attempt succeeded
     */
    record DeliveryResult(
            WebhookDelivery.State state,
            @Nullable Long nextAttempt,
            @Nullable Long status,
            @Nullable String error) {}

    /** Records the result of an attempt. */
    void complete(long key, DeliveryResult outcome, long now);

    /**
     * Returns a page of deliveries, the newest first.
     *
     * @param visible the webhooks to search
     */
    Page<WebhookDelivery> searchDeliveries(
            WebhookApi.SearchDeliveriesRequest query, VisibleResources visible, int maxResults);

    /** Makes a delivery due at once, with no attempts counted. */
    void redeliver(String deliveryId, long now);

    /** Deletes the deliveries that are no longer waiting and were created before a time. */
    void deleteCompletedBefore(long time);
}
