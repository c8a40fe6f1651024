package dev.kiroku.core.tracking;

import dev.kiroku.model.api.Page;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.tracking.OverviewApi.KeyKind;
import dev.kiroku.model.tracking.OverviewApi.RunKeysResponse;
import dev.kiroku.model.tracking.OverviewApi.RunRow;
import java.util.List;

/** Where pages read about many runs at once. Nothing here changes anything. */
public interface OverviewStore {
    /**
     * @param skip how many runs of the order are left out first, behind the page token where there is one
     * @param keys of what each row shows
     */
    Page<RunRow> findRows(RunStore.Query query, long skip, Columns keys);

    record Columns(List<String> metrics, List<String> extremes, List<String> params, List<String> tags) {}

    /** How many runs a query has in all, whatever its page. */
    long countRuns(RunStore.Query query);

    RunKeysResponse findKeys(List<Long> experimentIds);

    /** The distinct values of a param or tag, sorted. */
    List<String> findValues(List<Long> experimentIds, KeyKind kind, String key, String containing, int limit);

    /** All points of some metrics of a run, each once, by step, timestamp and value; RESOURCE_DOES_NOT_EXIST for an unknown run. */
    MetricHistories getMetricHistories(String runId, List<String> metricKeys);

    /** @param metrics the points of each key, in the order of the question */
    record MetricHistories(long startTime, List<List<Metric>> metrics) {}
}
