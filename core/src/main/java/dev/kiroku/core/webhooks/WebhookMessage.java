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
import tools.jackson.databind.json.JsonMapper;

/**
 * Something that happened and that webhooks can be told of.
 *
 * @param text what and how, {@code model_version.created}
 * @param data the payload: texts, numbers, truths, lists and maps of them, or null
 */
public record WebhookMessage(String event, Map<String, Object> data) {
    /** What MLflow does not have; each is told to webhooks that name it among their {@code other_events}. */
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

    /** With the value {@code true} it makes a registered model a prompt. */
    public static final String PROMPT_TAG = "mlflow.prompt.is_prompt";

    private static final Set<String> PROMPT_MARKER_TAGS = Set.of(PROMPT_TAG, "_mlflow_prompt_type");
    private static final JsonMapper JSON = new JsonMapper();
    private static final String PROMPT_TEXT = "mlflow.prompt.text";

    /** @param pairs names and values in turn */
    public static WebhookMessage of(String text, Object... pairs) {
        return new WebhookMessage(text, fields(pairs));
    }

    private static Map<String, Object> fields(Object... pairs) {
        Map<String, Object> data = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            data.put((String) pairs[i], pairs[i + 1]);
        }
        return data;
    }

    /** Whether tags make a registered model a prompt. */
    public static boolean isPrompt(Collection<KeyValue> tags) {
        return tags.stream().anyMatch(tag -> tag.key().equals(PROMPT_TAG) && "true".equalsIgnoreCase(tag.value()));
    }

    public static WebhookMessage modelCreated(String name, Collection<KeyValue> tags, String description) {
        String about = description == null ? "" : description;
        return isPrompt(tags)
                ? of("prompt.created", "name", name, "tags", tagMap(tags, PROMPT_MARKER_TAGS), "description", about)
                : of("registered_model.created", "name", name, "tags", tagMap(tags, Set.of()), "description", about);
    }

    public static WebhookMessage versionCreated(
            String name, String version, String source, String runId, Collection<KeyValue> tags, String description) {
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

    public static WebhookMessage aliasDeleted(boolean prompt, String name, String alias) {
        return of(prompt ? "prompt_alias.deleted" : "model_version_alias.deleted", "name", name, "alias", alias);
    }

    /** MLflow tells of a prompt's tags alone. */
    public static WebhookMessage promptTagSet(String name, KeyValue tag) {
        return of("prompt_tag.set", "name", name, "key", tag.key(), "value", tag.value());
    }

    public static WebhookMessage promptTagDeleted(String name, String key) {
        return of("prompt_tag.deleted", "name", name, "key", key);
    }

    /** A version was to become something that gates did not let it. @param failed the gates that it did not pass */
    public static WebhookMessage gateFailed(
            String name, long version, String target, String actor, List<GateResult> failed) {
        List<Map<String, Object>> conditions = new ArrayList<>();
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

    private static Map<String, Object> gateFields(Gate gate) {
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

    /** What is sent when somebody tries out a webhook. */
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

    /** The body that is sent. @param at milliseconds since 1970 */
    public String toJson(long at) {
        String[] words = event.split("\\.");
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("entity", words[0]);
        body.put("action", String.join(".", Arrays.asList(words).subList(1, words.length)));
        body.put("timestamp", Instant.ofEpochMilli(at).toString());
        body.put("data", data);
        return JSON.writeValueAsString(body);
    }
}
