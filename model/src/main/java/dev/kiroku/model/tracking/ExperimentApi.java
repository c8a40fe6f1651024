package dev.kiroku.model.tracking;

import static dev.kiroku.model.api.Endpoint.Permission.CREATE_EXPERIMENT;
import static dev.kiroku.model.api.Endpoint.Permission.EDIT_EXPERIMENT;
import static dev.kiroku.model.api.Endpoint.Permission.READ_EXPERIMENT;
import static dev.kiroku.model.api.Endpoint.Verb.GET;
import static dev.kiroku.model.api.Endpoint.Verb.POST;
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

    public record Create(@Required String name, String artifactLocation, List<KeyValue> tags) {}

    public record Created(String experimentId) {}

    public record ById(@Required String experimentId) {}

    public record ByName(@Required String experimentName) {}

    public record One(Experiment experiment) {}

    public record Update(@Required String experimentId, String newName) {}

    public record SetTag(
            @Required String experimentId, @Required String key, String value) {}

    public record DeleteTag(
            @Required String experimentId, @Required String key) {}

    public record Search(Long maxResults, String pageToken, String filter, List<String> orderBy, ViewType viewType) {}

    public record Found(List<Experiment> experiments, String nextPageToken) {}

    public record SearchDatasets(List<String> experimentIds) {}

    public record FoundDatasets(List<DatasetSummary> datasetSummaries) {}

    private static final String BASE = "/2.0/mlflow/experiments/";

    public static final Endpoint<Create, Created> CREATE =
            write(POST, BASE + "create", Create.class, Created.class, CREATE_EXPERIMENT);
    public static final Endpoint<ById, One> GET_BY_ID = read(GET, BASE + "get", ById.class, One.class, READ_EXPERIMENT);
    public static final Endpoint<ByName, One> GET_BY_NAME =
            read(GET, BASE + "get-by-name", ByName.class, One.class, READ_EXPERIMENT);
    public static final Endpoint<Search, Found> SEARCH =
            read(POST, BASE + "search", Search.class, Found.class, READ_EXPERIMENT);
    public static final Endpoint<Search, Found> SEARCH_GET =
            read(GET, BASE + "search", Search.class, Found.class, READ_EXPERIMENT);
    public static final Endpoint<Update, Empty> UPDATE =
            write(POST, BASE + "update", Update.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<ById, Empty> DELETE =
            write(POST, BASE + "delete", ById.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<ById, Empty> RESTORE =
            write(POST, BASE + "restore", ById.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<SetTag, Empty> SET_TAG =
            write(POST, BASE + "set-experiment-tag", SetTag.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<DeleteTag, Empty> DELETE_TAG =
            write(POST, BASE + "delete-experiment-tag", DeleteTag.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<SearchDatasets, FoundDatasets> SEARCH_DATASETS =
            read(POST, BASE + "search-datasets", SearchDatasets.class, FoundDatasets.class, READ_EXPERIMENT);
}
