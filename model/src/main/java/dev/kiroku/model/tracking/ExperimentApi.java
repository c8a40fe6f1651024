package dev.kiroku.model.tracking;

import static dev.kiroku.model.access.ResourceType.ARTIFACT_LOCATION;
import static dev.kiroku.model.access.ResourceType.EXPERIMENT;
import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The endpoints on experiments. */
public final class ExperimentApi {
    private ExperimentApi() {}

    /**
     * Adds an experiment.
     *
     * @param artifactLocation where its runs keep their artifacts; null for a folder below the default artifact root
     */
    public record CreateExperimentRequest(
            @Required String name, @Nullable String artifactLocation, List<KeyValue> tags) {}

    /** The ID of the new experiment. */
    public record CreateExperimentResponse(String experimentId) {}

    /** Names an experiment that is read, deleted or restored. */
    public record ExperimentIdRequest(@Required String experimentId) {}

    /** Names an experiment that is read. */
    public record GetExperimentByNameRequest(@Required String experimentName) {}

    /** An experiment. */
    public record ExperimentResponse(Experiment experiment) {}

    /** Renames an experiment. */
    public record UpdateExperimentRequest(
            @Required String experimentId, @Nullable String newName) {}

    /** Sets a tag of an experiment. */
    public record SetExperimentTagRequest(
            @Required String experimentId,
            @Required String key,
            @Nullable String value) {}

    /** Deletes a tag of an experiment. */
    public record DeleteExperimentTagRequest(
            @Required String experimentId, @Required String key) {}

    /**
     * Finds experiments.
     *
     * @param viewType null for active experiments
     */
    public record SearchExperimentsRequest(
            @Nullable Long maxResults,
            @Nullable String pageToken,
            @Nullable String filter,
            List<String> orderBy,
            @Nullable ViewType viewType) {}

    /** A page of the experiments found. */
    public record SearchExperimentsResponse(
            List<Experiment> experiments, @Nullable String nextPageToken) {}

    /** Finds the datasets that runs of the experiments used. */
    public record SearchDatasetsRequest(List<String> experimentIds) {}

    /** The datasets found. */
    public record SearchDatasetsResponse(List<DatasetSummary> datasetSummaries) {}

    private static final String BASE = "/2.0/mlflow/experiments/";

    public static final Endpoint<CreateExperimentRequest, CreateExperimentResponse> CREATE = endpoint(
            POST,
            BASE + "create",
            CreateExperimentRequest.class,
            CreateExperimentResponse.class,
            EXPERIMENT.create("name"),
            ARTIFACT_LOCATION.update("artifact_location"));
    public static final Endpoint<ExperimentIdRequest, ExperimentResponse> GET_BY_ID = endpoint(
            GET, BASE + "get", ExperimentIdRequest.class, ExperimentResponse.class, EXPERIMENT.read("experiment_id"));
    public static final Endpoint<GetExperimentByNameRequest, ExperimentResponse> GET_BY_NAME = endpoint(
            GET,
            BASE + "get-by-name",
            GetExperimentByNameRequest.class,
            ExperimentResponse.class,
            EXPERIMENT.find("experiment_name"));
    public static final Endpoint<SearchExperimentsRequest, SearchExperimentsResponse> SEARCH = endpoint(
            POST, BASE + "search", SearchExperimentsRequest.class, SearchExperimentsResponse.class, EXPERIMENT.read());
    public static final Endpoint<SearchExperimentsRequest, SearchExperimentsResponse> SEARCH_VIA_GET = endpoint(
            GET, BASE + "search", SearchExperimentsRequest.class, SearchExperimentsResponse.class, EXPERIMENT.read());
    public static final Endpoint<UpdateExperimentRequest, Empty> UPDATE = endpoint(
            POST,
            BASE + "update",
            UpdateExperimentRequest.class,
            Empty.class,
            EXPERIMENT.update("experiment_id"),
            EXPERIMENT.create("new_name"));
    public static final Endpoint<ExperimentIdRequest, Empty> DELETE =
            endpoint(POST, BASE + "delete", ExperimentIdRequest.class, Empty.class, EXPERIMENT.delete("experiment_id"));
    public static final Endpoint<ExperimentIdRequest, Empty> RESTORE = endpoint(
            POST, BASE + "restore", ExperimentIdRequest.class, Empty.class, EXPERIMENT.delete("experiment_id"));
    public static final Endpoint<SetExperimentTagRequest, Empty> SET_TAG = endpoint(
            POST,
            BASE + "set-experiment-tag",
            SetExperimentTagRequest.class,
            Empty.class,
            EXPERIMENT.update("experiment_id"));
    public static final Endpoint<DeleteExperimentTagRequest, Empty> DELETE_TAG = endpoint(
            POST,
            BASE + "delete-experiment-tag",
            DeleteExperimentTagRequest.class,
            Empty.class,
            EXPERIMENT.update("experiment_id"));
    public static final Endpoint<SearchDatasetsRequest, SearchDatasetsResponse> SEARCH_DATASETS = endpoint(
            POST,
            BASE + "search-datasets",
            SearchDatasetsRequest.class,
            SearchDatasetsResponse.class,
            EXPERIMENT.search("experiment_ids"));
}
