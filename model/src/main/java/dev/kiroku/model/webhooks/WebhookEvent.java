package dev.kiroku.model.webhooks;

import java.util.Locale;

/** An event of MLflow that webhooks can subscribe to. */
public record WebhookEvent(Entity entity, Action action) {
    /** What was changed. In the order of the protocol's numbers, from 1. */
    public enum Entity {
        REGISTERED_MODEL,
        MODEL_VERSION,
        MODEL_VERSION_TAG,
        MODEL_VERSION_ALIAS,
        PROMPT,
        PROMPT_VERSION,
        PROMPT_TAG,
        PROMPT_VERSION_TAG,
        PROMPT_ALIAS,
        BUDGET_POLICY
    }

    /** The kind of change. In the order of the protocol's numbers, from 1. */
    public enum Action {
        CREATED,
        UPDATED,
        DELETED,
        SET,
        EXCEEDED
    }

    /** Returns the name of the event in payloads and in the delivery log, such as {@code model_version.created}. */
    public String wireName() {
        return (entity.name() + "." + action.name()).toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the event of a name as {@link #wireName} returns it.
     *
     * @throws IllegalArgumentException if there is no such event
     */
    public static WebhookEvent parse(String text) {
        String[] words = text.toUpperCase(Locale.ROOT).split("\\.");
        return new WebhookEvent(Entity.valueOf(words[0]), Action.valueOf(words[1]));
    }
}
