package dev.kiroku.model.registry;

import static dev.kiroku.model.access.ResourceType.ARTIFACT_LOCATION;
import static dev.kiroku.model.access.ResourceType.LOGGED_MODEL;
import static dev.kiroku.model.access.ResourceType.MODEL_VERSION;
import static dev.kiroku.model.access.ResourceType.REGISTERED_MODEL;
import static dev.kiroku.model.access.ResourceType.RUN;
import static dev.kiroku.model.api.Endpoint.HttpMethod.DELETE;
import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.HttpMethod.PATCH;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.FromHeader;
import dev.kiroku.model.api.Required;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The endpoints on registered models and their versions. */
public final class RegistryApi {
    private RegistryApi() {}

    /** Adds a registered model. */
    public record CreateRegisteredModelRequest(
            @Required String name,
            List<KeyValue> tags,
            @Nullable String description,
            @Nullable String deploymentJobId) {}

    /** A registered model. */
    public record RegisteredModelResponse(RegisteredModel registeredModel) {}

    /** Names a registered model that is read or deleted. */
    public record RegisteredModelNameRequest(@Required String name) {}

    /** Renames a registered model. */
    public record RenameRegisteredModelRequest(
            @Required String name, @Required String newName) {}

    /** Changes the description of a registered model. */
    public record UpdateRegisteredModelRequest(
            @Required String name, @Nullable String description) {}

    /** Finds registered models or model versions. */
    public record SearchRegistryRequest(
            @Nullable String filter,
            @Nullable Long maxResults,
            List<String> orderBy,
            @Nullable String pageToken) {}

    /** A page of the registered models found. */
    public record SearchRegisteredModelsResponse(
            List<RegisteredModel> registeredModels,
            @Nullable String nextPageToken) {}

    /** Sets a tag of a registered model. */
    public record SetRegisteredModelTagRequest(
            @Required String name,
            @Required String key,
            @Nullable String value) {}

    /** Deletes a tag of a registered model. */
    public record DeleteRegisteredModelTagRequest(
            @Required String name, @Required String key) {}

    /**
     * Names the stages whose newest versions are read.
     *
     * @param stages empty for all stages
     */
    public record GetLatestVersionsRequest(@Required String name, List<String> stages) {}

    /** A page of model versions. */
    public record ModelVersionsResponse(
            List<ModelVersion> modelVersions, @Nullable String nextPageToken) {}

    /**
     * Points an alias at a version.
     *
     * @param expectedVersion the version that the alias points at before the change, {@code 0} for none. If it points
     *     elsewhere, the response is
     *     RESOURCE_CONFLICT. Null if it does not matter
     */
    public record SetRegisteredModelAliasRequest(
            @Required String name,
            @Required String alias,
            @Required String version,
            @FromHeader("If-Match") @Nullable String expectedVersion) {}

    /**
     * Deletes an alias.
     *
     * @param expectedVersion as for {@link SetRegisteredModelAliasRequest}
     */
    public record DeleteRegisteredModelAliasRequest(
            @Required String name,
            @Required String alias,
            @FromHeader("If-Match") @Nullable String expectedVersion) {}

    /** Names a model version that is read by an alias. */
    public record GetModelVersionByAliasRequest(
            @Required String name, @Required String alias) {}

    /**
     * Registers a new version of a model.
     *
     * @param source the artifact location of the model
     * @param runId the run that logged the model
     * @param modelId the logged model
     */
    public record CreateModelVersionRequest(
            @Required String name,
            @Required String source,
            @Nullable String runId,
            List<KeyValue> tags,
            @Nullable String runLink,
            @Nullable String description,
            @Nullable String modelId) {}

    /** A model version. */
    public record ModelVersionResponse(ModelVersion modelVersion) {}

    /** Names a model version that is read or deleted. */
    public record ModelVersionKeyRequest(
            @Required String name, @Required String version) {}

    /** Changes the description of a model version. */
    public record UpdateModelVersionRequest(
            @Required String name,
            @Required String version,
            @Nullable String description) {}

    /**
     * Moves a model version to a stage.
     *
     * @param archiveExistingVersions whether the versions that are in the stage are moved to Archived
     */
    public record TransitionModelVersionStageRequest(
            @Required String name,
            @Required String version,
            @Required String stage,
            @Nullable Boolean archiveExistingVersions) {}

    /** Sets a tag of a model version. */
    public record SetModelVersionTagRequest(
            @Required String name,
            @Required String version,
            @Required String key,
            @Nullable String value) {}

    /** Deletes a tag of a model version. */
    public record DeleteModelVersionTagRequest(
            @Required String name,
            @Required String version,
            @Required String key) {}

    /** Where the artifacts of a model version are. */
    public record GetDownloadUriResponse(String artifactUri) {}

    private static final String MODELS = "/2.0/mlflow/registered-models/";
    private static final String VERSIONS = "/2.0/mlflow/model-versions/";

    public static final Endpoint<CreateRegisteredModelRequest, RegisteredModelResponse> CREATE_REGISTERED_MODEL =
            endpoint(
                    POST,
                    MODELS + "create",
                    CreateRegisteredModelRequest.class,
                    RegisteredModelResponse.class,
                    REGISTERED_MODEL.create("name"));
    public static final Endpoint<RegisteredModelNameRequest, RegisteredModelResponse> GET_REGISTERED_MODEL = endpoint(
            GET,
            MODELS + "get",
            RegisteredModelNameRequest.class,
            RegisteredModelResponse.class,
            REGISTERED_MODEL.read("name"));
    public static final Endpoint<RenameRegisteredModelRequest, RegisteredModelResponse> RENAME_REGISTERED_MODEL =
            endpoint(
                    POST,
                    MODELS + "rename",
                    RenameRegisteredModelRequest.class,
                    RegisteredModelResponse.class,
                    REGISTERED_MODEL.update("name"),
                    REGISTERED_MODEL.create("new_name"));
    public static final Endpoint<UpdateRegisteredModelRequest, RegisteredModelResponse> UPDATE_REGISTERED_MODEL =
            endpoint(
                    PATCH,
                    MODELS + "update",
                    UpdateRegisteredModelRequest.class,
                    RegisteredModelResponse.class,
                    REGISTERED_MODEL.update("name"));
    public static final Endpoint<RegisteredModelNameRequest, Empty> DELETE_REGISTERED_MODEL = endpoint(
            DELETE, MODELS + "delete", RegisteredModelNameRequest.class, Empty.class, REGISTERED_MODEL.delete("name"));
    public static final Endpoint<SearchRegistryRequest, SearchRegisteredModelsResponse> SEARCH_REGISTERED_MODELS =
            endpoint(
                    GET,
                    MODELS + "search",
                    SearchRegistryRequest.class,
                    SearchRegisteredModelsResponse.class,
                    REGISTERED_MODEL.read());
    public static final Endpoint<SetRegisteredModelTagRequest, Empty> SET_REGISTERED_MODEL_TAG = endpoint(
            POST,
            MODELS + "set-tag",
            SetRegisteredModelTagRequest.class,
            Empty.class,
            REGISTERED_MODEL.update("name").withTag("key"));
    public static final Endpoint<DeleteRegisteredModelTagRequest, Empty> DELETE_REGISTERED_MODEL_TAG = endpoint(
            DELETE,
            MODELS + "delete-tag",
            DeleteRegisteredModelTagRequest.class,
            Empty.class,
            REGISTERED_MODEL.update("name").withTag("key"));
    public static final Endpoint<GetLatestVersionsRequest, ModelVersionsResponse> GET_LATEST_VERSIONS = endpoint(
            POST,
            MODELS + "get-latest-versions",
            GetLatestVersionsRequest.class,
            ModelVersionsResponse.class,
            MODEL_VERSION.read("name"));
    public static final Endpoint<GetLatestVersionsRequest, ModelVersionsResponse> GET_LATEST_VERSIONS_VIA_GET =
            endpoint(
                    GET,
                    MODELS + "get-latest-versions",
                    GetLatestVersionsRequest.class,
                    ModelVersionsResponse.class,
                    MODEL_VERSION.read("name"));
    public static final Endpoint<SetRegisteredModelAliasRequest, Empty> SET_REGISTERED_MODEL_ALIAS = endpoint(
            POST,
            MODELS + "alias",
            SetRegisteredModelAliasRequest.class,
            Empty.class,
            REGISTERED_MODEL.update("name"),
            MODEL_VERSION.use("name", "version"));
    public static final Endpoint<GetModelVersionByAliasRequest, ModelVersionResponse> GET_MODEL_VERSION_BY_ALIAS =
            endpoint(
                    GET,
                    MODELS + "alias",
                    GetModelVersionByAliasRequest.class,
                    ModelVersionResponse.class,
                    MODEL_VERSION.read("name", "alias"));
    public static final Endpoint<DeleteRegisteredModelAliasRequest, Empty> DELETE_REGISTERED_MODEL_ALIAS = endpoint(
            DELETE,
            MODELS + "alias",
            DeleteRegisteredModelAliasRequest.class,
            Empty.class,
            REGISTERED_MODEL.delete("name"));
    public static final Endpoint<CreateModelVersionRequest, ModelVersionResponse> CREATE_MODEL_VERSION = endpoint(
            POST,
            VERSIONS + "create",
            CreateModelVersionRequest.class,
            ModelVersionResponse.class,
            REGISTERED_MODEL.update("name"),
            MODEL_VERSION.create("name"),
            RUN.read("run_id"),
            LOGGED_MODEL.read("model_id"),
            ARTIFACT_LOCATION.read("source"));
    public static final Endpoint<ModelVersionKeyRequest, ModelVersionResponse> GET_MODEL_VERSION = endpoint(
            GET,
            VERSIONS + "get",
            ModelVersionKeyRequest.class,
            ModelVersionResponse.class,
            MODEL_VERSION.read("name", "version"));
    public static final Endpoint<UpdateModelVersionRequest, ModelVersionResponse> UPDATE_MODEL_VERSION = endpoint(
            PATCH,
            VERSIONS + "update",
            UpdateModelVersionRequest.class,
            ModelVersionResponse.class,
            MODEL_VERSION.update("name", "version"));
    public static final Endpoint<TransitionModelVersionStageRequest, ModelVersionResponse>
            TRANSITION_MODEL_VERSION_STAGE = endpoint(
                    POST,
                    VERSIONS + "transition-stage",
                    TransitionModelVersionStageRequest.class,
                    ModelVersionResponse.class,
                    MODEL_VERSION.update("name", "version"));
    public static final Endpoint<ModelVersionKeyRequest, Empty> DELETE_MODEL_VERSION = endpoint(
            DELETE,
            VERSIONS + "delete",
            ModelVersionKeyRequest.class,
            Empty.class,
            MODEL_VERSION.delete("name", "version"));
    public static final Endpoint<SearchRegistryRequest, ModelVersionsResponse> SEARCH_MODEL_VERSIONS = endpoint(
            GET, VERSIONS + "search", SearchRegistryRequest.class, ModelVersionsResponse.class, MODEL_VERSION.read());
    public static final Endpoint<SetModelVersionTagRequest, Empty> SET_MODEL_VERSION_TAG = endpoint(
            POST,
            VERSIONS + "set-tag",
            SetModelVersionTagRequest.class,
            Empty.class,
            MODEL_VERSION.update("name", "version"));
    public static final Endpoint<DeleteModelVersionTagRequest, Empty> DELETE_MODEL_VERSION_TAG = endpoint(
            DELETE,
            VERSIONS + "delete-tag",
            DeleteModelVersionTagRequest.class,
            Empty.class,
            MODEL_VERSION.delete("name", "version"));
    public static final Endpoint<ModelVersionKeyRequest, GetDownloadUriResponse> GET_DOWNLOAD_URI = endpoint(
            GET,
            VERSIONS + "get-download-uri",
            ModelVersionKeyRequest.class,
            GetDownloadUriResponse.class,
            MODEL_VERSION.read("name", "version"));
}
