package dev.kiroku.model.tracking;

import java.util.List;

/** The logged models that a run created. */
public record RunOutputs(List<ModelOutput> modelOutputs) {}
