package dev.kiroku.model.webhooks;

import static dev.kiroku.model.api.Endpoint.Permission.ADMIN;
import static dev.kiroku.model.api.Endpoint.Verb.DELETE;
import static dev.kiroku.model.api.Endpoint.Verb.GET;
import static dev.kiroku.model.api.Endpoint.Verb.PATCH;
import static dev.kiroku.model.api.Endpoint.Verb.POST;
import static dev.kiroku.model.api.Endpoint.govern;
import static dev.kiroku.model.api.Endpoint.read;

import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import java.util.List;

/** The operations on webhooks: MLflow's, and what came of their deliveries. */
public final class WebhookApi {
    private WebhookApi() {}

    public record Create(
            @Required String name,
            String description,
            @Required String url,
            List<WebhookEvent> events,
            String secret,
            WebhookStatus status,
            List<String> otherEvents) {}

    public record OneWebhook(Webhook webhook) {}

    public record ListAll(Long maxResults, String pageToken) {}

    public record Found(List<Webhook> webhooks, String nextPageToken) {}

    public record ById(@Required String webhookId) {}

    public record Update(
            @Required String webhookId,
            String name,
            String description,
            String url,
            List<WebhookEvent> events,
            String secret,
            WebhookStatus status,
            List<String> otherEvents) {}

    /** @param event which is to be tried; without it, the webhook's first */
    public record Test(@Required String webhookId, WebhookEvent event) {}

    public record Result(Boolean success, Long responseStatus, String responseBody, String errorMessage) {}

    public record Tested(Result result) {}

    /** @param webhookId whose; without it, everybody's */
    public record Deliveries(String webhookId, WebhookDelivery.State state, Long maxResults, String pageToken) {}

    public record FoundDeliveries(List<WebhookDelivery> deliveries, String nextPageToken) {}

    public record ByDelivery(@Required String deliveryId) {}

    private static final String WEBHOOKS = "/2.0/mlflow/webhooks";
    private static final String DELIVERY_LOG = "/2.0/kiroku/webhook-deliveries/";

    public static final Endpoint<Create, OneWebhook> CREATE =
            govern(POST, WEBHOOKS, Create.class, OneWebhook.class, ADMIN);
    public static final Endpoint<ListAll, Found> LIST = read(GET, WEBHOOKS, ListAll.class, Found.class, ADMIN);
    public static final Endpoint<ById, OneWebhook> GET_BY_ID =
            read(GET, WEBHOOKS + "/{webhook_id}", ById.class, OneWebhook.class, ADMIN);
    public static final Endpoint<Update, OneWebhook> UPDATE =
            govern(PATCH, WEBHOOKS + "/{webhook_id}", Update.class, OneWebhook.class, ADMIN);
    public static final Endpoint<ById, Empty> DELETE_BY_ID =
            govern(DELETE, WEBHOOKS + "/{webhook_id}", ById.class, Empty.class, ADMIN);
    public static final Endpoint<Test, Tested> TEST =
            govern(POST, WEBHOOKS + "/{webhook_id}/test", Test.class, Tested.class, ADMIN);
    public static final Endpoint<Deliveries, FoundDeliveries> DELIVERIES =
            read(GET, DELIVERY_LOG + "search", Deliveries.class, FoundDeliveries.class, ADMIN);
    public static final Endpoint<ByDelivery, Empty> REDELIVER =
            govern(POST, DELIVERY_LOG + "redeliver", ByDelivery.class, Empty.class, ADMIN);
}
