package dev.kiroku.serving.engine;

import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Compares two prediction responses, with a tolerance for floating-point numbers. */
public final class PredictionMatcher {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private PredictionMatcher() {}

    /**
     * Returns whether two JSON texts are equal but for differences of floating-point numbers.
     *
     * @param tolerance the largest relative difference; for numbers between -0.1 and 0.1 a tenth of it is the largest absolute difference.
     *     With 0 the texts have to be equal byte for byte.
     */
    public static boolean matches(double tolerance, byte[] expected, byte[] actual) {
        if (Arrays.equals(expected, actual)) {
            return true;
        }
        try {
            return tolerance > 0 && matches(tolerance, JSON.readTree(expected), JSON.readTree(actual));
        } catch (JacksonException e) {
            return false;
        }
    }

    private static boolean matches(double tolerance, JsonNode expected, JsonNode actual) {
        if (expected.isFloatingPointNumber() && actual.isFloatingPointNumber()) {
            double a = expected.asDouble();
            double b = actual.asDouble();
            return a == b
                    || (Double.isNaN(a) && Double.isNaN(b))
                    || Math.abs(a - b) <= tolerance * Math.max(0.1, Math.max(Math.abs(a), Math.abs(b)));
        }
        if (expected.size() != actual.size()
                || expected.isArray() != actual.isArray()
                || expected.isObject() != actual.isObject()) {
            return false;
        }
        if (expected.isArray()) {
            for (int i = 0; i < expected.size(); i++) {
                if (!matches(tolerance, expected.path(i), actual.path(i))) {
                    return false;
                }
            }
            return true;
        }
        return expected.isObject()
                ? expected.propertyNames().stream()
                        .allMatch(name -> matches(tolerance, expected.path(name), actual.path(name)))
                : expected.equals(actual);
    }
}
