package dev.kiroku.model.tracking;

import static dev.kiroku.model.api.Endpoint.Permission.EDIT_EXPERIMENT;
import static dev.kiroku.model.api.Endpoint.Permission.READ_EXPERIMENT;
import static dev.kiroku.model.api.Endpoint.Verb.GET;
import static dev.kiroku.model.api.Endpoint.Verb.POST;
import static dev.kiroku.model.api.Endpoint.read;
import static dev.kiroku.model.api.Endpoint.write;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Always;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import java.util.List;

/** The operations on runs and on what they log. */
public final class RunApi {
    private RunApi() {}

    public record Create(
            @Required String experimentId, String userId, String runName, Long startTime, List<KeyValue> tags) {}

    public record One(Run run) {}

    public record ById(@Required(orElse = "run_uuid") String runId) {}

    /** An absent status, end time or name leaves what is there. */
    public record Update(@Required(orElse = "run_uuid") String runId, RunStatus status, Long endTime, String runName) {}

    public record Updated(RunInfo runInfo) {}

    public record SetTag(
            @Required(orElse = "run_uuid") String runId,
            @Required String key,
            String value) {}

    public record DeleteTag(
            @Required String runId, @Required String key) {}

    public record LogParam(
            @Required(orElse = "run_uuid") String runId,
            @Required String key,
            String value) {}

    public record LogMetric(
            @Required(orElse = "run_uuid") String runId,
            @Required String key,
            @Required Double value,
            @Required Long timestamp,
            Long step,
            String modelId,
            String datasetName,
            String datasetDigest) {}

    public record LogBatch(
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

    public record LogInputs(@Required String runId, List<DatasetInput> datasets, List<ModelInput> models) {}

    public record LogOutputs(
            @Required String runId, @Required List<ModelOutput> models) {}

    public record LogModel(@Required String runId, @Required String modelJson) {}

    public record Search(
            List<String> experimentIds,
            String filter,
            ViewType runViewType,
            Integer maxResults,
            List<String> orderBy,
            String pageToken) {}

    public record Found(List<Run> runs, String nextPageToken) {}

    public record GetHistory(
            @Required(orElse = "run_uuid") String runId,
            @Required String metricKey,
            String pageToken,
            Integer maxResults) {}

    public record GetHistoryBulk(
            @Required List<String> runId, @Required String metricKey, Integer maxResults) {}

    public record GetHistoryBulkInterval(
            @Required List<String> runIds,
            @Required String metricKey,
            Integer startStep,
            Integer endStep,
            Integer maxResults) {}

    public record History(List<Metric> metrics, String nextPageToken) {}

    /** Where there are none, an empty list is written, as MLflow does here and nowhere else. */
    public record Points(@Always List<Metric> metrics) {}

    private static final String BASE = "/2.0/mlflow/runs/";
    private static final String METRICS = "/2.0/mlflow/metrics/";

    public static final Endpoint<Create, One> CREATE =
            write(POST, BASE + "create", Create.class, One.class, EDIT_EXPERIMENT);
    public static final Endpoint<ById, One> GET_BY_ID = read(GET, BASE + "get", ById.class, One.class, READ_EXPERIMENT);
    public static final Endpoint<Update, Updated> UPDATE =
            write(POST, BASE + "update", Update.class, Updated.class, EDIT_EXPERIMENT);
    public static final Endpoint<ById, Empty> DELETE =
            write(POST, BASE + "delete", ById.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<ById, Empty> RESTORE =
            write(POST, BASE + "restore", ById.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<Search, Found> SEARCH =
            read(POST, BASE + "search", Search.class, Found.class, READ_EXPERIMENT);
    public static final Endpoint<LogMetric, Empty> LOG_METRIC =
            write(POST, BASE + "log-metric", LogMetric.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<LogParam, Empty> LOG_PARAM =
            write(POST, BASE + "log-parameter", LogParam.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<LogBatch, Empty> LOG_BATCH =
            write(POST, BASE + "log-batch", LogBatch.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<LogInputs, Empty> LOG_INPUTS =
            write(POST, BASE + "log-inputs", LogInputs.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<LogOutputs, Empty> LOG_OUTPUTS =
            write(POST, BASE + "outputs", LogOutputs.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<LogModel, Empty> LOG_MODEL =
            write(POST, BASE + "log-model", LogModel.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<SetTag, Empty> SET_TAG =
            write(POST, BASE + "set-tag", SetTag.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<DeleteTag, Empty> DELETE_TAG =
            write(POST, BASE + "delete-tag", DeleteTag.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<GetHistory, History> GET_HISTORY =
            read(GET, METRICS + "get-history", GetHistory.class, History.class, READ_EXPERIMENT);
    public static final Endpoint<GetHistoryBulk, Points> GET_HISTORY_BULK =
            read(GET, METRICS + "get-history-bulk", GetHistoryBulk.class, Points.class, READ_EXPERIMENT);
    public static final Endpoint<GetHistoryBulkInterval, History> GET_HISTORY_BULK_INTERVAL = read(
            GET, METRICS + "get-history-bulk-interval", GetHistoryBulkInterval.class, History.class, READ_EXPERIMENT);
}
