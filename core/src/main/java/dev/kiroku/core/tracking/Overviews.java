package dev.kiroku.core.tracking;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.search.SearchGrammar;
import dev.kiroku.core.search.SearchLanguage;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.tracking.OverviewApi;
import dev.kiroku.model.tracking.OverviewApi.CurveAxis;
import dev.kiroku.model.tracking.ViewType;
import java.util.ArrayList;
import java.util.List;

/** The operations of {@link OverviewApi}: validates requests and reads from the store. */
public final class Overviews {
    private static final int DEFAULT_ROWS = 500;
    private static final int MAX_KEYS = 500;
    private static final int MAX_VALUES = 50;
    private static final int MAX_CURVES = 2000;
    private static final int MAX_BUCKETS = 4000;
    private static final int DEFAULT_BUCKETS = 500;

    private final OverviewStore store;
    private final ExperimentStore experiments;

    /** Creates the operations on the stores of one database. */
    public Overviews(OverviewStore store, ExperimentStore experiments) {
        this.store = store;
        this.experiments = experiments;
    }

    /** Returns a page of rows of the runs that the caller may read. */
    public OverviewApi.RunRowsResponse findRows(OverviewApi.RunRowsRequest request, Caller caller) {
        var query = new RunStore.Query(
                readable(request.experimentIds(), caller),
                request.runViewType() == null ? ViewType.ACTIVE_ONLY : request.runViewType(),
                SearchLanguage.parseFilter(SearchGrammar.RUNS, request.filter()),
                SearchLanguage.parseOrder(SearchGrammar.RUN_ROWS, request.orderBy()),
                Validation.parseMaxResults(request.maxResults(), DEFAULT_ROWS),
                request.pageToken());
        for (List<String> keys : List.of(request.metrics(), request.extremes(), request.params(), request.tags())) {
            if (keys.size() > MAX_KEYS) {
                throw invalid("A table shows at most %d keys of a kind; the request names %d.", MAX_KEYS, keys.size());
            }
        }
        long skip = request.skip() == null ? 0 : request.skip();
        if (skip < 0) {
            throw invalid("skip must not be negative.");
        }
        boolean first =
                skip == 0 && (request.pageToken() == null || request.pageToken().isEmpty());
        var page = store.findRows(
                query,
                skip,
                new OverviewStore.Columns(request.metrics(), request.extremes(), request.params(), request.tags()));
        // Runs that fit on the first page need not be counted.
        Long total = !first
                ? null
                : page.nextPageToken() == null ? (Long) (long) page.items().size() : (Long) store.countRuns(query);
        return new OverviewApi.RunRowsResponse(page.items(), page.nextPageToken(), total);
    }

    /** Returns the keys that the runs use that the caller may read. */
    public OverviewApi.RunKeysResponse findKeys(OverviewApi.RunKeysRequest request, Caller caller) {
        return store.findKeys(readable(request.experimentIds(), caller));
    }

    /** Returns distinct values of a param or tag of the runs that the caller may read. */
    public OverviewApi.RunValuesResponse findValues(OverviewApi.RunValuesRequest request, Caller caller) {
        return new OverviewApi.RunValuesResponse(store.findValues(
                readable(request.experimentIds(), caller),
                request.kind(),
                request.key(),
                request.containing() == null ? "" : request.containing(),
                MAX_VALUES));
    }

    /** Returns summaries of metrics. */
    public OverviewApi.MetricSummariesResponse getSummaries(OverviewApi.MetricSummariesRequest request) {
        requireLimit(request.runIds(), request.metricKeys());
        List<OverviewApi.MetricSummary> all = new ArrayList<>();
        for (String runId : request.runIds()) {
            var history = store.getMetricHistories(runId, request.metricKeys());
            for (int i = 0; i < history.metrics().size(); i++) {
                List<Metric> points = history.metrics().get(i);
                if (!points.isEmpty()) {
                    all.add(summarize(runId, request.metricKeys().get(i), points));
                }
            }
        }
        return new OverviewApi.MetricSummariesResponse(all);
    }

    private static OverviewApi.MetricSummary summarize(String runId, String key, List<Metric> points) {
        Metric min = null;
        Metric max = null;
        for (Metric point : points) {
            if (!Double.isNaN(point.value())) {
                min = min == null || point.value() < min.value() ? point : min;
                max = max == null || point.value() > max.value() ? point : max;
            }
        }
        return new OverviewApi.MetricSummary(
                runId,
                key,
                (long) points.size(),
                points.getFirst().value(),
                points.getLast().value(),
                min == null ? null : min.value(),
                min == null ? null : min.step(),
                max == null ? null : max.value(),
                max == null ? null : max.step());
    }

    /** Returns sampled histories of metrics. */
    public OverviewApi.MetricCurvesResponse getCurves(OverviewApi.MetricCurvesRequest request) {
        requireLimit(request.runIds(), request.metricKeys());
        int buckets = request.buckets() == null ? DEFAULT_BUCKETS : request.buckets();
        if (buckets < 1 || buckets > MAX_BUCKETS) {
            throw invalid("buckets must be between 1 and %d.", MAX_BUCKETS);
        }
        CurveAxis axis = request.axis() == null ? CurveAxis.STEP : request.axis();
        double from = request.from() == null ? Double.NEGATIVE_INFINITY : request.from();
        double to = request.to() == null ? Double.POSITIVE_INFINITY : request.to();
        if (!(from <= to)) {
            throw invalid("from must not be greater than to.");
        }
        List<OverviewApi.MetricCurve> curves = new ArrayList<>();
        for (String runId : request.runIds()) {
            var history = store.getMetricHistories(runId, request.metricKeys());
            for (int i = 0; i < history.metrics().size(); i++) {
                var line = new MetricSeries(history.metrics().get(i), axis, history.startTime()).range(from, to);
                if (line.size() > 0) {
                    MetricSeries sampled = line.downsample(buckets);
                    curves.add(new OverviewApi.MetricCurve(
                            runId, request.metricKeys().get(i), (long) line.size(), sampled.xs(), sampled.ys()));
                }
            }
        }
        return new OverviewApi.MetricCurvesResponse(curves);
    }

    private static void requireLimit(List<String> runIds, List<String> metricKeys) {
        long lines = (long) runIds.size() * metricKeys.size();
        if (lines > MAX_CURVES) {
            throw invalid(
                    "At most %d metrics of runs are read at once; the request names %d runs and %d metrics.",
                    MAX_CURVES, runIds.size(), metricKeys.size());
        }
    }

    private List<Long> readable(List<String> experimentIds, Caller caller) {
        return ReadableExperiments.of(experimentIds, ResourceType.RUN, caller, experiments);
    }
}
