package dev.kiroku.model.tracking;

import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;
import static dev.kiroku.model.api.ResourceType.EXPERIMENT;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import java.util.List;

/** The operations on experiments. */
public final class ExperimentApi {
    private ExperimentApi() {}

    public record CreateExperimentRequest(@Required String name, String artifactLocation, List<KeyValue> tags) {}

    public record CreateExperimentResponse(String experimentId) {}

    public record ExperimentIdRequest(@Required String experimentId) {}

    public record GetExperimentByNameRequest(@Required String experimentName) {}

    public record ExperimentResponse(Experiment experiment) {}

    public record UpdateExperimentRequest(@Required String experimentId, String newName) {}

    public record SetExperimentTagRequest(
            @Required String experimentId, @Required String key, String value) {}

    public record DeleteExperimentTagRequest(
            @Required String experimentId, @Required String key) {}

    public record SearchExperimentsRequest(
            Long maxResults, String pageToken, String filter, List<String> orderBy, ViewType viewType) {}

    public record SearchExperimentsResponse(List<Experiment> experiments, String nextPageToken) {}

    public record SearchDatasetsRequest(List<String> experimentIds) {}

    public record SearchDatasetsResponse(List<DatasetSummary> datasetSummaries) {}

    private static final String BASE = "/2.0/mlflow/experiments/";

    public static final Endpoint<CreateExperimentRequest, CreateExperimentResponse> CREATE = endpoint(
            POST,
            BASE + "create",
            CreateExperimentRequest.class,
            CreateExperimentResponse.class,
            EXPERIMENT.create("name"));
    public static final Endpoint<ExperimentIdRequest, ExperimentResponse> GET_BY_ID = endpoint(
            GET, BASE + "get", ExperimentIdRequest.class, ExperimentResponse.class, EXPERIMENT.read("experiment_id"));
    public static final Endpoint<GetExperimentByNameRequest, ExperimentResponse> GET_BY_NAME = endpoint(
            GET,
            BASE + "get-by-name",
            GetExperimentByNameRequest.class,
            ExperimentResponse.class,
            EXPERIMENT.read("experiment_name"));
    public static final Endpoint<SearchExperimentsRequest, SearchExperimentsResponse> SEARCH = endpoint(
            POST, BASE + "search", SearchExperimentsRequest.class, SearchExperimentsResponse.class, EXPERIMENT.read());
    public static final Endpoint<SearchExperimentsRequest, SearchExperimentsResponse> SEARCH_VIA_GET = endpoint(
            GET, BASE + "search", SearchExperimentsRequest.class, SearchExperimentsResponse.class, EXPERIMENT.read());
    public static final Endpoint<UpdateExperimentRequest, Empty> UPDATE = endpoint(
            POST, BASE + "update", UpdateExperimentRequest.class, Empty.class, EXPERIMENT.update("experiment_id"));
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
            EXPERIMENT.read("experiment_ids"));
}
