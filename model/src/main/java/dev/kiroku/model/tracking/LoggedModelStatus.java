package dev.kiroku.model.tracking;

/** How far the logging of a model has come. The order is the protocol's numbering, from 0. */
public enum LoggedModelStatus {
    LOGGED_MODEL_STATUS_UNSPECIFIED,
    LOGGED_MODEL_PENDING,
    LOGGED_MODEL_READY,
    LOGGED_MODEL_UPLOAD_FAILED
}
