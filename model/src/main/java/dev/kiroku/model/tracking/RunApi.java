package dev.kiroku.model.tracking;

import static dev.kiroku.model.access.ResourceType.EXPERIMENT;
import static dev.kiroku.model.access.ResourceType.LOGGED_MODEL;
import static dev.kiroku.model.access.ResourceType.RUN;
import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.IncludeWhenEmpty;
import dev.kiroku.model.api.Required;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The endpoints on runs and on what they log. */
public final class RunApi {
    private RunApi() {}

    /**
     * Adds a run.
     *
     * @param runName null for the tag {@code mlflow.runName} or a random name
     * @param startTime milliseconds since 1970
     */
    public record CreateRunRequest(
            @Required String experimentId,
            @Nullable String userId,
            @Nullable String runName,
            @Nullable Long startTime,
            List<KeyValue> tags) {}

    /** A run. */
    public record RunResponse(Run run) {}

    /** Names a run that is read, deleted or restored. */
    public record RunIdRequest(@Required(alias = "run_uuid") String runId) {}

    /** Changes a run. What is null stays as it is. */
    public record UpdateRunRequest(
            @Required(alias = "run_uuid") String runId,
            @Nullable RunStatus status,
            @Nullable Long endTime,
            @Nullable String runName) {}

    /** The run after the change. */
    public record UpdateRunResponse(RunInfo runInfo) {}

    /** Sets a tag of a run. */
    public record SetRunTagRequest(
            @Required(alias = "run_uuid") String runId,
            @Required String key,
            @Nullable String value) {}

    /** Deletes a tag of a run. */
    public record DeleteRunTagRequest(
            @Required String runId, @Required String key) {}

    /** Adds a param to a run. */
    public record LogParamRequest(
            @Required(alias = "run_uuid") String runId,
            @Required String key,
            @Nullable String value) {}

    /**
     * Adds a metric point to a run.
     *
     * @param timestamp milliseconds since 1970
     * @param step null for 0
     */
    public record LogMetricRequest(
            @Required(alias = "run_uuid") String runId,
            @Required String key,
            @Required Double value,
            @Required Long timestamp,
            @Nullable Long step,
            @Nullable String modelId,
            @Nullable String datasetName,
            @Nullable String datasetDigest) {}

    /** Adds metric points, params and tags to a run; all of them or none. */
    public record LogBatchRequest(
            @Required String runId, List<MetricInput> metrics, List<KeyValue> params, List<KeyValue> tags) {}

    /**
     * A metric point as a client sends it. Key, value and timestamp are required; core names a missing one by its
     * place in the list.
     */
    public record MetricInput(
            @Nullable String key,
            @Nullable Double value,
            @Nullable Long timestamp,
            @Nullable Long step,
            @Nullable String datasetName,
            @Nullable String datasetDigest,
            @Nullable String modelId,
            @Nullable String runId) {}

    /** Adds datasets and logged models that a run used. */
    public record LogInputsRequest(@Required String runId, List<DatasetInput> datasets, List<ModelInput> models) {}

    /** Adds logged models that a run created. */
    public record LogOutputsRequest(
            @Required String runId, @Required List<ModelOutput> models) {}

    /**
     * Records a model in the tag {@code mlflow.log-model.history}, as clients before MLflow 3 do.
     *
     * @param modelJson the content of the file {@code MLmodel} as JSON
     */
    public record LogModelRequest(
            @Required String runId, @Required String modelJson) {}

    /**
     * Finds runs.
     *
     * @param runViewType null for active runs
     */
    public record SearchRunsRequest(
            List<String> experimentIds,
            @Nullable String filter,
            @Nullable ViewType runViewType,
            @Nullable Integer maxResults,
            List<String> orderBy,
            @Nullable String pageToken) {}

    /** A page of the runs found. */
    public record SearchRunsResponse(
            List<Run> runs, @Nullable String nextPageToken) {}

    /**
     * Names a metric whose points are read.
     *
     * @param maxResults null for all points at once
     */
    public record GetMetricHistoryRequest(
            @Required(alias = "run_uuid") String runId,
            @Required String metricKey,
            @Nullable String pageToken,
            @Nullable Integer maxResults) {}

    /** Names a metric whose points are read for several runs. */
    public record GetMetricHistoryBulkRequest(
            @Required List<String> runId,
            @Required String metricKey,
            @Nullable Integer maxResults) {}

    /**
     * Names a metric whose points are sampled for several runs.
     *
     * @param startStep the first step; null for all, as is {@code endStep}
     * @param maxResults the number of points per run
     */
    public record GetMetricHistoryBulkIntervalRequest(
            @Required List<String> runIds,
            @Required String metricKey,
            @Nullable Integer startStep,
            @Nullable Integer endStep,
            @Nullable Integer maxResults) {}

    /** A page of points. */
    public record GetMetricHistoryResponse(
            List<Metric> metrics, @Nullable String nextPageToken) {}

    /** The points of several runs. Here MLflow writes an empty list; elsewhere it leaves it out. */
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
            EXPERIMENT.search("experiment_ids"),
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
