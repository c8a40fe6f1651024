package dev.kiroku.transfer.source.tracker;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Converts JSON to params: an object becomes a param for each of its fields, with dots between the keys, and values are written as Python does.
 */
public final class JsonParams {
    /** Reads JSON as Python writes it, with NaN and infinities. */
    public static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private JsonParams() {}

    /** Passes the params of a JSON text; a text that is not JSON is a param itself. */
    public static void flatten(String key, String json, BiConsumer<String, String> params) {
        JsonNode value;
        try {
            value = JSON.readTree(json);
        } catch (JacksonException e) {
            params.accept(key, json);
            return;
        }
        flatten(key, value, params);
    }

    /**
     * Passes the params of a value.
     *
     * @param key of the value; empty for the fields of the outermost object
     */
    public static void flatten(String key, JsonNode value, BiConsumer<String, String> params) {
        if (value.isObject() && !value.isEmpty()) {
            value.forEachEntry((name, field) -> flatten(key.isEmpty() ? name : key + "." + name, field, params));
        } else if (!key.isEmpty() || !value.isObject()) {
            params.accept(key, text(value));
        }
    }

    /** Returns a value as Python writes it. */
    public static String text(JsonNode value) {
        if (value.isNull() || value.isMissingNode()) {
            return "None";
        }
        if (value.isBoolean()) {
            return value.asBoolean() ? "True" : "False";
        }
        if (value.isFloatingPointNumber()) {
            return Numbers.format(value.asDouble());
        }
        if (value.isArray()) {
            List<String> items = new ArrayList<>();
            value.forEach(item ->
                    items.add(item.isContainer() || !item.isString() ? text(item) : "'" + item.asString() + "'"));
            return "[" + String.join(", ", items) + "]";
        }
        return value.isObject() ? value.toString() : value.asString();
    }
}
