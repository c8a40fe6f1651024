package dev.kiroku.model.tracking;

/** One execution of somebody's code. */
public record Run(RunInfo info, RunData data, RunInputs inputs, RunOutputs outputs) {}
