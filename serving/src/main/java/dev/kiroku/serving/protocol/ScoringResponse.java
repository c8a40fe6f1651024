package dev.kiroku.serving.protocol;

import dev.kiroku.http.ErrorBody;
import dev.kiroku.model.ErrorCode;
import java.nio.charset.StandardCharsets;

/** A response of the scoring protocol. */
public record ScoringResponse(int status, String contentType, byte[] body) {
    /** The content type of predictions and errors. */
    public static final String JSON = "application/json";

    /** The content type of MLflow's messages that are not JSON. */
    public static final String TEXT = "text/plain; charset=utf-8";

    /** Returns the response to an unknown path, in the words of FastAPI, on which MLflow's server is built. */
    public static ScoringResponse notFound() {
        return json(404, "{\"detail\":\"Not Found\"}");
    }

    /** Returns the response to a request that exceeds the time limit: MLflow's text, with the content type that MLflow sends. */
    public static ScoringResponse timeout() {
        return json(504, "Request processing time exceeded limit");
    }

    /** Returns a response with the content type of JSON. */
    public static ScoringResponse json(int status, String text) {
        return new ScoringResponse(status, JSON, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns a response of plain text. */
    public static ScoringResponse text(int status, String text) {
        return new ScoringResponse(status, TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns an error with the HTTP status of its code. */
    public static ScoringResponse error(ErrorCode code, String message) {
        return error(code.httpStatus(), code, message);
    }

    /** Returns an error in the form in which MLflow writes it. */
    public static ScoringResponse error(int status, ErrorCode code, String message) {
        return new ScoringResponse(status, JSON, new ErrorBody(code, message).toJson());
    }

    /** Returns whether the status is 200. */
    public boolean isOk() {
        return status == 200;
    }
}
