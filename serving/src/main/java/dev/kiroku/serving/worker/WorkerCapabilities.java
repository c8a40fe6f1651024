package dev.kiroku.serving.worker;

/**
 * Properties of a loaded model that its worker reports once at start.
 *
 * @param mlflowVersion the version of MLflow in the worker's environment
 * @param acceptsTables whether the worker accepts parsed tables; otherwise it has to parse each body itself
 * @param mergeable whether requests may be merged
 * @param mergeReason why requests may be merged, or why not
 */
record WorkerCapabilities(String mlflowVersion, boolean acceptsTables, boolean mergeable, String mergeReason) {}
