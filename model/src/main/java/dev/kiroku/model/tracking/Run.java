package dev.kiroku.model.tracking;

import org.jspecify.annotations.Nullable;

/**
 * A run: one execution of training code.
 *
 * @param outputs null in the response to the creation of a run, as in MLflow
 */
public record Run(
        RunInfo info,
        RunData data,
        RunInputs inputs,
        @Nullable RunOutputs outputs) {}
