package dev.kiroku.model.tracking;

import java.util.List;

/** The models that a run brought forth. */
public record RunOutputs(List<ModelOutput> modelOutputs) {}
