package dev.kiroku.model.tracking;

import java.util.List;

/** What a run was fed: datasets, and models that were logged elsewhere. */
public record RunInputs(List<DatasetInput> datasetInputs, List<ModelInput> modelInputs) {}
