package dev.kiroku.model.tracking;

import static dev.kiroku.model.access.ResourceType.EXPERIMENT;
import static dev.kiroku.model.access.ResourceType.LOGGED_MODEL;
import static dev.kiroku.model.access.ResourceType.RUN;
import static dev.kiroku.model.api.Endpoint.HttpMethod.DELETE;
import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.HttpMethod.PATCH;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import dev.kiroku.model.artifacts.FileInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The endpoints on logged models. */
public final class LoggedModelApi {
    private LoggedModelApi() {}

    /**
     * Adds a logged model.
     *
     * @param name null for a random name
     */
    public record CreateLoggedModelRequest(
            @Required String experimentId,
            @Nullable String name,
            @Nullable String modelType,
            @Nullable String sourceRunId,
            List<KeyValue> params,
            List<KeyValue> tags) {}

    /** A logged model. */
    public record LoggedModelResponse(LoggedModel model) {}

    /**
     * Names a logged model that is read.
     *
     * @param allowDeleted whether a deleted model is returned as well
     */
    public record GetLoggedModelRequest(
            @Required String modelId, @Nullable Boolean allowDeleted) {}

    /** Names a logged model that is deleted. */
    public record DeleteLoggedModelRequest(@Required String modelId) {}

    /** Sets the final status of a logged model. */
    public record FinalizeLoggedModelRequest(
            @Required String modelId, @Required LoggedModelStatus status) {}

    /** Sets tags of a logged model. */
    public record SetLoggedModelTagsRequest(@Required String modelId, List<KeyValue> tags) {}

    /** Deletes a tag of a logged model. */
    public record DeleteLoggedModelTagRequest(
            @Required String modelId, @Required String tagKey) {}

    /** Adds params to a logged model. */
    public record LogLoggedModelParamsRequest(@Required String modelId, List<KeyValue> params) {}

    /**
     * Finds logged models.
     *
     * @param datasets if not empty, conditions on metrics consider only values that were measured on one of these
     *     datasets
     * @param maxResults null or 0 for 100
     */
    public record SearchLoggedModelsRequest(
            @Required List<String> experimentIds,
            @Nullable String filter,
            List<DatasetFilter> datasets,
            @Nullable Integer maxResults,
            List<LoggedModelOrderBy> orderBy,
            @Nullable String pageToken) {}

    /**
     * A dataset on which metrics were measured.
     *
     * @param datasetDigest null for any version of the dataset
     */
    public record DatasetFilter(
            String datasetName, @Nullable String datasetDigest) {}

    /**
     * A field by which logged models are ordered.
     *
     * @param fieldName an attribute, or {@code metrics.} and the key of a metric
     * @param ascending null for true
     * @param datasetName if present, only values that were measured on this dataset count
     */
    public record LoggedModelOrderBy(
            String fieldName,
            @Nullable Boolean ascending,
            @Nullable String datasetName,
            @Nullable String datasetDigest) {}

    /** A page of the logged models found. */
    public record SearchLoggedModelsResponse(
            List<LoggedModel> models, @Nullable String nextPageToken) {}

    /**
     * Lists a folder of a logged model.
     *
     * @param artifactDirectoryPath null for the artifact location itself
     */
    public record ListLoggedModelArtifactsRequest(
            @Required String modelId,
            @Nullable String artifactDirectoryPath,
            @Nullable String pageToken) {}

    /**
     * The entries of a folder of a logged model.
     *
     * @param rootUri the artifact location that the paths are relative to
     */
    public record ListLoggedModelArtifactsResponse(
            String rootUri, List<FileInfo> files, @Nullable String nextPageToken) {}

    private static final String BASE = "/2.0/mlflow/logged-models";
    private static final String MODEL = BASE + "/{model_id}";

    public static final Endpoint<CreateLoggedModelRequest, LoggedModelResponse> CREATE = endpoint(
            POST,
            BASE,
            CreateLoggedModelRequest.class,
            LoggedModelResponse.class,
            EXPERIMENT.update("experiment_id"),
            LOGGED_MODEL.create(),
            RUN.read("source_run_id"));
    public static final Endpoint<SearchLoggedModelsRequest, SearchLoggedModelsResponse> SEARCH = endpoint(
            POST,
            BASE + "/search",
            SearchLoggedModelsRequest.class,
            SearchLoggedModelsResponse.class,
            EXPERIMENT.search("experiment_ids"),
            LOGGED_MODEL.read());
    public static final Endpoint<GetLoggedModelRequest, LoggedModelResponse> GET_BY_ID =
            endpoint(GET, MODEL, GetLoggedModelRequest.class, LoggedModelResponse.class, LOGGED_MODEL.read("model_id"));
    public static final Endpoint<FinalizeLoggedModelRequest, LoggedModelResponse> FINALIZE = endpoint(
            PATCH, MODEL, FinalizeLoggedModelRequest.class, LoggedModelResponse.class, LOGGED_MODEL.update("model_id"));
    public static final Endpoint<DeleteLoggedModelRequest, Empty> DELETE_BY_ID =
            endpoint(DELETE, MODEL, DeleteLoggedModelRequest.class, Empty.class, LOGGED_MODEL.delete("model_id"));
    public static final Endpoint<SetLoggedModelTagsRequest, Empty> SET_TAGS = endpoint(
            PATCH, MODEL + "/tags", SetLoggedModelTagsRequest.class, Empty.class, LOGGED_MODEL.update("model_id"));
    public static final Endpoint<DeleteLoggedModelTagRequest, Empty> DELETE_TAG = endpoint(
            DELETE,
            MODEL + "/tags/{tag_key}",
            DeleteLoggedModelTagRequest.class,
            Empty.class,
            LOGGED_MODEL.delete("model_id"));
    public static final Endpoint<LogLoggedModelParamsRequest, Empty> LOG_PARAMS = endpoint(
            POST, MODEL + "/params", LogLoggedModelParamsRequest.class, Empty.class, LOGGED_MODEL.update("model_id"));
    public static final Endpoint<ListLoggedModelArtifactsRequest, ListLoggedModelArtifactsResponse> LIST_ARTIFACTS =
            endpoint(
                    GET,
                    MODEL + "/artifacts/directories",
                    ListLoggedModelArtifactsRequest.class,
                    ListLoggedModelArtifactsResponse.class,
                    LOGGED_MODEL.read("model_id"));
}
