package dev.kiroku.model.tracking;

import static dev.kiroku.model.api.Endpoint.Permission.EDIT_EXPERIMENT;
import static dev.kiroku.model.api.Endpoint.Permission.READ_EXPERIMENT;
import static dev.kiroku.model.api.Endpoint.Verb.DELETE;
import static dev.kiroku.model.api.Endpoint.Verb.GET;
import static dev.kiroku.model.api.Endpoint.Verb.PATCH;
import static dev.kiroku.model.api.Endpoint.Verb.POST;
import static dev.kiroku.model.api.Endpoint.read;
import static dev.kiroku.model.api.Endpoint.write;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import dev.kiroku.model.artifacts.FileInfo;
import java.util.List;

/** The operations on logged models. */
public final class LoggedModelApi {
    private LoggedModelApi() {}

    public record Create(
            @Required String experimentId,
            String name,
            String modelType,
            String sourceRunId,
            List<KeyValue> params,
            List<KeyValue> tags) {}

    public record One(LoggedModel model) {}

    /** @param allowDeleted whether a deleted model is to be found as well */
    public record ById(@Required String modelId, Boolean allowDeleted) {}

    public record Delete(@Required String modelId) {}

    public record Finalize(
            @Required String modelId, @Required LoggedModelStatus status) {}

    public record SetTags(@Required String modelId, List<KeyValue> tags) {}

    public record DeleteTag(
            @Required String modelId, @Required String tagKey) {}

    public record LogParams(@Required String modelId, List<KeyValue> params) {}

    public record Search(
            @Required List<String> experimentIds,
            String filter,
            List<OnDataset> datasets,
            Integer maxResults,
            List<OrderBy> orderBy,
            String pageToken) {}

    /** Narrows metric conditions to values measured on one dataset; without a digest, on any version of it. */
    public record OnDataset(String datasetName, String datasetDigest) {}

    public record OrderBy(String fieldName, Boolean ascending, String datasetName, String datasetDigest) {}

    public record Found(List<LoggedModel> models, String nextPageToken) {}

    public record ListArtifacts(@Required String modelId, String artifactDirectoryPath, String pageToken) {}

    public record Listing(String rootUri, List<FileInfo> files, String nextPageToken) {}

    private static final String BASE = "/2.0/mlflow/logged-models";
    private static final String ONE = BASE + "/{model_id}";

    public static final Endpoint<Create, One> CREATE = write(POST, BASE, Create.class, One.class, EDIT_EXPERIMENT);
    public static final Endpoint<Search, Found> SEARCH =
            read(POST, BASE + "/search", Search.class, Found.class, READ_EXPERIMENT);
    public static final Endpoint<ById, One> GET_BY_ID = read(GET, ONE, ById.class, One.class, READ_EXPERIMENT);
    public static final Endpoint<Finalize, One> FINALIZE =
            write(PATCH, ONE, Finalize.class, One.class, EDIT_EXPERIMENT);
    public static final Endpoint<Delete, Empty> DELETE_BY_ID =
            write(DELETE, ONE, Delete.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<SetTags, Empty> SET_TAGS =
            write(PATCH, ONE + "/tags", SetTags.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<DeleteTag, Empty> DELETE_TAG =
            write(DELETE, ONE + "/tags/{tag_key}", DeleteTag.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<LogParams, Empty> LOG_PARAMS =
            write(POST, ONE + "/params", LogParams.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<ListArtifacts, Listing> LIST_ARTIFACTS =
            read(GET, ONE + "/artifacts/directories", ListArtifacts.class, Listing.class, READ_EXPERIMENT);
}
