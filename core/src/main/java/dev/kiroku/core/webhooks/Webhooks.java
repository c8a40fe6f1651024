package dev.kiroku.core.webhooks;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.Texts.orNull;

import dev.kiroku.core.audit.Change;
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
    private final Destinations destinations;
    private final SecretBox secrets;
    private final Delivery delivery;
    private final Runnable wake;
    private final InstantSource clock;

    /** @param wake told when something is due at once */
    public Webhooks(
            WebhookStore store,
            Destinations destinations,
            SecretBox secrets,
            Delivery delivery,
            Runnable wake,
            InstantSource clock) {
        this.store = store;
        this.destinations = destinations;
        this.secrets = secrets;
        this.delivery = delivery;
        this.wake = wake;
        this.clock = clock;
    }

    public WebhookApi.OneWebhook create(WebhookApi.Create request, Caller caller) {
        checkName(request.name());
        destinations.check(checkLength("url", request.url(), MAX_URL));
        var fields = new WebhookStore.Fields(
                request.name(),
                checkLength("description", orNull(request.description()), MAX_TEXT),
                request.url(),
                events(request.events(), request.otherEvents()),
                request.status() != WebhookStatus.DISABLED,
                secrets.seal(checkLength("secret", request.secret(), MAX_TEXT)));
        return new WebhookApi.OneWebhook(store.create(UUID.randomUUID().toString(), fields, change(caller)));
    }

    public WebhookApi.OneWebhook get(WebhookApi.ById request) {
        return new WebhookApi.OneWebhook(store.get(request.webhookId()));
    }

    public WebhookApi.Found list(WebhookApi.ListAll request) {
        var page = store.list(maxResults(request.maxResults()), request.pageToken());
        return new WebhookApi.Found(page.items(), page.nextPageToken());
    }

    /** What is not given stays as it is. */
    public WebhookApi.OneWebhook update(WebhookApi.Update request, Caller caller) {
        var before = store.fields(request.webhookId());
        String name = orNull(request.name());
        String url = orNull(request.url());
        if (name != null) {
            checkName(name);
        }
        if (url != null) {
            destinations.check(checkLength("url", url, MAX_URL));
        }
        boolean sameEvents = request.events().isEmpty() && request.otherEvents().isEmpty();
        var fields = new WebhookStore.Fields(
                name == null ? before.name() : name,
                request.description() == null
                        ? before.description()
                        : checkLength("description", orNull(request.description()), MAX_TEXT),
                url == null ? before.url() : url,
                sameEvents ? before.events() : events(request.events(), request.otherEvents()),
                request.status() == null ? before.active() : request.status() == WebhookStatus.ACTIVE,
                request.secret() == null
                        ? before.sealedSecret()
                        : secrets.seal(checkLength("secret", request.secret(), MAX_TEXT)));
        return new WebhookApi.OneWebhook(store.update(request.webhookId(), fields, change(caller)));
    }

    public Empty delete(WebhookApi.ById request, Caller caller) {
        store.delete(request.webhookId(), change(caller));
        return new Empty();
    }

    /** Sends an example, at once and once, and tells what came back. */
    public WebhookApi.Tested test(WebhookApi.Test request) {
        var fields = store.fields(request.webhookId());
        if (request.event() != null) {
            check(request.event());
        }
        String event = request.event() == null
                ? fields.events().iterator().next()
                : request.event().text();
        String body = Event.example(event).body(clock.millis());
        try {
            HttpSender.Answer answer = delivery.send(
                    fields.url(), fields.sealedSecret(), UUID.randomUUID().toString(), body);
            return new WebhookApi.Tested(
                    new WebhookApi.Result(answer.status() < 400, (long) answer.status(), answer.body(), null));
        } catch (IOException | KirokuException | IllegalStateException e) {
            return new WebhookApi.Tested(
                    new WebhookApi.Result(false, null, null, "Failed to test webhook: " + Delivery.reason(e)));
        }
    }

    public WebhookApi.FoundDeliveries deliveries(WebhookApi.Deliveries request) {
        var page = store.deliveries(request, maxResults(request.maxResults()));
        return new WebhookApi.FoundDeliveries(page.items(), page.nextPageToken());
    }

    public Empty redeliver(WebhookApi.ByDelivery request) {
        store.redeliver(request.deliveryId(), clock.millis());
        wake.run();
        return new Empty();
    }

    private Change change(Caller caller) {
        return new Change(caller, clock.millis());
    }

    private static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw invalid(
                    "Webhook name '%s' is invalid. It must start and end with a letter or digit, have at most 63 characters, and contain only letters, "
                            + "digits, dots (.), underscores (_), and hyphens (-).",
                    name.length() > 80 ? name.substring(0, 80) + "…" : name);
        }
    }

    private static Set<String> events(List<WebhookEvent> events, List<String> others) {
        if (events.isEmpty() && others.isEmpty()) {
            throw invalid("Missing value for required parameter 'events'.");
        }
        Set<String> names = new LinkedHashSet<>();
        for (WebhookEvent event : events) {
            check(event);
            names.add(event.text());
        }
        for (String other : others) {
            if (!Event.OTHERS.contains(other)) {
                throw invalid(
                        "There is no event '%s'. Beside MLflow's there are: %s.",
                        other.length() > 60 ? other.substring(0, 60) + "…" : other, String.join(", ", Event.OTHERS));
            }
            names.add(other);
        }
        return names;
    }

    private static void check(WebhookEvent event) {
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
