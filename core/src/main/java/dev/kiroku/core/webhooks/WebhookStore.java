package dev.kiroku.core.webhooks;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.webhooks.Webhook;
import dev.kiroku.model.webhooks.WebhookApi;
import dev.kiroku.model.webhooks.WebhookDelivery;
import java.util.List;
import java.util.Set;

/**
 * Where webhooks are kept, and what is to be told to them: that is written in the transaction of the change it tells of, so that neither is
 * there without the other. A webhook or delivery that is not there is RESOURCE_DOES_NOT_EXIST.
 */
public interface WebhookStore {
    /** @param sealedSecret as {@link SecretCipher} sealed it, or null for none */
    record WebhookSettings(
            String name, String description, String url, Set<String> events, boolean active, String encryptedSecret) {}

    Webhook create(String id, WebhookSettings fields, ChangeContext change);

    Webhook get(String id);

    /** What a test needs. */
    WebhookSettings getSettings(String id);

    /** @param fields whole: what is to stay is in it too */
    Webhook update(String id, WebhookSettings fields, ChangeContext change);

    /** Also forgets what was to be told to it. */
    void delete(String id, ChangeContext change);

    /** The newest first. */
    Page<Webhook> list(int maxResults, String pageToken);

    /** Something that is due, with where it goes. */
    record DueDelivery(
            long deliveryKey,
            long webhookKey,
            String deliveryId,
            String url,
            String encryptedSecret,
            String event,
            String body,
            long attempts) {}

    /**
     * Takes what is due, the oldest of each webhook, so that no other server takes it before {@code until}. The attempt is counted.
     *
     * @param except webhooks that are busy
     */
    List<DueDelivery> claim(Set<Long> except, long now, long until, int most);

    /**
     * @param next when to try again, or null for never
     * @param status of the answer, or null for none
     * @param error null when it was delivered
     */
    record DeliveryResult(WebhookDelivery.State state, Long nextAttempt, Long status, String error) {}

    void complete(long key, DeliveryResult outcome, long now);

    /** The newest first. */
    Page<WebhookDelivery> searchDeliveries(WebhookApi.SearchDeliveriesRequest query, int maxResults);

    /** Has a delivery tried again at once, as if for the first time. */
    void redeliver(String deliveryId, long now);

    /** Drops what was done with before a time. */
    void deleteCompletedBefore(long before);
}
