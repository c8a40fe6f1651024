package dev.kiroku.conformance.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A response. @param headers by name in lower case */
public record RawResponse(int status, Map<String, String> headers, byte[] body) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    JsonNode json() {
        return JSON.readTree(body);
    }

    boolean isError() {
        return status >= 400;
    }

    /** Asserts that this is a client error in MLflow's format: a code and a message, nothing else. */
    void assertIsRefusal(Object context) {
        assertTrue(isError(), () -> "was taken: " + context + " -> " + this);
        assertIsWellFormed(context);
    }

    /** Asserts that this is a success or a client error in MLflow's format; 501 (no such operation) and 503 (overload) are allowed too. */
    void assertIsWellFormed(Object context) {
        assertTrue(status < 500 || status == 501 || status == 503, () -> "failed: " + context + " -> " + this);
        if (status < 400 || status == 416 || body.length == 0) {
            return;
        }
        assertEquals("application/json", headers.get("content-type"), () -> context + " -> " + this);
        try {
            JsonNode error = json();
            assertEquals(
                    Set.of("error_code", "message"), Set.copyOf(error.propertyNames()), () -> context + " -> " + this);
            assertTrue(error.path("error_code").asString("").matches("[A-Z_]+"), () -> context + " -> " + this);
            assertTrue(!error.path("message").asString("").isBlank(), () -> context + " -> " + this);
        } catch (JacksonException e) {
            throw new AssertionError(context + " -> " + this, e);
        }
    }

    @Override
    public String toString() {
        String text = text();
        return status + " " + headers + " " + (text.length() > 600 ? text.substring(0, 600) + "…" : text);
    }
}
