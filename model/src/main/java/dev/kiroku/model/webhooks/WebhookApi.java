package dev.kiroku.model.webhooks;

import static dev.kiroku.model.access.ResourceType.SERVER;
import static dev.kiroku.model.access.ResourceType.WEBHOOK;
import static dev.kiroku.model.access.ResourceType.WEBHOOK_DELIVERY;
import static dev.kiroku.model.api.Endpoint.HttpMethod.DELETE;
import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.HttpMethod.PATCH;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;

import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The endpoints on webhooks and their deliveries. */
public final class WebhookApi {
    private WebhookApi() {}

    /**
     * Adds a webhook.
     *
     * @param secret signs the deliveries; null for none
     * @param status null for ACTIVE
     * @param otherEvents events that MLflow does not have, such as {@code approval.requested}
     */
    public record CreateWebhookRequest(
            @Required String name,
            @Nullable String description,
            @Required String url,
            List<WebhookEvent> events,
            @Nullable String secret,
            @Nullable WebhookStatus status,
            List<String> otherEvents) {}

    /** A webhook. */
    public record GetWebhookResponse(Webhook webhook) {}

    /** Lists webhooks. */
    public record ListWebhooksRequest(
            @Nullable Long maxResults, @Nullable String pageToken) {}

    /** A page of webhooks. */
    public record ListWebhooksResponse(
            List<Webhook> webhooks, @Nullable String nextPageToken) {}

    /** Names a webhook that is read or deleted. */
    public record WebhookIdRequest(@Required String webhookId) {}

    /** Changes a webhook. What is null or empty stays as it is. */
    public record UpdateWebhookRequest(
            @Required String webhookId,
            @Nullable String name,
            @Nullable String description,
            @Nullable String url,
            List<WebhookEvent> events,
            @Nullable String secret,
            @Nullable WebhookStatus status,
            List<String> otherEvents) {}

    /**
     * Sends a test event to a webhook.
     *
     * @param event null for the first event of the webhook
     */
    public record TestWebhookRequest(
            @Required String webhookId, @Nullable WebhookEvent event) {}

    /**
     * The result of a test.
     *
     * @param responseStatus the HTTP status; null if there was no response
     */
    public record WebhookTestResult(
            Boolean success,
            @Nullable Long responseStatus,
            @Nullable String responseBody,
            @Nullable String errorMessage) {}

    /** The result of a test. */
    public record TestWebhookResponse(WebhookTestResult result) {}

    /**
     * Finds deliveries.
     *
     * @param webhookId null for all webhooks
     * @param state null for all states
     */
    public record SearchDeliveriesRequest(
            @Nullable String webhookId,
            WebhookDelivery.@Nullable State state,
            @Nullable Long maxResults,
            @Nullable String pageToken) {}

    /** A page of deliveries, newest first. */
    public record SearchDeliveriesResponse(
            List<WebhookDelivery> deliveries, @Nullable String nextPageToken) {}

    /** Names a delivery that is sent again. */
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
