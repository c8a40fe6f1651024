package dev.kiroku.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiroku.model.ErrorCode;
import org.junit.jupiter.api.Test;

class ErrorBodyTest {
    @Test
    void writesJsonAsMlflowDoes() {
        var body = new ErrorBody(ErrorCode.RESOURCE_DOES_NOT_EXIST, "No run \"a\\b\"\n\t\r\u0001 ラン 😀");
        assertEquals(
                "{\"error_code\": \"RESOURCE_DOES_NOT_EXIST\", \"message\": \"No run \\\"a\\\\b\\\"\\n\\t\\r\\u0001"
                        + " \\u30e9\\u30f3 \\ud83d\\ude00\"}",
                new String(body.toJson(), US_ASCII));
    }
}
