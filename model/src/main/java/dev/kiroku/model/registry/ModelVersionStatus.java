package dev.kiroku.model.registry;

/** Whether a model version can be used yet. The order is the protocol's numbering, from 1. */
public enum ModelVersionStatus {
    PENDING_REGISTRATION,
    FAILED_REGISTRATION,
    READY
}
