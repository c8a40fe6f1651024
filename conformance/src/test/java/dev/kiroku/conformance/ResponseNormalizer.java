package dev.kiroku.conformance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Replaces the parts of a response that differ between servers: generated ids, the current time, generated run names, page tokens
 * and artifact roots. Everything else is unchanged.
 */
final class ResponseNormalizer {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final long DAY_MILLIS = 24L * 60 * 60 * 1000;
    private static final Pattern MODEL_ID = Pattern.compile("\\bm-[0-9a-f]{32}\\b");
    private static final Pattern ID = Pattern.compile("\\b[0-9a-f]{32}\\b");
    private static final Pattern RUN_NAME = Pattern.compile("[a-z]+-[a-z]+-\\d{1,4}");

    /** Fields of JSON and GraphQL that contain an experiment id. */
    private static final Set<String> EXPERIMENT_IDS = Set.of("experiment_id", "experiment_ids", "experimentId");

    /** Fields of users, roles and grants that contain the number of a row. */
    private static final Set<String> ROW_IDS = Set.of("id", "user_id", "role_id");

    private static final Pattern ROLE_OF_USER = Pattern.compile("__user_\\d+__");

    private final String artifactRoot;
    private final Map<String, String> variables;
    private final long now;

    /**
     * @param artifactRoot the root of the server's artifact URIs
     * @param variables the values that the scenario has saved from this server's responses
     * @param now Unix time in milliseconds; times within a day of it are taken as "now"
     */
    ResponseNormalizer(String artifactRoot, Map<String, String> variables, long now) {
        this.artifactRoot = artifactRoot;
        this.variables = variables;
        this.now = now;
    }

    RecordedResponse normalize(RecordedResponse answer) {
        return new RecordedResponse(answer.status(), answer.contentType(), node("", answer.body()));
    }

    private JsonNode node(String name, JsonNode node) {
        if (node.isObject()) {
            ObjectNode object = NODES.objectNode();
            node.properties()
                    .forEach(field -> object.set(text("", field.getKey()), node(field.getKey(), field.getValue())));
            if ("mlflow.runName".equals(object.path("key").asString(""))) {
                object.set(
                        "value", NODES.stringNode(runName(object.path("value").asString(""))));
            }
            return object;
        }
        if (node.isArray()) {
            ArrayNode array = NODES.arrayNode();
            inOrder(node).forEach(element -> array.add(node(name, element)));
            return array;
        }
        if (node.isString()) {
            return NODES.stringNode(text(name, node.asString()));
        }
        if (node.isIntegralNumber() && ROW_IDS.contains(name)) {
            return NODES.stringNode("<number>");
        }
        return node.isIntegralNumber() && isNow(node) ? NODES.stringNode("<now>") : node;
    }

    /** Returns the elements of an array in a defined order: entries with distinct keys (tags, params, latest metrics) have none. */
    private static List<JsonNode> inOrder(JsonNode array) {
        List<JsonNode> elements = new ArrayList<>();
        array.forEach(elements::add);
        boolean keyed =
                elements.stream().allMatch(element -> element.path("key").isString());
        if (keyed
                && elements.stream()
                                .map(element -> element.path("key").asString())
                                .distinct()
                                .count()
                        == elements.size()) {
            elements.sort(Comparator.comparing(element -> element.path("key").asString()));
        } else if (keyed
                && elements.stream()
                        .allMatch(element -> element.path("model_id").isString())) {
            // Points of a logged model: MLflow returns them in an undefined order.
            elements.sort(Comparator.<JsonNode, String>comparing(
                            element -> element.path("key").asString())
                    .thenComparingLong(element -> element.path("step").asLong()));
        }
        return elements;
    }

    private boolean isNow(JsonNode number) {
        return number.canConvertToLong() && Math.abs(number.asLong() - now) < DAY_MILLIS;
    }

    private String text(String name, String text) {
        if (name.endsWith("page_token")) {
            return text.isEmpty() ? text : "<token>";
        }
        if (name.equals("resource_pattern") && text.matches("[1-9]\\d*")) {
            return "<experiment>";
        }
        String result = EXPERIMENT_IDS.contains(name) ? experiment(text) : text;
        result = ROLE_OF_USER.matcher(result).replaceAll("__user_<number>__");
        result = name.equals("run_name") || name.equals("name") ? runName(result) : result;
        result = artifactPath(result);
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            if (variable.getValue().length() > 8) {
                result = result.replace(variable.getValue(), "<" + variable.getKey() + ">");
            }
        }
        return ID.matcher(MODEL_ID.matcher(result).replaceAll("<model id>")).replaceAll("<id>");
    }

    /** Replaces an experiment id. The ids are small numbers, so only fields that contain one are replaced. The default experiment's id is always 0. */
    private String experiment(String id) {
        return variables.entrySet().stream()
                .filter(variable -> variable.getValue().equals(id))
                .map(variable -> "<" + variable.getKey() + ">")
                .findFirst()
                .orElse(id.equals("0") || !id.matches("\\d+") ? id : "<experiment>");
    }

    private String artifactPath(String uri) {
        if (!uri.startsWith(artifactRoot)) {
            return uri;
        }
        String[] steps =
                uri.substring(artifactRoot.length()).replaceFirst("^/", "").split("/", 2);
        return "<root>/" + experiment(steps[0]) + (steps.length > 1 ? "/" + steps[1] : "");
    }

    private static String runName(String name) {
        return RUN_NAME.matcher(name).matches() ? "<run name>" : name;
    }
}
