package dev.kiroku.core.tracking;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.search.Grammar;
import dev.kiroku.core.search.SearchLanguage;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.tracking.OverviewApi;
import dev.kiroku.model.tracking.OverviewApi.Axis;
import dev.kiroku.model.tracking.ViewType;
import java.util.ArrayList;
import java.util.List;

/** The operations of {@link OverviewApi}: checks what was asked, and has the store read it. */
public final class Overviews {
    private static final int DEFAULT_ROWS = 500;
    private static final int MAX_KEYS = 500;
    private static final int MAX_VALUES = 50;
    private static final int MAX_CURVES = 2000;
    private static final int MAX_BUCKETS = 4000;
    private static final int DEFAULT_BUCKETS = 500;

    private final OverviewStore store;

    public Overviews(OverviewStore store) {
        this.store = store;
    }

    public OverviewApi.Rows rows(OverviewApi.FindRows request) {
        var query = new RunStore.Query(
                ids(request.experimentIds()),
                request.runViewType() == null ? ViewType.ACTIVE_ONLY : request.runViewType(),
                SearchLanguage.parseFilter(Grammar.RUNS, request.filter()),
                SearchLanguage.parseOrder(Grammar.OVERVIEWS, request.orderBy()),
                Checks.maxResults(request.maxResults(), DEFAULT_ROWS),
                request.pageToken());
        for (List<String> keys : List.of(request.metrics(), request.extremes(), request.params(), request.tags())) {
            if (keys.size() > MAX_KEYS) {
                throw invalid(
                        "At most %d keys of a kind are shown in one table; %d were asked for.", MAX_KEYS, keys.size());
            }
        }
        long skip = request.skip() == null ? 0 : request.skip();
        if (skip < 0) {
            throw invalid("skip must not be negative.");
        }
        boolean first =
                skip == 0 && (request.pageToken() == null || request.pageToken().isEmpty());
        var page = store.rows(
                query,
                skip,
                new OverviewStore.Columns(request.metrics(), request.extremes(), request.params(), request.tags()));
        // All of it on the first page needs no counting.
        Long total = !first
                ? null
                : page.nextPageToken() == null ? (Long) (long) page.items().size() : (Long) store.count(query);
        return new OverviewApi.Rows(page.items(), page.nextPageToken(), total);
    }

    public OverviewApi.Keys keys(OverviewApi.FindKeys request) {
        return store.keys(ids(request.experimentIds()));
    }

    public OverviewApi.Values values(OverviewApi.FindValues request) {
        return new OverviewApi.Values(store.values(
                ids(request.experimentIds()),
                request.kind(),
                request.key(),
                request.containing() == null ? "" : request.containing(),
                MAX_VALUES));
    }

    public OverviewApi.Summaries summaries(OverviewApi.FindSummaries request) {
        limit(request.runIds(), request.metricKeys());
        List<OverviewApi.Summary> all = new ArrayList<>();
        for (String runId : request.runIds()) {
            var history = store.history(runId, request.metricKeys());
            for (int i = 0; i < history.metrics().size(); i++) {
                List<Metric> points = history.metrics().get(i);
                if (!points.isEmpty()) {
                    all.add(summary(runId, request.metricKeys().get(i), points));
                }
            }
        }
        return new OverviewApi.Summaries(all);
    }

    private static OverviewApi.Summary summary(String runId, String key, List<Metric> points) {
        Metric min = null;
        Metric max = null;
        for (Metric point : points) {
            if (!Double.isNaN(point.value())) {
                min = min == null || point.value() < min.value() ? point : min;
                max = max == null || point.value() > max.value() ? point : max;
            }
        }
        return new OverviewApi.Summary(
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

    public OverviewApi.Curves curves(OverviewApi.FindCurves request) {
        limit(request.runIds(), request.metricKeys());
        int buckets = request.buckets() == null ? DEFAULT_BUCKETS : request.buckets();
        if (buckets < 1 || buckets > MAX_BUCKETS) {
            throw invalid("buckets must be between 1 and %d.", MAX_BUCKETS);
        }
        Axis axis = request.axis() == null ? Axis.STEP : request.axis();
        double from = request.from() == null ? Double.NEGATIVE_INFINITY : request.from();
        double to = request.to() == null ? Double.POSITIVE_INFINITY : request.to();
        if (!(from <= to)) {
            throw invalid("from must not be greater than to.");
        }
        List<OverviewApi.Curve> curves = new ArrayList<>();
        for (String runId : request.runIds()) {
            var history = store.history(runId, request.metricKeys());
            for (int i = 0; i < history.metrics().size(); i++) {
                var line = new Line(history.metrics().get(i), axis, history.startTime()).within(from, to);
                if (line.size() > 0) {
                    Line sampled = line.sampled(buckets);
                    curves.add(new OverviewApi.Curve(
                            runId, request.metricKeys().get(i), (long) line.size(), sampled.xs(), sampled.ys()));
                }
            }
        }
        return new OverviewApi.Curves(curves);
    }

    private static void limit(List<String> runIds, List<String> metricKeys) {
        long lines = (long) runIds.size() * metricKeys.size();
        if (lines > MAX_CURVES) {
            throw invalid(
                    "At most %d metrics of runs are read at once; %d runs with %d metrics were asked for.",
                    MAX_CURVES, runIds.size(), metricKeys.size());
        }
    }

    private static List<Long> ids(List<String> experimentIds) {
        return experimentIds.stream().map(Checks::experimentId).toList();
    }
}
