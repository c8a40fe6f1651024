package dev.kiroku.core.webhooks;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.Strings.abbreviate;
import static dev.kiroku.model.Strings.emptyToNull;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.webhooks.WebhookApi;
import dev.kiroku.model.webhooks.WebhookEvent;
import dev.kiroku.model.webhooks.WebhookEvent.Action;
import dev.kiroku.model.webhooks.WebhookEvent.Entity;
import dev.kiroku.model.webhooks.WebhookStatus;
import java.io.IOException;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The operations of {@link WebhookApi}. Thread-safe. */
public final class Webhooks {
    private static final int DEFAULT_PAGE_SIZE = 100;
    private static final int MAX_PAGE_SIZE = 1000;
    private static final int MAX_URL = 2000;
    private static final int MAX_TEXT = 1000;
    private static final Pattern NAME =
            Pattern.compile("(?=.{1,63}$)[a-z0-9]([a-z0-9._-]*[a-z0-9])?", Pattern.CASE_INSENSITIVE);
    private static final Set<Action> CREATED = EnumSet.of(Action.CREATED);
    private static final Set<Action> SET_AND_DELETED = EnumSet.of(Action.SET, Action.DELETED);
    private static final Set<Action> CREATED_AND_DELETED = EnumSet.of(Action.CREATED, Action.DELETED);
    private static final Map<Entity, Set<Action>> ACTIONS = Map.of(
            Entity.REGISTERED_MODEL, CREATED,
            Entity.MODEL_VERSION, CREATED,
            Entity.MODEL_VERSION_TAG, SET_AND_DELETED,
            Entity.MODEL_VERSION_ALIAS, CREATED_AND_DELETED,
            Entity.PROMPT, CREATED,
            Entity.PROMPT_VERSION, CREATED,
            Entity.PROMPT_TAG, SET_AND_DELETED,
            Entity.PROMPT_VERSION_TAG, SET_AND_DELETED,
            Entity.PROMPT_ALIAS, CREATED_AND_DELETED,
            Entity.BUDGET_POLICY, EnumSet.of(Action.EXCEEDED));

    private final WebhookStore store;
    private final WebhookUrlPolicy urlPolicy;
    private final SecretCipher secretCipher;
    private final WebhookSender sender;
    private final Runnable wakeDispatcher;
    private final InstantSource clock;

    /**
     * Creates the operations.
     *
     * @param wakeDispatcher called when a delivery is due at once
     */
    public Webhooks(
            WebhookStore store,
            WebhookUrlPolicy urlPolicy,
            SecretCipher secretCipher,
            WebhookSender sender,
            Runnable wakeDispatcher,
            InstantSource clock) {
        this.store = store;
        this.urlPolicy = urlPolicy;
        this.secretCipher = secretCipher;
        this.sender = sender;
        this.wakeDispatcher = wakeDispatcher;
        this.clock = clock;
    }

    /** Creates a webhook. */
    public WebhookApi.GetWebhookResponse create(WebhookApi.CreateWebhookRequest request, Caller caller) {
        checkName(request.name());
        urlPolicy.check(checkLength("url", request.url(), MAX_URL));
        var fields = new WebhookStore.WebhookSettings(
                request.name(),
                checkText("description", emptyToNull(request.description())),
                request.url(),
                checkEvents(request.events(), request.otherEvents()),
                request.status() != WebhookStatus.DISABLED,
                secretCipher.encrypt(checkText("secret", request.secret())));
        return new WebhookApi.GetWebhookResponse(store.create(UUID.randomUUID().toString(), fields, change(caller)));
    }

    /** Returns a webhook. */
    public WebhookApi.GetWebhookResponse get(WebhookApi.WebhookIdRequest request) {
        return new WebhookApi.GetWebhookResponse(store.get(request.webhookId()));
    }

    /** Returns a page of the webhooks that the caller may read, the newest first. */
    public WebhookApi.ListWebhooksResponse list(WebhookApi.ListWebhooksRequest request, Caller caller) {
        var page = store.list(
                caller.rights().visible(ResourceType.WEBHOOK), maxResults(request.maxResults()), request.pageToken());
        return new WebhookApi.ListWebhooksResponse(page.items(), page.nextPageToken());
    }

    /** Changes the settings of a webhook that the request names. */
    public WebhookApi.GetWebhookResponse update(WebhookApi.UpdateWebhookRequest request, Caller caller) {
        var before = store.getSettings(request.webhookId());
        String name = emptyToNull(request.name());
        String url = emptyToNull(request.url());
        if (name != null) {
            checkName(name);
        }
        if (url != null) {
            urlPolicy.check(checkLength("url", url, MAX_URL));
        }
        boolean sameEvents = request.events().isEmpty() && request.otherEvents().isEmpty();
        var fields = new WebhookStore.WebhookSettings(
                name == null ? before.name() : name,
                request.description() == null
                        ? before.description()
                        : checkText("description", emptyToNull(request.description())),
                url == null ? before.url() : url,
                sameEvents ? before.events() : checkEvents(request.events(), request.otherEvents()),
                request.status() == null ? before.active() : request.status() == WebhookStatus.ACTIVE,
                request.secret() == null
                        ? before.encryptedSecret()
                        : secretCipher.encrypt(checkText("secret", request.secret())));
        return new WebhookApi.GetWebhookResponse(store.update(request.webhookId(), fields, change(caller)));
    }

    /** Deletes a webhook with its deliveries. */
    public Empty delete(WebhookApi.WebhookIdRequest request, Caller caller) {
        store.delete(request.webhookId(), change(caller));
        return new Empty();
    }

    /** Sends an example message once, and returns the response. */
    public WebhookApi.TestWebhookResponse test(WebhookApi.TestWebhookRequest request) {
        var fields = store.getSettings(request.webhookId());
        if (request.event() != null) {
            checkEvent(request.event());
        }
        String event = request.event() == null
                ? fields.events().iterator().next()
                : request.event().wireName();
        String body = WebhookMessage.example(event).toJson(clock.millis());
        try {
            WebhookHttpClient.WebhookResponse response = sender.send(
                    fields.url(), fields.encryptedSecret(), UUID.randomUUID().toString(), body);
            return new WebhookApi.TestWebhookResponse(new WebhookApi.WebhookTestResult(
                    response.status() < 400, (long) response.status(), response.body(), null));
        } catch (IOException | KirokuException | IllegalStateException e) {
            return new WebhookApi.TestWebhookResponse(new WebhookApi.WebhookTestResult(
                    false, null, null, "Failed to test webhook: " + WebhookSender.errorMessage(e)));
        }
    }

    /** Returns a page of the deliveries to webhooks that the caller may read, the newest first. */
    public WebhookApi.SearchDeliveriesResponse searchDeliveries(
            WebhookApi.SearchDeliveriesRequest request, Caller caller) {
        var page = store.searchDeliveries(
                request, caller.rights().visible(ResourceType.WEBHOOK), maxResults(request.maxResults()));
        return new WebhookApi.SearchDeliveriesResponse(page.items(), page.nextPageToken());
    }

    /** Makes a delivery due at once. */
    public Empty redeliver(WebhookApi.RedeliverRequest request) {
        store.redeliver(request.deliveryId(), clock.millis());
        wakeDispatcher.run();
        return new Empty();
    }

    private ChangeContext change(Caller caller) {
        return new ChangeContext(caller, clock.millis());
    }

    private static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw invalid(
                    "Webhook name '%s' is invalid. It must start and end with a letter or digit, have at most 63 characters, and contain only letters, "
                            + "digits, dots (.), underscores (_), and hyphens (-).",
                    abbreviate(name, 80));
        }
    }

    private static Set<String> checkEvents(List<WebhookEvent> events, List<String> others) {
        if (events.isEmpty() && others.isEmpty()) {
            throw invalid("Missing value for required parameter 'events'.");
        }
        Set<String> names = new LinkedHashSet<>();
        for (WebhookEvent event : events) {
            checkEvent(event);
            names.add(event.wireName());
        }
        for (String other : others) {
            if (!WebhookMessage.KIROKU_EVENTS.contains(other)) {
                throw invalid(
                        "Unknown event '%s'. The events in addition to MLflow's are: %s.",
                        abbreviate(other, 60), String.join(", ", WebhookMessage.KIROKU_EVENTS));
            }
            names.add(other);
        }
        return names;
    }

    private static void checkEvent(WebhookEvent event) {
        if (event.entity() == null || event.action() == null) {
            throw invalid("An event has an entity and an action, such as MODEL_VERSION and CREATED.");
        }
        Set<Action> valid = ACTIONS.getOrDefault(event.entity(), Set.of());
        if (!valid.contains(event.action())) {
            throw invalid(
                    "Invalid action '%s' for entity '%s'. Valid actions are: %s",
                    event.action(), event.entity(), valid);
        }
    }

    private static String checkLength(String field, String text, int limit) {
        if (text.length() > limit) {
            throw invalid("'%s' exceeds the maximum length of %d characters", field, limit);
        }
        return text;
    }

    private static @Nullable String checkText(String field, @Nullable String text) {
        return text == null ? null : checkLength(field, text, MAX_TEXT);
    }

    private static int maxResults(@Nullable Long requested) {
        long max = requested == null || requested == 0 ? DEFAULT_PAGE_SIZE : requested;
        if (max < 1 || max > MAX_PAGE_SIZE) {
            throw invalid("max_results must be between 1 and %d.", MAX_PAGE_SIZE);
        }
        return (int) max;
    }
}
