package dev.kiroku.transfer.source.tracker;

import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.MetricPoints;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.KeyValue;
import dev.kiroku.transfer.source.TransferSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Reads all of a source, for tests. */
public record SourceReader(TransferSource source) {
    /** Returns all runs by name; in a source of several experiments, with {@code " of "} and that of the experiment. */
    public Map<String, RunRecord> runs() {
        Map<Long, String> experiments =
                source.experiments().stream().collect(Collectors.toMap(ExperimentRecord::id, ExperimentRecord::name));
        Map<String, RunRecord> runs = new TreeMap<>();
        source.runs(experiments.keySet())
                .forEachRemaining(page -> page.forEach(run -> {
                    String experiment = experiments.size() == 1 ? "" : " of " + experiments.get(run.experimentId());
                    runs.put(run.name() + experiment, run);
                }));
        return runs;
    }

    /** Returns the points of a run by key. */
    public Map<String, MetricPoints> metrics(RunRecord run) {
        Map<String, MetricPoints> points = new TreeMap<>();
        source.readMetrics(List.of(run), part -> part.series().forEach(each -> points.put(each.key(), each)));
        return points;
    }

    /** Returns params or tags as a map. */
    public static Map<String, String> map(List<KeyValue> pairs) {
        Map<String, String> map = new TreeMap<>();
        pairs.forEach(pair -> map.put(pair.key(), pair.value()));
        return map;
    }

    /** Returns all problems so far. */
    public String problems() {
        return String.join("\n", new ArrayList<>(source.problems()));
    }
}
