package dev.kiroku.model.tracking;

import dev.kiroku.model.KeyValue;
import java.util.List;

/** What a run logged: of each metric the latest point (greatest step, then timestamp, then value), all params, all tags. */
public record RunData(List<Metric> metrics, List<KeyValue> params, List<KeyValue> tags) {}
