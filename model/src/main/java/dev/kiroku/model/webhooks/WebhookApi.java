package dev.kiroku.model.webhooks;

import static dev.kiroku.model.api.Endpoint.HttpMethod.DELETE;
import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.HttpMethod.PATCH;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;
import static dev.kiroku.model.api.ResourceType.SERVER;
import static dev.kiroku.model.api.ResourceType.WEBHOOK;
import static dev.kiroku.model.api.ResourceType.WEBHOOK_DELIVERY;

import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import java.util.List;

/** The operations on webhooks: MLflow's, and what came of their deliveries. */
public final class WebhookApi {
    private WebhookApi() {}

    public record CreateWebhookRequest(
            @Required String name,
            String description,
            @Required String url,
            List<WebhookEvent> events,
            String secret,
            WebhookStatus status,
            List<String> otherEvents) {}

    public record GetWebhookResponse(Webhook webhook) {}

    public record ListWebhooksRequest(Long maxResults, String pageToken) {}

    public record ListWebhooksResponse(List<Webhook> webhooks, String nextPageToken) {}

    public record WebhookIdRequest(@Required String webhookId) {}

    public record UpdateWebhookRequest(
            @Required String webhookId,
            String name,
            String description,
            String url,
            List<WebhookEvent> events,
            String secret,
            WebhookStatus status,
            List<String> otherEvents) {}

    /** @param event which is to be tried; without it, the webhook's first */
    public record TestWebhookRequest(@Required String webhookId, WebhookEvent event) {}

    public record WebhookTestResult(Boolean success, Long responseStatus, String responseBody, String errorMessage) {}

    public record TestWebhookResponse(WebhookTestResult result) {}

    /** @param webhookId whose; without it, everybody's */
    public record SearchDeliveriesRequest(
            String webhookId, WebhookDelivery.State state, Long maxResults, String pageToken) {}

    public record SearchDeliveriesResponse(List<WebhookDelivery> deliveries, String nextPageToken) {}

    public record RedeliverRequest(@Required String deliveryId) {}

    private static final String WEBHOOKS = "/2.0/mlflow/webhooks";
    private static final String DELIVERY_LOG = "/2.0/kiroku/webhook-deliveries/";

    public static final Endpoint<CreateWebhookRequest, GetWebhookResponse> CREATE = endpoint(
            POST,
            WEBHOOKS,
            CreateWebhookRequest.class,
            GetWebhookResponse.class,
            WEBHOOK.create("name"),
            SERVER.manage());
    public static final Endpoint<ListWebhooksRequest, ListWebhooksResponse> LIST = endpoint(
            GET, WEBHOOKS, ListWebhooksRequest.class, ListWebhooksResponse.class, WEBHOOK.read(), SERVER.manage());
    public static final Endpoint<WebhookIdRequest, GetWebhookResponse> GET_BY_ID = endpoint(
            GET,
            WEBHOOKS + "/{webhook_id}",
            WebhookIdRequest.class,
            GetWebhookResponse.class,
            WEBHOOK.read("webhook_id"),
            SERVER.manage());
    public static final Endpoint<UpdateWebhookRequest, GetWebhookResponse> UPDATE = endpoint(
            PATCH,
            WEBHOOKS + "/{webhook_id}",
            UpdateWebhookRequest.class,
            GetWebhookResponse.class,
            WEBHOOK.update("webhook_id"),
            SERVER.manage());
    public static final Endpoint<WebhookIdRequest, Empty> DELETE_BY_ID = endpoint(
            DELETE,
            WEBHOOKS + "/{webhook_id}",
            WebhookIdRequest.class,
            Empty.class,
            WEBHOOK.delete("webhook_id"),
            SERVER.manage());
    public static final Endpoint<TestWebhookRequest, TestWebhookResponse> TEST = endpoint(
            POST,
            WEBHOOKS + "/{webhook_id}/test",
            TestWebhookRequest.class,
            TestWebhookResponse.class,
            WEBHOOK.use("webhook_id"),
            SERVER.manage());
    public static final Endpoint<SearchDeliveriesRequest, SearchDeliveriesResponse> SEARCH_DELIVERIES = endpoint(
            GET,
            DELIVERY_LOG + "search",
            SearchDeliveriesRequest.class,
            SearchDeliveriesResponse.class,
            WEBHOOK.read("webhook_id"),
            SERVER.manage());
    public static final Endpoint<RedeliverRequest, Empty> REDELIVER = endpoint(
            POST,
            DELIVERY_LOG + "redeliver",
            RedeliverRequest.class,
            Empty.class,
            WEBHOOK_DELIVERY.use("delivery_id"),
            SERVER.manage());
}
