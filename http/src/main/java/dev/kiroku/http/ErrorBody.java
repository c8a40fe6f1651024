package dev.kiroku.http;

import dev.kiroku.model.ErrorCode;
import java.nio.charset.StandardCharsets;

/**
 * The body of an error response in MLflow's form: {@code {"error_code": …, "message": …}}.
 *
 * @param message what happened and what to do about it
 */
public record ErrorBody(ErrorCode errorCode, String message) {
    /** The media type of the body. */
    public static final String CONTENT_TYPE = "application/json";

    /** Returns the JSON as Python's {@code json.dumps} writes it, in ASCII with {@code \}{@code u} escapes. */
    public byte[] toJson() {
        StringBuilder json = new StringBuilder(message.length() + 64)
                .append("{\"error_code\": \"")
                .append(errorCode.name())
                .append("\", \"message\": ");
        JsonString.appendQuoted(json, message);
        return json.append('}').toString().getBytes(StandardCharsets.US_ASCII);
    }
}
