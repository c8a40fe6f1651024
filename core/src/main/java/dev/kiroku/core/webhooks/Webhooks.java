package dev.kiroku.core.webhooks;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.Strings.emptyToNull;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.model.KirokuException;
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

/** The operations of {@link WebhookApi}. */
public final class Webhooks {
    private static final int DEFAULT_PAGE = 100;
    private static final int MAX_PAGE = 1000;
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

    /** @param wake told when something is due at once */
    public Webhooks(
            WebhookStore store,
            WebhookUrlPolicy destinations,
            SecretCipher secrets,
            WebhookSender delivery,
            Runnable wake,
            InstantSource clock) {
        this.store = store;
        this.urlPolicy = destinations;
        this.secretCipher = secrets;
        this.sender = delivery;
        this.wakeDispatcher = wake;
        this.clock = clock;
    }

    public WebhookApi.GetWebhookResponse create(WebhookApi.CreateWebhookRequest request, Caller caller) {
        checkName(request.name());
        urlPolicy.check(checkLength("url", request.url(), MAX_URL));
        var fields = new WebhookStore.WebhookSettings(
                request.name(),
                checkLength("description", emptyToNull(request.description()), MAX_TEXT),
                request.url(),
                checkEvents(request.events(), request.otherEvents()),
                request.status() != WebhookStatus.DISABLED,
                secretCipher.encrypt(checkLength("secret", request.secret(), MAX_TEXT)));
        return new WebhookApi.GetWebhookResponse(store.create(UUID.randomUUID().toString(), fields, change(caller)));
    }

    public WebhookApi.GetWebhookResponse get(WebhookApi.WebhookIdRequest request) {
        return new WebhookApi.GetWebhookResponse(store.get(request.webhookId()));
    }

    public WebhookApi.ListWebhooksResponse list(WebhookApi.ListWebhooksRequest request) {
        var page = store.list(maxResults(request.maxResults()), request.pageToken());
        return new WebhookApi.ListWebhooksResponse(page.items(), page.nextPageToken());
    }

    /** What is not given stays as it is. */
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
                        : checkLength("description", emptyToNull(request.description()), MAX_TEXT),
                url == null ? before.url() : url,
                sameEvents ? before.events() : checkEvents(request.events(), request.otherEvents()),
                request.status() == null ? before.active() : request.status() == WebhookStatus.ACTIVE,
                request.secret() == null
                        ? before.encryptedSecret()
                        : secretCipher.encrypt(checkLength("secret", request.secret(), MAX_TEXT)));
        return new WebhookApi.GetWebhookResponse(store.update(request.webhookId(), fields, change(caller)));
    }

    public Empty delete(WebhookApi.WebhookIdRequest request, Caller caller) {
        store.delete(request.webhookId(), change(caller));
        return new Empty();
    }

    /** Sends an example, at once and once, and tells what came back. */
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
            WebhookHttpClient.WebhookResponse answer = sender.send(
                    fields.url(), fields.encryptedSecret(), UUID.randomUUID().toString(), body);
            return new WebhookApi.TestWebhookResponse(new WebhookApi.WebhookTestResult(
                    answer.status() < 400, (long) answer.status(), answer.body(), null));
        } catch (IOException | KirokuException | IllegalStateException e) {
            return new WebhookApi.TestWebhookResponse(new WebhookApi.WebhookTestResult(
                    false, null, null, "Failed to test webhook: " + WebhookSender.errorMessage(e)));
        }
    }

    public WebhookApi.SearchDeliveriesResponse searchDeliveries(WebhookApi.SearchDeliveriesRequest request) {
        var page = store.searchDeliveries(request, maxResults(request.maxResults()));
        return new WebhookApi.SearchDeliveriesResponse(page.items(), page.nextPageToken());
    }

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
                    name.length() > 80 ? name.substring(0, 80) + "…" : name);
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
                        "There is no event '%s'. Beside MLflow's there are: %s.",
                        other.length() > 60 ? other.substring(0, 60) + "…" : other,
                        String.join(", ", WebhookMessage.KIROKU_EVENTS));
            }
            names.add(other);
        }
        return names;
    }

    private static void checkEvent(WebhookEvent event) {
        if (event.entity() == null || event.action() == null) {
            throw invalid("An event has an entity and an action, such as MODEL_VERSION and CREATED.");
        }
        Set<Action> valid = ACTIONS.get(event.entity());
        if (!valid.contains(event.action())) {
            throw invalid(
                    "Invalid action '%s' for entity '%s'. Valid actions are: %s",
                    event.action(), event.entity(), valid);
        }
    }

    private static String checkLength(String field, String text, int limit) {
        if (text != null && text.length() > limit) {
            throw invalid("'%s' exceeds the maximum length of %d characters", field, limit);
        }
        return text;
    }

    private static int maxResults(Long given) {
        long max = given == null || given == 0 ? DEFAULT_PAGE : given;
        if (max < 1 || max > MAX_PAGE) {
            throw invalid("max_results must be between 1 and %d.", MAX_PAGE);
        }
        return (int) max;
    }
}
