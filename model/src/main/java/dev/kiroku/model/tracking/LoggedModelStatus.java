package dev.kiroku.model.tracking;

/** The progress of the logging of a model. In the order of the protocol's numbers, from 0. */
public enum LoggedModelStatus {
    LOGGED_MODEL_STATUS_UNSPECIFIED,
    LOGGED_MODEL_PENDING,
    LOGGED_MODEL_READY,
    LOGGED_MODEL_UPLOAD_FAILED
}
