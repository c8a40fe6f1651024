package dev.kiroku.model.registry;

import static dev.kiroku.model.api.Endpoint.Permission.CREATE_MODEL;
import static dev.kiroku.model.api.Endpoint.Permission.EDIT_MODEL;
import static dev.kiroku.model.api.Endpoint.Permission.READ_MODEL;
import static dev.kiroku.model.api.Endpoint.Verb.DELETE;
import static dev.kiroku.model.api.Endpoint.Verb.GET;
import static dev.kiroku.model.api.Endpoint.Verb.PATCH;
import static dev.kiroku.model.api.Endpoint.Verb.POST;
import static dev.kiroku.model.api.Endpoint.govern;
import static dev.kiroku.model.api.Endpoint.read;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.FromHeader;
import dev.kiroku.model.api.Required;
import java.util.List;

/** The operations on registered models and their versions. */
public final class RegistryApi {
    private RegistryApi() {}

    public record CreateModel(@Required String name, List<KeyValue> tags, String description, String deploymentJobId) {}

    public record OneModel(RegisteredModel registeredModel) {}

    public record ByName(@Required String name) {}

    public record Rename(@Required String name, @Required String newName) {}

    public record UpdateModel(@Required String name, String description) {}

    public record Search(String filter, Long maxResults, List<String> orderBy, String pageToken) {}

    public record FoundModels(List<RegisteredModel> registeredModels, String nextPageToken) {}

    public record SetModelTag(
            @Required String name, @Required String key, String value) {}

    public record DeleteModelTag(
            @Required String name, @Required String key) {}

    public record Latest(@Required String name, List<String> stages) {}

    public record Versions(List<ModelVersion> modelVersions, String nextPageToken) {}

    /**
     * @param expectedVersion the version that the alias must point at until now, {@code 0} for none; the answer is RESOURCE_CONFLICT when it
     *     points elsewhere. Without it the alias is moved from wherever it points.
     */
    public record SetAlias(
            @Required String name,
            @Required String alias,
            @Required String version,
            @FromHeader("If-Match") String expectedVersion) {}

    /** @param expectedVersion as for {@link SetAlias} */
    public record DeleteAlias(
            @Required String name,
            @Required String alias,
            @FromHeader("If-Match") String expectedVersion) {}

    public record ByAlias(@Required String name, @Required String alias) {}

    public record CreateVersion(
            @Required String name,
            @Required String source,
            String runId,
            List<KeyValue> tags,
            String runLink,
            String description,
            String modelId) {}

    public record OneVersion(ModelVersion modelVersion) {}

    public record ByVersion(@Required String name, @Required String version) {}

    public record UpdateVersion(
            @Required String name, @Required String version, String description) {}

    public record Transition(
            @Required String name,
            @Required String version,
            @Required String stage,
            Boolean archiveExistingVersions) {}

    public record SetVersionTag(
            @Required String name,
            @Required String version,
            @Required String key,
            String value) {}

    public record DeleteVersionTag(
            @Required String name,
            @Required String version,
            @Required String key) {}

    public record DownloadUri(String artifactUri) {}

    private static final String MODELS = "/2.0/mlflow/registered-models/";
    private static final String VERSIONS = "/2.0/mlflow/model-versions/";

    public static final Endpoint<CreateModel, OneModel> CREATE_REGISTERED_MODEL =
            govern(POST, MODELS + "create", CreateModel.class, OneModel.class, CREATE_MODEL);
    public static final Endpoint<ByName, OneModel> GET_REGISTERED_MODEL =
            read(GET, MODELS + "get", ByName.class, OneModel.class, READ_MODEL);
    public static final Endpoint<Rename, OneModel> RENAME =
            govern(POST, MODELS + "rename", Rename.class, OneModel.class, EDIT_MODEL);
    public static final Endpoint<UpdateModel, OneModel> UPDATE_REGISTERED_MODEL =
            govern(PATCH, MODELS + "update", UpdateModel.class, OneModel.class, EDIT_MODEL);
    public static final Endpoint<ByName, Empty> DELETE_REGISTERED_MODEL =
            govern(DELETE, MODELS + "delete", ByName.class, Empty.class, EDIT_MODEL);
    public static final Endpoint<Search, FoundModels> SEARCH_REGISTERED_MODELS =
            read(GET, MODELS + "search", Search.class, FoundModels.class, READ_MODEL);
    public static final Endpoint<SetModelTag, Empty> SET_MODEL_TAG =
            govern(POST, MODELS + "set-tag", SetModelTag.class, Empty.class, EDIT_MODEL);
    public static final Endpoint<DeleteModelTag, Empty> DELETE_MODEL_TAG =
            govern(DELETE, MODELS + "delete-tag", DeleteModelTag.class, Empty.class, EDIT_MODEL);
    public static final Endpoint<Latest, Versions> LATEST =
            read(POST, MODELS + "get-latest-versions", Latest.class, Versions.class, READ_MODEL);
    public static final Endpoint<Latest, Versions> LATEST_GET =
            read(GET, MODELS + "get-latest-versions", Latest.class, Versions.class, READ_MODEL);
    public static final Endpoint<SetAlias, Empty> SET_ALIAS =
            govern(POST, MODELS + "alias", SetAlias.class, Empty.class, EDIT_MODEL);
    public static final Endpoint<ByAlias, OneVersion> GET_BY_ALIAS =
            read(GET, MODELS + "alias", ByAlias.class, OneVersion.class, READ_MODEL);
    public static final Endpoint<DeleteAlias, Empty> DELETE_ALIAS =
            govern(DELETE, MODELS + "alias", DeleteAlias.class, Empty.class, EDIT_MODEL);
    public static final Endpoint<CreateVersion, OneVersion> CREATE_VERSION =
            govern(POST, VERSIONS + "create", CreateVersion.class, OneVersion.class, EDIT_MODEL);
    public static final Endpoint<ByVersion, OneVersion> GET_VERSION =
            read(GET, VERSIONS + "get", ByVersion.class, OneVersion.class, READ_MODEL);
    public static final Endpoint<UpdateVersion, OneVersion> UPDATE_VERSION =
            govern(PATCH, VERSIONS + "update", UpdateVersion.class, OneVersion.class, EDIT_MODEL);
    public static final Endpoint<Transition, OneVersion> TRANSITION =
            govern(POST, VERSIONS + "transition-stage", Transition.class, OneVersion.class, EDIT_MODEL);
    public static final Endpoint<ByVersion, Empty> DELETE_VERSION =
            govern(DELETE, VERSIONS + "delete", ByVersion.class, Empty.class, EDIT_MODEL);
    public static final Endpoint<Search, Versions> SEARCH_VERSIONS =
            read(GET, VERSIONS + "search", Search.class, Versions.class, READ_MODEL);
    public static final Endpoint<SetVersionTag, Empty> SET_VERSION_TAG =
            govern(POST, VERSIONS + "set-tag", SetVersionTag.class, Empty.class, EDIT_MODEL);
    public static final Endpoint<DeleteVersionTag, Empty> DELETE_VERSION_TAG =
            govern(DELETE, VERSIONS + "delete-tag", DeleteVersionTag.class, Empty.class, EDIT_MODEL);
    public static final Endpoint<ByVersion, DownloadUri> DOWNLOAD_URI =
            read(GET, VERSIONS + "get-download-uri", ByVersion.class, DownloadUri.class, READ_MODEL);
}
