package dev.kiroku.serving.protocol;

import dev.kiroku.http.ErrorBody;
import dev.kiroku.model.ErrorCode;
import java.nio.charset.StandardCharsets;

/** What a client gets for a request to predict. */
public record ScoringResponse(int status, String contentType, byte[] body) {
    public static final String JSON = "application/json";
    public static final String TEXT = "text/plain; charset=utf-8";

    public static ScoringResponse text(int status, String text) {
        return new ScoringResponse(status, TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /** An error in the protocol's form. */
    public static ScoringResponse error(ErrorCode code, String message) {
        return error(code.httpStatus(), code, message);
    }

    public static ScoringResponse error(int status, ErrorCode code, String message) {
        return new ScoringResponse(status, JSON, new ErrorBody(code, message).toJson());
    }

    public boolean isOk() {
        return status == 200;
    }
}
