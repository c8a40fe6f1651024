package dev.kiroku.model.tracking;

import dev.kiroku.model.KeyValue;
import java.util.List;

/**
 * What a run logged: the latest point of each metric (greatest step, then timestamp, then value), all params and all
 * tags.
 */
public record RunData(List<Metric> metrics, List<KeyValue> params, List<KeyValue> tags) {}
