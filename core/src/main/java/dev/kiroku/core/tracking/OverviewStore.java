package dev.kiroku.core.tracking;

import dev.kiroku.model.api.Page;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.tracking.OverviewApi.KeyKind;
import dev.kiroku.model.tracking.OverviewApi.RunKeysResponse;
import dev.kiroku.model.tracking.OverviewApi.RunRow;
import java.util.List;

/** Reads many runs at once for the web UI. Implementations are thread-safe. */
public interface OverviewStore {
    /**
     * Returns a page of rows.
     *
     * @param skip the number of runs that are left out before the page, after the page token if there is one
     * @param keys the columns
     */
    Page<RunRow> findRows(RunStore.Query query, long skip, Columns keys);

    /**
     * The keys of the values of each row.
     *
     * @param extremes metrics of which the minimum and maximum are read
     */
    record Columns(List<String> metrics, List<String> extremes, List<String> params, List<String> tags) {}

    /** Returns the number of runs that a query finds, on all pages. */
    long countRuns(RunStore.Query query);

    /** Returns the keys that runs of the experiments use. */
    RunKeysResponse findKeys(List<Long> experimentIds);

    /** Returns distinct values of a param or tag that contain a text, sorted; at most {@code limit}. */
    List<String> findValues(List<Long> experimentIds, KeyKind kind, String key, String containing, int limit);

    /**
     * Returns all points of some metrics of a run, each once, ordered by step, timestamp and value; throws RESOURCE_DOES_NOT_EXIST if there
     * is no such run.
     */
    MetricHistories getMetricHistories(String runId, List<String> metricKeys);

    /**
     * Histories of metrics of a run.
     *
     * @param startTime the start of the run in milliseconds since 1970
     * @param metrics the points for each requested key, in the order of the keys
     */
    record MetricHistories(long startTime, List<List<Metric>> metrics) {}
}
