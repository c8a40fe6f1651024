package dev.kiroku.model.tracking;

import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.Permission.CREATE_EXPERIMENT;
import static dev.kiroku.model.api.Endpoint.Permission.EDIT_EXPERIMENT;
import static dev.kiroku.model.api.Endpoint.Permission.READ_EXPERIMENT;
import static dev.kiroku.model.api.Endpoint.read;
import static dev.kiroku.model.api.Endpoint.write;

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

    public static final Endpoint<CreateExperimentRequest, CreateExperimentResponse> CREATE = write(
            POST, BASE + "create", CreateExperimentRequest.class, CreateExperimentResponse.class, CREATE_EXPERIMENT);
    public static final Endpoint<ExperimentIdRequest, ExperimentResponse> GET_BY_ID =
            read(GET, BASE + "get", ExperimentIdRequest.class, ExperimentResponse.class, READ_EXPERIMENT);
    public static final Endpoint<GetExperimentByNameRequest, ExperimentResponse> GET_BY_NAME = read(
            GET, BASE + "get-by-name", GetExperimentByNameRequest.class, ExperimentResponse.class, READ_EXPERIMENT);
    public static final Endpoint<SearchExperimentsRequest, SearchExperimentsResponse> SEARCH = read(
            POST, BASE + "search", SearchExperimentsRequest.class, SearchExperimentsResponse.class, READ_EXPERIMENT);
    public static final Endpoint<SearchExperimentsRequest, SearchExperimentsResponse> SEARCH_VIA_GET = read(
            GET, BASE + "search", SearchExperimentsRequest.class, SearchExperimentsResponse.class, READ_EXPERIMENT);
    public static final Endpoint<UpdateExperimentRequest, Empty> UPDATE =
            write(POST, BASE + "update", UpdateExperimentRequest.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<ExperimentIdRequest, Empty> DELETE =
            write(POST, BASE + "delete", ExperimentIdRequest.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<ExperimentIdRequest, Empty> RESTORE =
            write(POST, BASE + "restore", ExperimentIdRequest.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<SetExperimentTagRequest, Empty> SET_TAG =
            write(POST, BASE + "set-experiment-tag", SetExperimentTagRequest.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<DeleteExperimentTagRequest, Empty> DELETE_TAG =
            write(POST, BASE + "delete-experiment-tag", DeleteExperimentTagRequest.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<SearchDatasetsRequest, SearchDatasetsResponse> SEARCH_DATASETS = read(
            POST, BASE + "search-datasets", SearchDatasetsRequest.class, SearchDatasetsResponse.class, READ_EXPERIMENT);
}
