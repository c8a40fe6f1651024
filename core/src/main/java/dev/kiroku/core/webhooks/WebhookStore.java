package dev.kiroku.core.webhooks;

import dev.kiroku.core.audit.Change;
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
    /** @param sealedSecret as {@link SecretBox} sealed it, or null for none */
    record Fields(
            String name, String description, String url, Set<String> events, boolean active, String sealedSecret) {}

    Webhook create(String id, Fields fields, Change change);

    Webhook get(String id);

    /** What a test needs. */
    Fields fields(String id);

    /** @param fields whole: what is to stay is in it too */
    Webhook update(String id, Fields fields, Change change);

    /** Also forgets what was to be told to it. */
    void delete(String id, Change change);

    /** The newest first. */
    Page<Webhook> list(int maxResults, String pageToken);

    /** Something that is due, with where it goes. */
    record Due(
            long key,
            long webhook,
            String deliveryId,
            String url,
            String sealedSecret,
            String event,
            String body,
            long attempts) {}

    /**
     * Takes what is due, the oldest of each webhook, so that no other server takes it before {@code until}. The attempt is counted.
     *
     * @param except webhooks that are busy
     */
    List<Due> claim(Set<Long> except, long now, long until, int most);

    /**
     * @param next when to try again, or null for never
     * @param status of the answer, or null for none
     * @param error null when it was delivered
     */
    record Outcome(WebhookDelivery.State state, Long next, Long status, String error) {}

    void finish(long key, Outcome outcome, long now);

    /** The newest first. */
    Page<WebhookDelivery> deliveries(WebhookApi.Deliveries query, int maxResults);

    /** Has a delivery tried again at once, as if for the first time. */
    void redeliver(String deliveryId, long now);

    /** Drops what was done with before a time. */
    void forget(long before);
}
