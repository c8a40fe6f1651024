package dev.kiroku.transfer.source.wandb;

import dev.kiroku.transfer.source.JsonFields;
import dev.kiroku.transfer.source.tracker.JsonParams;
import dev.kiroku.transfer.source.wandb.LogParser.Item;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The items of a row of the history, or of the summary, by what they are.
 *
 * @param numbers by key
 * @param texts by key
 * @param media the types of images, histograms, tables and the like, by key
 */
record HistoryValues(Map<String, Double> numbers, Map<String, String> texts, Map<String, String> media) {
    private static final String TYPE = "._type";

    /** Sorts items; those of Weights &amp; Biases itself, whose keys begin with {@code _}, are left out. */
    static HistoryValues of(List<Item> items) {
        HistoryValues values = new HistoryValues(new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
        for (Item item : items) {
            if (item.key().endsWith(TYPE)) {
                String key = item.key().substring(0, item.key().length() - TYPE.length());
                values.media.put(key, item.json().replace("\"", ""));
            }
        }
        for (Item item : items) {
            if (!item.key().startsWith("_") && !values.isOfMedia(item.key())) {
                values.add(item.key(), item.json());
            }
        }
        return values;
    }

    private boolean isOfMedia(String key) {
        for (int dot = key.indexOf('.'); dot > 0; dot = key.indexOf('.', dot + 1)) {
            if (media.containsKey(key.substring(0, dot))) {
                return true;
            }
        }
        return false;
    }

    private void add(String key, String json) {
        Double number = number(json);
        if (number != null) {
            numbers.put(key, number);
        } else if (json.startsWith("\"")) {
            texts.put(key, json);
        } else if (json.startsWith("{")) {
            addObject(key, json);
        }
    }

    /** Adds an object, which older releases write as one value. */
    private void addObject(String key, String json) {
        JsonNode object;
        try {
            object = JsonParams.JSON.readTree(json);
        } catch (JacksonException e) {
            return;
        }
        addObject(key, object);
    }

    private void addObject(String key, JsonNode object) {
        if (object.path("_type").isString()) {
            media.put(key, object.path("_type").asString());
            return;
        }
        object.forEachEntry((name, value) -> {
            String nested = key + "." + name;
            if (value.isNumber()) {
                numbers.put(nested, value.asDouble());
            } else if (value.isObject()) {
                addObject(nested, value);
            } else {
                add(nested, value.toString());
            }
        });
    }

    /** Returns the number that a JSON value is, a boolean as 0 or 1; null for other values. */
    static @Nullable Double number(String json) {
        if (json.equals("true") || json.equals("false")) {
            return json.equals("true") ? 1.0 : 0.0;
        }
        if (json.isEmpty() || "-0123456789NI".indexOf(json.charAt(0)) < 0) {
            return null;
        }
        try {
            return JsonFields.parseDouble(json);
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
