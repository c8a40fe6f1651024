package dev.kiroku.model.tracking;

/** A logged model that a run used. */
public record ModelInput(String modelId) {}
