package dev.kiroku.core.registry.store;

import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.access.VisibleResources;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.registry.RegisteredModel;

/**
 * The registered models that a caller may read, or those whose versions the caller may read. Prompts are registered models with a tag, and
 * grants name them by a type of their own.
 *
 * @param models the models that are not prompts
 * @param prompts the models that are
 */
public record VisibleModels(VisibleResources models, VisibleResources prompts) {
    /** All models. */
    public static final VisibleModels ALL = new VisibleModels(VisibleResources.ALL, VisibleResources.ALL);

    /** Returns the models that a caller may read. */
    public static VisibleModels of(Caller caller) {
        return new VisibleModels(
                caller.rights().visible(ResourceType.REGISTERED_MODEL),
                caller.rights().visible(ResourceType.PROMPT));
    }

    /** Returns the models whose versions a caller may read. */
    public static VisibleModels withVersionsOf(Caller caller) {
        return new VisibleModels(
                caller.rights().visible(ResourceType.MODEL_VERSION),
                caller.rights().visible(ResourceType.PROMPT_VERSION));
    }

    /** Returns whether all models are visible. */
    public boolean isAll() {
        return models.isAll() && prompts.isAll();
    }

    /** Returns whether a model is visible. */
    public boolean contains(RegisteredModel model) {
        return contains(model.name(), WebhookMessage.isPrompt(model.tags()));
    }

    /** Returns whether the model or prompt of a name is visible. */
    public boolean contains(String name, boolean prompt) {
        return prompt ? prompts.contains(ResourceKey.prompt(name)) : models.contains(ResourceKey.registeredModel(name));
    }
}
