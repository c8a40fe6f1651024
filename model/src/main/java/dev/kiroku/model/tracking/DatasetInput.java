package dev.kiroku.model.tracking;

import dev.kiroku.model.KeyValue;
import java.util.List;

/** A dataset that a run used. The tag {@code mlflow.data.context} holds its role, such as training or validation. */
public record DatasetInput(List<KeyValue> tags, Dataset dataset) {}
