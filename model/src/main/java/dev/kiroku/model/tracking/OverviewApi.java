package dev.kiroku.model.tracking;

import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;
import static dev.kiroku.model.api.ResourceType.EXPERIMENT;
import static dev.kiroku.model.api.ResourceType.RUN;

import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import java.util.List;

/** What a page needs to show many runs at once, beyond MLflow's protocol: narrow rows, the keys there are, sampled curves. */
public final class OverviewApi {
    private OverviewApi() {}

    /**
     * Like a search of runs, but of what they logged only the named metrics, params and tags.
     *
     * @param orderBy as of a search of runs, and {@code least.KEY} and {@code greatest.KEY}: the extremes of a metric
     * @param skip how many runs of the order are left out before the page: a jump, which costs what passing by them costs, and reads none of them
     * @param metrics at most 500 keys, as are extremes, params and tags
     * @param extremes metrics of which the least and the greatest value are wanted
     */
    public record RunRowsRequest(
            @Required List<String> experimentIds,
            String filter,
            ViewType runViewType,
            List<String> orderBy,
            Integer maxResults,
            String pageToken,
            Long skip,
            List<String> metrics,
            List<String> extremes,
            List<String> params,
            List<String> tags) {}

    /** @param total how many runs there are in all; only with the first page */
    public record RunRowsResponse(List<RunRow> runs, String nextPageToken, Long total) {}

    /**
     * @param metrics the latest value of each asked-for key in the order of the question, null where the run has none; so are params and tags
     * @param least the least number that each of the asked-for extremes ever was, null where it never was one
     */
    public record RunRow(
            String runId,
            String experimentId,
            String runName,
            String userId,
            RunStatus status,
            Long startTime,
            Long endTime,
            String lifecycleStage,
            List<Double> metrics,
            List<Double> least,
            List<Double> greatest,
            List<String> params,
            List<String> tags) {}

    public record RunKeysRequest(@Required List<String> experimentIds) {}

    /** The keys that runs of some experiments have used, deleted ones too; each list sorted. */
    public record RunKeysResponse(List<MetricRange> metrics, List<String> params, List<String> tags) {}

    /** @param min the least latest value of any run; both are null when all are NaN */
    public record MetricRange(String key, Double min, Double max) {}

    public enum KeyKind {
        PARAM,
        TAG
    }

    /** @param containing what a value must have in it; null for any */
    public record RunValuesRequest(
            @Required List<String> experimentIds,
            @Required KeyKind kind,
            @Required String key,
            String containing) {}

    /** At most 50, sorted. */
    public record RunValuesResponse(List<String> values) {}

    public record MetricSummariesRequest(
            @Required List<String> runIds, @Required List<String> metricKeys) {}

    public record MetricSummariesResponse(List<MetricSummary> summaries) {}

    /**
     * One metric of one run, from its first to its last point.
     *
     * @param minStep the step of the first point that has the least value; NaN is neither least nor greatest
     */
    public record MetricSummary(
            String runId,
            String key,
            Long points,
            Double first,
            Double last,
            Double min,
            Long minStep,
            Double max,
            Long maxStep) {}

    /** What the curves are drawn over: the step, the time in milliseconds since 1970, or the milliseconds since the run's start. */
    public enum CurveAxis {
        STEP,
        TIME,
        RELATIVE
    }

    /**
     * @param from the least x to be shown, null for the first; {@code to} likewise
     * @param buckets how many pixels wide the curve will be, 1 to 4000
     */
    public record MetricCurvesRequest(
            @Required List<String> runIds,
            @Required List<String> metricKeys,
            CurveAxis axis,
            Double from,
            Double to,
            Integer buckets) {}

    public record MetricCurvesResponse(List<MetricCurve> curves) {}

    /**
     * A metric of a run as a line: of each bucket the first, least, greatest and last point, so that the line drawn is the one that all
     * points would give.
     *
     * @param x ascending; y has NaN where that was logged
     * @param points how many there are within the range before sampling
     */
    public record MetricCurve(String runId, String key, Long points, List<Double> x, List<Double> y) {}

    private static final String BASE = "/2.0/kiroku/";

    public static final Endpoint<RunRowsRequest, RunRowsResponse> FIND_ROWS = endpoint(
            POST,
            BASE + "runs/rows",
            RunRowsRequest.class,
            RunRowsResponse.class,
            EXPERIMENT.read("experiment_ids"),
            RUN.read());
    public static final Endpoint<RunKeysRequest, RunKeysResponse> FIND_KEYS = endpoint(
            POST,
            BASE + "runs/keys",
            RunKeysRequest.class,
            RunKeysResponse.class,
            EXPERIMENT.read("experiment_ids"),
            RUN.read());
    public static final Endpoint<RunValuesRequest, RunValuesResponse> FIND_VALUES = endpoint(
            POST,
            BASE + "runs/values",
            RunValuesRequest.class,
            RunValuesResponse.class,
            EXPERIMENT.read("experiment_ids"),
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
