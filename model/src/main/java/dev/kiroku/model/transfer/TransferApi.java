package dev.kiroku.model.transfer;

import static dev.kiroku.model.access.ResourceType.EXPERIMENT;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import dev.kiroku.model.tracking.DatasetInput;
import dev.kiroku.model.tracking.LoggedModelStatus;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.tracking.ModelInput;
import dev.kiroku.model.tracking.ModelOutput;
import dev.kiroku.model.tracking.RunStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Kiroku's own endpoints that take runs as they are, with their IDs and times, from another store. */
public final class TransferApi {
    private static final String TRANSFER = "/2.0/kiroku/transfer/";

    private TransferApi() {}

    /** Asks which runs an experiment has. */
    public record FindRunsRequest(@Required String experimentId, List<String> runIds) {}

    /** The runs that the experiment has. */
    public record FindRunsResponse(List<StoredRun> runs) {}

    /**
     * A run that the experiment has.
     *
     * @param points the number of its metric points; points that were logged twice may count twice
     * @param deleted whether the run is deleted; it takes nothing then
     */
    public record StoredRun(String runId, Long points, Boolean deleted) {}

    /**
     * Adds runs and metric points to an experiment. What is there already is not added again, so that a request can be repeated. A run that is there
     * changes only if it differs from the one of the request before.
     *
     * @param metrics points of these runs, or of runs that the experiment has
     * @param loggedModels models of the experiment
     */
    public record ImportRunsRequest(
            @Required String experimentId,
            List<ImportedRun> runs,
            List<ImportedMetrics> metrics,
            List<ImportedLoggedModel> loggedModels) {}

    /**
     * A run.
     *
     * @param experimentId not read if the request is about one experiment
     * @param artifactUri not read if the request is about one experiment: the artifacts are below the location of that experiment then
     * @param startTime milliseconds since 1970
     * @param endTime null while the run is not finished
     * @param lifecycleStage {@code active}, which is the default, or {@code deleted}
     * @param deletedTime null unless the run is deleted
     */
    public record ImportedRun(
            @Required String runId,
            @Nullable String experimentId,
            @Nullable String artifactUri,
            @Nullable String lifecycleStage,
            @Nullable Long deletedTime,
            @Nullable String runName,
            @Nullable String userId,
            @Nullable RunStatus status,
            @Nullable Long startTime,
            @Nullable Long endTime,
            List<KeyValue> params,
            List<KeyValue> tags,
            List<DatasetInput> datasetInputs,
            List<ModelInput> modelInputs,
            List<ModelOutput> modelOutputs) {}

    /**
     * Metric points of a run.
     *
     * @param series each key once
     * @param compare whether the run may have some of the points already
     */
    public record ImportedMetrics(
            @Required String runId,
            List<PackedPoints> series,
            @Nullable Boolean compare) {}

    /**
     * A logged model.
     *
     * @param experimentId not read if the request is about one experiment
     * @param artifactLocation not read if the request is about one experiment: the artifacts are below the location of that experiment then
     * @param creationTime milliseconds since 1970
     * @param lifecycleStage {@code active}, which is the default, or {@code deleted}
     * @param metrics each with the run that logged it
     */
    public record ImportedLoggedModel(
            @Required String modelId,
            @Nullable String experimentId,
            @Required String name,
            @Nullable String artifactLocation,
            @Nullable Long creationTime,
            @Nullable Long lastUpdateTime,
            @Nullable LoggedModelStatus status,
            @Nullable String lifecycleStage,
            @Nullable String modelType,
            @Nullable String sourceRunId,
            @Nullable String statusMessage,
            List<KeyValue> params,
            List<KeyValue> tags,
            List<Metric> metrics) {}

    /** What became of the runs, points and logged models. */
    public record ImportRunsResponse(
            Long runsAdded,
            Long runsUpdated,
            Long runsUnchanged,
            Long pointsAdded,
            Long pointsUnchanged,
            Long modelsAdded,
            Long modelsUpdated,
            Long modelsUnchanged,
            List<Refused> refused) {}

    /**
     * A run or logged model of which something was not taken.
     *
     * @param runId null for a logged model
     * @param modelId null for a run
     */
    public record Refused(@Nullable String runId, @Nullable String modelId, String reason) {}

    public static final Endpoint<FindRunsRequest, FindRunsResponse> FIND_RUNS = endpoint(
            POST,
            TRANSFER + "runs/find",
            FindRunsRequest.class,
            FindRunsResponse.class,
            EXPERIMENT.read("experiment_id"));
    public static final Endpoint<ImportRunsRequest, ImportRunsResponse> IMPORT_RUNS = endpoint(
            POST,
            TRANSFER + "runs/import",
            ImportRunsRequest.class,
            ImportRunsResponse.class,
            EXPERIMENT.update("experiment_id"));
}
