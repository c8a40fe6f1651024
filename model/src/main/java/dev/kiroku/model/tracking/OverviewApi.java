package dev.kiroku.model.tracking;

import static dev.kiroku.model.access.ResourceType.EXPERIMENT;
import static dev.kiroku.model.access.ResourceType.RUN;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;

import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Endpoints of the web UI that show many runs at once, beyond MLflow's protocol: rows with chosen columns, keys, and sampled curves. */
public final class OverviewApi {
    private OverviewApi() {}

    /**
     * Finds runs, and returns the named metrics, params and tags of each.
     *
     * @param orderBy as for a search of runs; {@code least.KEY} and {@code greatest.KEY} order by the minimum and
     *     maximum of a metric
     * @param skip the number of runs before the page that are left out. They are counted in the index and not read
     * @param metrics at most 500 keys, as are {@code extremes}, {@code params} and {@code tags}
     * @param extremes metrics of which the minimum and maximum are returned
     */
    public record RunRowsRequest(
            @Required List<String> experimentIds,
            @Nullable String filter,
            @Nullable ViewType runViewType,
            List<String> orderBy,
            @Nullable Integer maxResults,
            @Nullable String pageToken,
            @Nullable Long skip,
            List<String> metrics,
            List<String> extremes,
            List<String> params,
            List<String> tags) {}

    /**
     * A page of rows.
     *
     * @param total the number of all runs found; only with the first page
     */
    public record RunRowsResponse(
            List<RunRow> runs,
            @Nullable String nextPageToken,
            @Nullable Long total) {}

    /**
     * A run with the requested values.
     *
     * @param metrics the latest value for each key of the request, in its order; null if the run has none. {@code
     *     params} and {@code tags} likewise
     * @param least the minimum for each key in {@code extremes} of the request; null if the run has none or all values
     *     are NaN
     * @param greatest the maximum, likewise
     */
    public record RunRow(
            String runId,
            String experimentId,
            String runName,
            String userId,
            RunStatus status,
            Long startTime,
            @Nullable Long endTime,
            String lifecycleStage,
            List<@Nullable Double> metrics,
            List<@Nullable Double> least,
            List<@Nullable Double> greatest,
            List<@Nullable String> params,
            List<@Nullable String> tags) {}

    /** Finds the keys of metrics, params and tags. */
    public record RunKeysRequest(@Required List<String> experimentIds) {}

    /** The keys that runs of the experiments use, including deleted runs; each list is sorted. */
    public record RunKeysResponse(List<MetricRange> metrics, List<String> params, List<String> tags) {}

    /**
     * The range of the latest values of a metric.
     *
     * @param min the minimum over all runs; null, as is {@code max}, if all values are NaN
     */
    public record MetricRange(
            String key, @Nullable Double min, @Nullable Double max) {}

    /** What a key belongs to. */
    public enum KeyKind {
        PARAM,
        TAG
    }

    /**
     * Finds values of a param or tag.
     *
     * @param containing a part of the value; null for all values
     */
    public record RunValuesRequest(
            @Required List<String> experimentIds,
            @Required KeyKind kind,
            @Required String key,
            @Nullable String containing) {}

    /** At most 50 distinct values, sorted. */
    public record RunValuesResponse(List<String> values) {}

    /** Summarizes metrics of runs. */
    public record MetricSummariesRequest(
            @Required List<String> runIds, @Required List<String> metricKeys) {}

    /** A summary for each run and metric that has points. */
    public record MetricSummariesResponse(List<MetricSummary> summaries) {}

    /**
     * The history of a metric of a run in a few numbers.
     *
     * @param points the number of points
     * @param min the minimum; null if all values are NaN
     * @param minStep the step of the first point with the minimum
     * @param max the maximum; null if all values are NaN
     * @param maxStep the step of the first point with the maximum
     */
    public record MetricSummary(
            String runId,
            String key,
            Long points,
            Double first,
            Double last,
            @Nullable Double min,
            @Nullable Long minStep,
            @Nullable Double max,
            @Nullable Long maxStep) {}

    /** The x axis of a curve: the step, the time in milliseconds since 1970, or the milliseconds since the start of the run. */
    public enum CurveAxis {
        STEP,
        TIME,
        RELATIVE
    }

    /**
     * Samples histories of metrics for a chart.
     *
     * @param from the least x to be shown; null for the first
     * @param to the greatest x to be shown; null for the last
     * @param buckets the number of intervals of equal width, 1 to 4000: the width of the chart in pixels. Null for 500
     */
    public record MetricCurvesRequest(
            @Required List<String> runIds,
            @Required List<String> metricKeys,
            @Nullable CurveAxis axis,
            @Nullable Double from,
            @Nullable Double to,
            @Nullable Integer buckets) {}

    /** A curve for each run and metric that has points in the range. */
    public record MetricCurvesResponse(List<MetricCurve> curves) {}

    /**
     * The sampled history of a metric of a run: the first, minimum, maximum and last point of each bucket, so that a
     * line through them looks like
     * a line through all points.
     *
     * @param points the number of points in the range before sampling
     * @param x ascending
     * @param y NaN where NaN was logged
     */
    public record MetricCurve(String runId, String key, Long points, List<Double> x, List<Double> y) {}

    private static final String BASE = "/2.0/kiroku/";

    public static final Endpoint<RunRowsRequest, RunRowsResponse> FIND_ROWS = endpoint(
            POST,
            BASE + "runs/rows",
            RunRowsRequest.class,
            RunRowsResponse.class,
            EXPERIMENT.search("experiment_ids"),
            RUN.read());
    public static final Endpoint<RunKeysRequest, RunKeysResponse> FIND_KEYS = endpoint(
            POST,
            BASE + "runs/keys",
            RunKeysRequest.class,
            RunKeysResponse.class,
            EXPERIMENT.search("experiment_ids"),
            RUN.read());
    public static final Endpoint<RunValuesRequest, RunValuesResponse> FIND_VALUES = endpoint(
            POST,
            BASE + "runs/values",
            RunValuesRequest.class,
            RunValuesResponse.class,
            EXPERIMENT.search("experiment_ids"),
            RUN.read());
    public static final Endpoint<MetricSummariesRequest, MetricSummariesResponse> GET_SUMMARIES = endpoint(
            POST,
            BASE + "metrics/summaries",
            MetricSummariesRequest.class,
            MetricSummariesResponse.class,
            RUN.read("run_ids"));
    public static final Endpoint<MetricCurvesRequest, MetricCurvesResponse> GET_CURVES = endpoint(
            POST, BASE + "metrics/curves", MetricCurvesRequest.class, MetricCurvesResponse.class, RUN.read("run_ids"));
}
