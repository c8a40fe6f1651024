package dev.kiroku.model.webhooks;

import java.util.Locale;

/** What MLflow's webhooks can be told of. */
public record WebhookEvent(Entity entity, Action action) {
    /** In the order of the protocol's numbers, from 1. */
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

    /** In the order of the protocol's numbers, from 1. */
    public enum Action {
        CREATED,
        UPDATED,
        DELETED,
        SET,
        EXCEEDED
    }

    /** As the payload and the delivery log call it: {@code model_version.created}. */
    public String wireName() {
        return (entity.name() + "." + action.name()).toLowerCase(Locale.ROOT);
    }

    /** The reverse of {@link #wireName}. */
    public static WebhookEvent parse(String text) {
        String[] words = text.toUpperCase(Locale.ROOT).split("\\.");
        return new WebhookEvent(Entity.valueOf(words[0]), Action.valueOf(words[1]));
    }
}
