package dev.kiroku.model.tracking;

import dev.kiroku.model.KeyValue;
import java.util.List;

/** A dataset in its role for one run; the tag {@code mlflow.data.context} says which (training, validation …). */
public record DatasetInput(List<KeyValue> tags, Dataset dataset) {}
