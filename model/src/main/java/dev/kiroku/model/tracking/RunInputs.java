package dev.kiroku.model.tracking;

import java.util.List;

/** The datasets and logged models that a run used. */
public record RunInputs(List<DatasetInput> datasetInputs, List<ModelInput> modelInputs) {}
