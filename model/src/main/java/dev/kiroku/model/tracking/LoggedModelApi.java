package dev.kiroku.model.tracking;

import static dev.kiroku.model.api.Endpoint.HttpMethod.DELETE;
import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.HttpMethod.PATCH;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;
import static dev.kiroku.model.api.ResourceType.EXPERIMENT;
import static dev.kiroku.model.api.ResourceType.LOGGED_MODEL;
import static dev.kiroku.model.api.ResourceType.RUN;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import dev.kiroku.model.artifacts.FileInfo;
import java.util.List;

/** The operations on logged models. */
public final class LoggedModelApi {
    private LoggedModelApi() {}

    public record CreateLoggedModelRequest(
            @Required String experimentId,
            String name,
            String modelType,
            String sourceRunId,
            List<KeyValue> params,
            List<KeyValue> tags) {}

    public record LoggedModelResponse(LoggedModel model) {}

    /** @param allowDeleted whether a deleted model is to be found as well */
    public record GetLoggedModelRequest(@Required String modelId, Boolean allowDeleted) {}

    public record DeleteLoggedModelRequest(@Required String modelId) {}

    public record FinalizeLoggedModelRequest(
            @Required String modelId, @Required LoggedModelStatus status) {}

    public record SetLoggedModelTagsRequest(@Required String modelId, List<KeyValue> tags) {}

    public record DeleteLoggedModelTagRequest(
            @Required String modelId, @Required String tagKey) {}

    public record LogLoggedModelParamsRequest(@Required String modelId, List<KeyValue> params) {}

    public record SearchLoggedModelsRequest(
            @Required List<String> experimentIds,
            String filter,
            List<DatasetFilter> datasets,
            Integer maxResults,
            List<LoggedModelOrderBy> orderBy,
            String pageToken) {}

    /** Narrows metric conditions to values measured on one dataset; without a digest, on any version of it. */
    public record DatasetFilter(String datasetName, String datasetDigest) {}

    public record LoggedModelOrderBy(String fieldName, Boolean ascending, String datasetName, String datasetDigest) {}

    public record SearchLoggedModelsResponse(List<LoggedModel> models, String nextPageToken) {}

    public record ListLoggedModelArtifactsRequest(
            @Required String modelId, String artifactDirectoryPath, String pageToken) {}

    public record ListLoggedModelArtifactsResponse(String rootUri, List<FileInfo> files, String nextPageToken) {}

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
            EXPERIMENT.read("experiment_ids"),
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
