package dev.kiroku.core.tracking;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.search.SearchGrammar;
import dev.kiroku.core.search.SearchLanguage;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.tracking.ExperimentApi;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.ViewType;
import java.time.InstantSource;
import java.util.List;

/** The operations of {@link ExperimentApi}: validates requests and calls the store. */
public final class Experiments {
    private static final int DEFAULT_PAGE = 1000;
    private static final int MAX_DATASET_EXPERIMENTS = 20;
    private static final int MAX_DATASET_SUMMARIES = 1000;

    private final ExperimentStore store;
    private final LocationRules locations;
    private final InstantSource clock;

    /** @param locations its artifact root is the URI below which new experiments get their artifact locations, each in a folder with its ID as the name */
    public Experiments(ExperimentStore store, LocationRules locations, InstantSource clock) {
        this.store = store;
        this.locations = locations;
        this.clock = clock;
    }

    /** Adds an experiment. */
    public ExperimentApi.CreateExperimentResponse create(ExperimentApi.CreateExperimentRequest request, Caller caller) {
        Validation.requireExperimentName(request.name());
        request.tags().forEach(Validation::requireExperimentTag);
        String location = request.artifactLocation();
        String asked = location == null || location.isEmpty() ? null : ArtifactLocations.validate(location, locations);
        long id = store.create(
                request.name(),
                newId -> asked != null
                        ? asked
                        : ArtifactLocations.append(locations.artifactRoot(), Long.toString(newId)),
                KeyValues.lastValuePerKey(request.tags()),
                caller,
                clock.millis());
        return new ExperimentApi.CreateExperimentResponse(Long.toString(id));
    }

    /** Returns an experiment by ID. */
    public ExperimentApi.ExperimentResponse get(ExperimentApi.ExperimentIdRequest request) {
        return new ExperimentApi.ExperimentResponse(store.get(Validation.parseExperimentId(request.experimentId())));
    }

    /** Returns an experiment by name. */
    public ExperimentApi.ExperimentResponse getByName(ExperimentApi.GetExperimentByNameRequest request) {
        return new ExperimentApi.ExperimentResponse(store.findByName(request.experimentName())
                .orElseThrow(() -> notFound("Could not find experiment with name '%s'", request.experimentName())));
    }

    /** Returns a page of the experiments that the caller may read. */
    public ExperimentApi.SearchExperimentsResponse search(
            ExperimentApi.SearchExperimentsRequest request, Caller caller) {
        var page = store.search(new ExperimentStore.Query(
                request.viewType() == null ? ViewType.ACTIVE_ONLY : request.viewType(),
                SearchLanguage.parseFilter(SearchGrammar.EXPERIMENTS, request.filter()),
                SearchLanguage.parseOrder(SearchGrammar.EXPERIMENTS, request.orderBy()),
                Validation.parseMaxResults(request.maxResults(), DEFAULT_PAGE),
                request.pageToken(),
                caller.rights().visible(ResourceType.EXPERIMENT)));
        return new ExperimentApi.SearchExperimentsResponse(page.items(), page.nextPageToken());
    }

    /** Renames an experiment. */
    public Empty update(ExperimentApi.UpdateExperimentRequest request) {
        String newName = Validation.requireExperimentName(request.newName());
        store.rename(Validation.parseExperimentId(request.experimentId()), newName, clock.millis());
        return new Empty();
    }

    /** Deletes an experiment with its runs; it can be restored. */
    public Empty delete(ExperimentApi.ExperimentIdRequest request) {
        store.setLifecycleStage(
                Validation.parseExperimentId(request.experimentId()), LifecycleStage.DELETED, clock.millis());
        return new Empty();
    }

    /** Restores a deleted experiment with its runs. */
    public Empty restore(ExperimentApi.ExperimentIdRequest request) {
        store.setLifecycleStage(
                Validation.parseExperimentId(request.experimentId()), LifecycleStage.ACTIVE, clock.millis());
        return new Empty();
    }

    /** Sets a tag. */
    public Empty setTag(ExperimentApi.SetExperimentTagRequest request) {
        var tag = new KeyValue(request.key(), request.value() == null ? "" : request.value());
        Validation.requireExperimentTag(tag);
        store.setTag(Validation.parseExperimentId(request.experimentId()), tag);
        return new Empty();
    }

    /** Deletes a tag. */
    public Empty deleteTag(ExperimentApi.DeleteExperimentTagRequest request) {
        store.deleteTag(Validation.parseExperimentId(request.experimentId()), request.key());
        return new Empty();
    }

    /** Returns the datasets that runs of some experiments used, without the experiments that the caller may not read. */
    public ExperimentApi.SearchDatasetsResponse searchDatasets(
            ExperimentApi.SearchDatasetsRequest request, Caller caller) {
        List<String> ids = request.experimentIds();
        if (ids.isEmpty()) {
            throw invalid("SearchDatasets request must specify at least one experiment_id.");
        }
        if (ids.size() > MAX_DATASET_EXPERIMENTS) {
            throw invalid(
                    "SearchDatasets request cannot specify more than %d experiment_ids. Received %d experiment_ids.",
                    MAX_DATASET_EXPERIMENTS, ids.size());
        }
        return new ExperimentApi.SearchDatasetsResponse(store.findDatasets(
                ReadableExperiments.of(ids, ResourceType.EXPERIMENT, caller, store), MAX_DATASET_SUMMARIES));
    }
}
