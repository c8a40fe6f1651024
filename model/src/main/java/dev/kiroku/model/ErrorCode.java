package dev.kiroku.model;

/** The error codes of the MLflow protocol, each with the HTTP status of its responses. Clients decide by the code. */
public enum ErrorCode {
    INTERNAL_ERROR(500),
    INVALID_STATE(500),
    NOT_IMPLEMENTED(501),
    TEMPORARILY_UNAVAILABLE(503),
    DEADLINE_EXCEEDED(504),
    REQUEST_LIMIT_EXCEEDED(429),
    RESOURCE_EXHAUSTED(429),
    RESOURCE_CONFLICT(409),
    NOT_FOUND(404),
    ENDPOINT_NOT_FOUND(404),
    RESOURCE_DOES_NOT_EXIST(404),
    PERMISSION_DENIED(403),
    UNAUTHENTICATED(401),
    BAD_REQUEST(400),
    RESOURCE_ALREADY_EXISTS(400),
    INVALID_PARAMETER_VALUE(400);

    private final int httpStatus;

    ErrorCode(int httpStatus) {
        this.httpStatus = httpStatus;
    }

    /** Returns the HTTP status of responses with this code. */
    public int httpStatus() {
        return httpStatus;
    }
}
