package dev.kiroku.serving.protocol;

import dev.kiroku.model.ErrorCode;
import java.nio.charset.StandardCharsets;

/** What a client gets for a request to predict. */
public record Answer(int status, String contentType, byte[] body) {
    public static final String JSON = "application/json";
    public static final String TEXT = "text/plain; charset=utf-8";

    public static Answer text(int status, String text) {
        return new Answer(status, TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /** An error in the protocol's form. */
    public static Answer error(ErrorCode code, String message) {
        return error(code.httpStatus(), code, message);
    }

    public static Answer error(int status, ErrorCode code, String message) {
        String text = "{\"error_code\": \"" + code + "\", \"message\": " + JsonText.quoted(message) + "}";
        return new Answer(status, JSON, text.getBytes(StandardCharsets.UTF_8));
    }

    public boolean isOk() {
        return status == 200;
    }
}
