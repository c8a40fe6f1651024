package dev.kiroku.model.tracking;

import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;
import static dev.kiroku.model.api.ResourceType.EXPERIMENT;
import static dev.kiroku.model.api.ResourceType.LOGGED_MODEL;
import static dev.kiroku.model.api.ResourceType.RUN;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.IncludeWhenEmpty;
import dev.kiroku.model.api.Required;
import java.util.List;

/** The operations on runs and on what they log. */
public final class RunApi {
    private RunApi() {}

    public record CreateRunRequest(
            @Required String experimentId, String userId, String runName, Long startTime, List<KeyValue> tags) {}

    public record RunResponse(Run run) {}

    public record RunIdRequest(@Required(alias = "run_uuid") String runId) {}

    /** An absent status, end time or name leaves what is there. */
    public record UpdateRunRequest(
            @Required(alias = "run_uuid") String runId, RunStatus status, Long endTime, String runName) {}

    public record UpdateRunResponse(RunInfo runInfo) {}

    public record SetRunTagRequest(
            @Required(alias = "run_uuid") String runId,
            @Required String key,
            String value) {}

    public record DeleteRunTagRequest(
            @Required String runId, @Required String key) {}

    public record LogParamRequest(
            @Required(alias = "run_uuid") String runId,
            @Required String key,
            String value) {}

    public record LogMetricRequest(
            @Required(alias = "run_uuid") String runId,
            @Required String key,
            @Required Double value,
            @Required Long timestamp,
            Long step,
            String modelId,
            String datasetName,
            String datasetDigest) {}

    public record LogBatchRequest(
            @Required String runId, List<MetricInput> metrics, List<KeyValue> params, List<KeyValue> tags) {}

    /** A point as a client sends it: parts may be missing, and the answer says which. */
    public record MetricInput(
            String key,
            Double value,
            Long timestamp,
            Long step,
            String datasetName,
            String datasetDigest,
            String modelId,
            String runId) {}

    public record LogInputsRequest(@Required String runId, List<DatasetInput> datasets, List<ModelInput> models) {}

    public record LogOutputsRequest(
            @Required String runId, @Required List<ModelOutput> models) {}

    public record LogModelRequest(
            @Required String runId, @Required String modelJson) {}

    public record SearchRunsRequest(
            List<String> experimentIds,
            String filter,
            ViewType runViewType,
            Integer maxResults,
            List<String> orderBy,
            String pageToken) {}

    public record SearchRunsResponse(List<Run> runs, String nextPageToken) {}

    public record GetMetricHistoryRequest(
            @Required(alias = "run_uuid") String runId,
            @Required String metricKey,
            String pageToken,
            Integer maxResults) {}

    public record GetMetricHistoryBulkRequest(
            @Required List<String> runId, @Required String metricKey, Integer maxResults) {}

    public record GetMetricHistoryBulkIntervalRequest(
            @Required List<String> runIds,
            @Required String metricKey,
            Integer startStep,
            Integer endStep,
            Integer maxResults) {}

    public record GetMetricHistoryResponse(List<Metric> metrics, String nextPageToken) {}

    /** Where there are none, an empty list is written, as MLflow does here and nowhere else. */
    public record GetMetricHistoryBulkResponse(
            @IncludeWhenEmpty List<Metric> metrics) {}

    private static final String BASE = "/2.0/mlflow/runs/";
    private static final String METRICS = "/2.0/mlflow/metrics/";

    public static final Endpoint<CreateRunRequest, RunResponse> CREATE = endpoint(
            POST,
            BASE + "create",
            CreateRunRequest.class,
            RunResponse.class,
            EXPERIMENT.update("experiment_id"),
            RUN.create());
    public static final Endpoint<RunIdRequest, RunResponse> GET_BY_ID =
            endpoint(GET, BASE + "get", RunIdRequest.class, RunResponse.class, RUN.read("run_id"));
    public static final Endpoint<UpdateRunRequest, UpdateRunResponse> UPDATE =
            endpoint(POST, BASE + "update", UpdateRunRequest.class, UpdateRunResponse.class, RUN.update("run_id"));
    public static final Endpoint<RunIdRequest, Empty> DELETE =
            endpoint(POST, BASE + "delete", RunIdRequest.class, Empty.class, RUN.delete("run_id"));
    public static final Endpoint<RunIdRequest, Empty> RESTORE =
            endpoint(POST, BASE + "restore", RunIdRequest.class, Empty.class, RUN.delete("run_id"));
    public static final Endpoint<SearchRunsRequest, SearchRunsResponse> SEARCH = endpoint(
            POST,
            BASE + "search",
            SearchRunsRequest.class,
            SearchRunsResponse.class,
            EXPERIMENT.read("experiment_ids"),
            RUN.read());
    public static final Endpoint<LogMetricRequest, Empty> LOG_METRIC = endpoint(
            POST,
            BASE + "log-metric",
            LogMetricRequest.class,
            Empty.class,
            RUN.update("run_id"),
            LOGGED_MODEL.update("model_id"));
    public static final Endpoint<LogParamRequest, Empty> LOG_PARAM =
            endpoint(POST, BASE + "log-parameter", LogParamRequest.class, Empty.class, RUN.update("run_id"));
    public static final Endpoint<LogBatchRequest, Empty> LOG_BATCH = endpoint(
            POST,
            BASE + "log-batch",
            LogBatchRequest.class,
            Empty.class,
            RUN.update("run_id"),
            LOGGED_MODEL.update("metrics.model_id"));
    public static final Endpoint<LogInputsRequest, Empty> LOG_INPUTS = endpoint(
            POST,
            BASE + "log-inputs",
            LogInputsRequest.class,
            Empty.class,
            RUN.update("run_id"),
            LOGGED_MODEL.update("models.model_id"));
    public static final Endpoint<LogOutputsRequest, Empty> LOG_OUTPUTS = endpoint(
            POST,
            BASE + "outputs",
            LogOutputsRequest.class,
            Empty.class,
            RUN.update("run_id"),
            LOGGED_MODEL.update("models.model_id"));
    public static final Endpoint<LogModelRequest, Empty> LOG_MODEL =
            endpoint(POST, BASE + "log-model", LogModelRequest.class, Empty.class, RUN.update("run_id"));
    public static final Endpoint<SetRunTagRequest, Empty> SET_TAG =
            endpoint(POST, BASE + "set-tag", SetRunTagRequest.class, Empty.class, RUN.update("run_id"));
    public static final Endpoint<DeleteRunTagRequest, Empty> DELETE_TAG =
            endpoint(POST, BASE + "delete-tag", DeleteRunTagRequest.class, Empty.class, RUN.update("run_id"));
    public static final Endpoint<GetMetricHistoryRequest, GetMetricHistoryResponse> GET_METRIC_HISTORY = endpoint(
            GET,
            METRICS + "get-history",
            GetMetricHistoryRequest.class,
            GetMetricHistoryResponse.class,
            RUN.read("run_id"));
    public static final Endpoint<GetMetricHistoryBulkRequest, GetMetricHistoryBulkResponse> GET_METRIC_HISTORY_BULK =
            endpoint(
                    GET,
                    METRICS + "get-history-bulk",
                    GetMetricHistoryBulkRequest.class,
                    GetMetricHistoryBulkResponse.class,
                    RUN.read("run_id"));
    public static final Endpoint<GetMetricHistoryBulkIntervalRequest, GetMetricHistoryResponse>
            GET_METRIC_HISTORY_BULK_INTERVAL = endpoint(
                    GET,
                    METRICS + "get-history-bulk-interval",
                    GetMetricHistoryBulkIntervalRequest.class,
                    GetMetricHistoryResponse.class,
                    RUN.read("run_ids"));
}
