package dev.kiroku.model.registry;

/** Whether a model version is ready for use. In the order of the protocol's numbers, from 1. */
public enum ModelVersionStatus {
    PENDING_REGISTRATION,
    FAILED_REGISTRATION,
    READY
}
