package dev.kiroku.serving.engine;

import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whether two answers say the same. */
public final class PredictionMatcher {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private PredictionMatcher() {}

    /** @param tolerance by how much numbers with a fraction may differ, relative to their size (a tenth of it for those near 0); 0 for the very same bytes */
    public static boolean matches(double tolerance, byte[] one, byte[] other) {
        if (Arrays.equals(one, other)) {
            return true;
        }
        try {
            return tolerance > 0 && matches(tolerance, JSON.readTree(one), JSON.readTree(other));
        } catch (JacksonException e) {
            return false;
        }
    }

    private static boolean matches(double tolerance, JsonNode one, JsonNode other) {
        if (one.isFloatingPointNumber() && other.isFloatingPointNumber()) {
            double a = one.asDouble();
            double b = other.asDouble();
            return a == b
                    || Double.isNaN(a) && Double.isNaN(b)
                    || Math.abs(a - b) <= tolerance * Math.max(0.1, Math.max(Math.abs(a), Math.abs(b)));
        }
        if (one.size() != other.size() || one.isArray() != other.isArray() || one.isObject() != other.isObject()) {
            return false;
        }
        if (one.isArray()) {
            for (int i = 0; i < one.size(); i++) {
                if (!matches(tolerance, one.path(i), other.path(i))) {
                    return false;
                }
            }
            return true;
        }
        return one.isObject()
                ? one.propertyNames().stream().allMatch(name -> matches(tolerance, one.path(name), other.path(name)))
                : one.equals(other);
    }
}
