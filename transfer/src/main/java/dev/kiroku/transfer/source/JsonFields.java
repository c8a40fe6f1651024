package dev.kiroku.transfer.source;

import dev.kiroku.model.KeyValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads fields of JSON that MLflow's releases write in several forms. */
public final class JsonFields {
    private JsonFields() {}

    /** Returns tags or params: a map, or a list of keys with values. */
    public static List<KeyValue> keyValues(JsonNode node) {
        List<KeyValue> values = new ArrayList<>();
        if (node.isArray()) {
            node.forEach(item -> values.add(new KeyValue(
                    item.path("key").asString(""), item.path("value").asString(""))));
        } else {
            node.forEachEntry((key, value) -> values.add(new KeyValue(key, value.asString(""))));
        }
        return values;
    }

    /** Returns a text; null if it is missing or empty. */
    public static @Nullable String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isNull() || value.asString("").isEmpty() ? null : value.asString("");
    }

    /** Returns a number, which may be written as a text; null if it is missing. */
    public static @Nullable Long number(JsonNode node, String field) {
        String text = text(node, field);
        return text != null && text.matches("-?\\d{1,18}") ? Long.valueOf(text) : null;
    }

    /** Returns a number, or {@code missing}. */
    public static long number(JsonNode node, String field, long missing) {
        Long number = number(node, field);
        return number == null ? missing : number;
    }

    /**
     * Returns a number that must be there.
     *
     * @throws IllegalArgumentException if it is missing
     */
    public static long requireNumber(JsonNode node, String field) {
        Long number = number(node, field);
        if (number == null) {
            throw new IllegalArgumentException("it has no " + field);
        }
        return number;
    }

    /**
     * Returns the number that a text stands for; MLflow writes NaN and infinities as texts.
     *
     * @throws NumberFormatException if it is not one
     */
    public static double parseDouble(String text) {
        return switch (text) {
            case "NaN", "nan" -> Double.NaN;
            case "Infinity", "inf" -> Double.POSITIVE_INFINITY;
            case "-Infinity", "-inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }
}
