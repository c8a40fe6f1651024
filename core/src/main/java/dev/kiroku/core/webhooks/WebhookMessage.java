package dev.kiroku.core.webhooks;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.GateApi;
import dev.kiroku.model.registry.GateResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A message to the webhooks that subscribe to an event.
 *
 * @param event the entity and the action, such as {@code model_version.created}
 * @param data the payload: strings, numbers, booleans, lists and maps of them, or null
 */
public record WebhookMessage(String event, Map<String, @Nullable Object> data) {
    /** The events that MLflow does not have. Webhooks subscribe to them by {@code other_events}. */
    public static final List<String> KIROKU_EVENTS = List.of(
            "approval.requested",
            "approval.approved",
            "approval.rejected",
            "approval.withdrawn",
            "approval.expired",
            "approval.completed",
            "approval.invalidated",
            "gate.failed",
            "gate.changed");

    /** The tag that, with the value {@code true}, makes a registered model a prompt. */
    public static final String PROMPT_TAG = "mlflow.prompt.is_prompt";

    private static final Set<String> PROMPT_MARKER_TAGS = Set.of(PROMPT_TAG, "_mlflow_prompt_type");
    private static final JsonMapper JSON = new JsonMapper();
    private static final String PROMPT_TEXT = "mlflow.prompt.text";

    private static WebhookMessage of(String event, @Nullable Object... pairs) {
        return new WebhookMessage(event, fields(pairs));
    }

    /** @param pairs names and values in turn */
    private static Map<String, @Nullable Object> fields(@Nullable Object... pairs) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            data.put(String.valueOf(pairs[i]), pairs[i + 1]);
        }
        return data;
    }

    /** Returns whether these tags, of a request perhaps without keys, make a registered model, or a version of it, a prompt. */
    public static boolean isPrompt(Collection<KeyValue> tags) {
        return tags.stream().anyMatch(tag -> PROMPT_TAG.equals(tag.key()) && "true".equalsIgnoreCase(tag.value()));
    }

    /** Returns the message for a new registered model or prompt. */
    public static WebhookMessage modelCreated(String name, Collection<KeyValue> tags, @Nullable String description) {
        String about = description == null ? "" : description;
        return isPrompt(tags)
                ? of("prompt.created", "name", name, "tags", tagMap(tags, PROMPT_MARKER_TAGS), "description", about)
                : of("registered_model.created", "name", name, "tags", tagMap(tags, Set.of()), "description", about);
    }

    /** Returns the message for a new version of a model or prompt. */
    public static WebhookMessage versionCreated(
            String name,
            String version,
            String source,
            @Nullable String runId,
            Collection<KeyValue> tags,
            @Nullable String description) {
        String about = description == null || description.isEmpty() ? null : description;
        if (!isPrompt(tags)) {
            return of(
                    "model_version.created",
                    "name",
                    name,
                    "version",
                    version,
                    "source",
                    source,
                    "run_id",
                    runId,
                    "tags",
                    tagMap(tags, Set.of()),
                    "description",
                    about);
        }
        Map<String, String> others = tagMap(tags, PROMPT_MARKER_TAGS);
        String template = others.remove(PROMPT_TEXT);
        return of(
                "prompt_version.created",
                "name",
                name,
                "version",
                version,
                "template",
                template,
                "tags",
                others,
                "description",
                about);
    }

    /**
     * Returns the message for a tag of a version.
     *
     * @param prompt whether the model is a prompt
     */
    public static WebhookMessage versionTagSet(boolean prompt, String name, String version, KeyValue tag) {
        return of(
                prompt ? "prompt_version_tag.set" : "model_version_tag.set",
                "name",
                name,
                "version",
                version,
                "key",
                tag.key(),
                "value",
                tag.value());
    }

    /**
     * Returns the message for a deleted tag of a version.
     *
     * @param prompt whether the model is a prompt
     */
    public static WebhookMessage versionTagDeleted(boolean prompt, String name, String version, String key) {
        return of(
                prompt ? "prompt_version_tag.deleted" : "model_version_tag.deleted",
                "name",
                name,
                "version",
                version,
                "key",
                key);
    }

    /**
     * Returns the message for an alias that was assigned.
     *
     * @param prompt whether the model is a prompt
     */
    public static WebhookMessage aliasSet(boolean prompt, String name, String alias, String version) {
        return of(
                prompt ? "prompt_alias.created" : "model_version_alias.created",
                "name",
                name,
                "alias",
                alias,
                "version",
                version);
    }

    /**
     * Returns the message for a deleted alias.
     *
     * @param prompt whether the model is a prompt
     */
    public static WebhookMessage aliasDeleted(boolean prompt, String name, String alias) {
        return of(prompt ? "prompt_alias.deleted" : "model_version_alias.deleted", "name", name, "alias", alias);
    }

    /** Returns the message for a tag of a prompt. MLflow has no such event for other models. */
    public static WebhookMessage promptTagSet(String name, KeyValue tag) {
        return of("prompt_tag.set", "name", name, "key", tag.key(), "value", tag.value());
    }

    /** Returns the message for a deleted tag of a prompt. */
    public static WebhookMessage promptTagDeleted(String name, String key) {
        return of("prompt_tag.deleted", "name", name, "key", key);
    }

    /**
     * Returns the message for an assignment that gates refused.
     *
     * @param failed the results of the gates whose conditions failed
     */
    public static WebhookMessage gateFailed(
            String name, long version, String target, String actor, List<GateResult> failed) {
        List<Map<String, @Nullable Object>> conditions = new ArrayList<>();
        for (GateResult gate : failed) {
            gate.conditions().stream()
                    .filter(condition -> !condition.passed())
                    .forEach(condition -> conditions.add(fields(
                            "gate",
                            gate.gate(),
                            "condition",
                            condition.condition(),
                            "seen",
                            condition.seen(),
                            "explanation",
                            condition.explanation())));
        }
        return of(
                "gate.failed",
                "name",
                name,
                "version",
                Long.toString(version),
                "target",
                target,
                "actor",
                actor,
                "failed",
                conditions);
    }

    /** Returns the message for a gate that was created, updated or deleted. */
    public static WebhookMessage gateChanged(GateApi.GateChange change, String actor) {
        String what = change.before() == null ? "created" : change.after() == null ? "deleted" : "updated";
        return of(
                "gate.changed",
                "gate",
                change.name(),
                "change",
                what,
                "actor",
                actor,
                "before",
                gateFields(change.before()),
                "after",
                gateFields(change.after()));
    }

    private static @Nullable Map<String, @Nullable Object> gateFields(@Nullable Gate gate) {
        return gate == null
                ? null
                : fields(
                        "models",
                        gate.models(),
                        "alias",
                        gate.alias(),
                        "stage",
                        gate.stage(),
                        "require",
                        gate.require(),
                        "approvals",
                        gate.approvals() == null
                                ? null
                                : fields(
                                        "required",
                                        gate.approvals().required(),
                                        "from",
                                        gate.approvals().from()));
    }

    /** Returns the message that a test of a webhook sends. */
    static WebhookMessage example(String text) {
        boolean prompt = text.startsWith("prompt");
        String name = prompt ? "example_prompt" : "example_model";
        KeyValue tag = new KeyValue("example_key", "example_value");
        return switch (text) {
            case "registered_model.created" -> modelCreated(name, List.of(tag), "An example registered model");
            case "prompt.created" ->
                of(text, "name", name, "tags", tagMap(List.of(tag), Set.of()), "description", "An example prompt");
            case "model_version.created" ->
                versionCreated(name, "1", "models:/123", "abcd1234abcd5678", List.of(tag), "An example model version");
            case "prompt_version.created" ->
                of(
                        text,
                        "name",
                        name,
                        "version",
                        "1",
                        "template",
                        "Hello {{name}}!",
                        "tags",
                        tagMap(List.of(tag), Set.of()),
                        "description",
                        "An example prompt version");
            case "model_version_tag.set", "prompt_version_tag.set" -> versionTagSet(prompt, name, "1", tag);
            case "model_version_tag.deleted", "prompt_version_tag.deleted" ->
                versionTagDeleted(prompt, name, "1", tag.key());
            case "model_version_alias.created", "prompt_alias.created" -> aliasSet(prompt, name, "example_alias", "1");
            case "model_version_alias.deleted", "prompt_alias.deleted" -> aliasDeleted(prompt, name, "example_alias");
            case "prompt_tag.set" -> promptTagSet(name, tag);
            case "prompt_tag.deleted" -> promptTagDeleted(name, tag.key());
            default -> of(text, "name", name, "version", "1");
        };
    }

    private static Map<String, String> tagMap(Collection<KeyValue> tags, Set<String> without) {
        Map<String, String> map = new LinkedHashMap<>();
        tags.stream().filter(tag -> !without.contains(tag.key())).forEach(tag -> map.put(tag.key(), tag.value()));
        return map;
    }

    /**
     * Returns the body of the request to a webhook.
     *
     * @param timestamp milliseconds since 1970
     */
    public String toJson(long timestamp) {
        String[] words = event.split("\\.");
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("entity", words[0]);
        body.put("action", String.join(".", Arrays.asList(words).subList(1, words.length)));
        body.put("timestamp", Instant.ofEpochMilli(timestamp).toString());
        body.put("data", data);
        return JSON.writeValueAsString(body);
    }
}
