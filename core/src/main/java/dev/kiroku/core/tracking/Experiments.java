package dev.kiroku.core.tracking;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.search.Grammar;
import dev.kiroku.core.search.SearchLanguage;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.tracking.ExperimentApi;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.ViewType;
import java.time.InstantSource;
import java.util.List;
import java.util.function.UnaryOperator;

/** The operations of {@link ExperimentApi}: checks what was asked, and has the store do it. */
public final class Experiments {
    private static final int DEFAULT_PAGE = 1000;
    private static final int MAX_DATASET_EXPERIMENTS = 20;
    private static final int MAX_DATASET_SUMMARIES = 1000;

    private final ExperimentStore store;
    private final String artifactRoot;
    private final UnaryOperator<String> locationCheck;
    private final InstantSource clock;

    /**
     * @param artifactRoot the URI below which experiments get their artifact locations, each in a folder named by its id
     * @param locationCheck takes an artifact location that a client asks for and gives it back in its kept form, or refuses it
     */
    public Experiments(
            ExperimentStore store, String artifactRoot, UnaryOperator<String> locationCheck, InstantSource clock) {
        this.store = store;
        this.artifactRoot = artifactRoot;
        this.locationCheck = locationCheck;
        this.clock = clock;
    }

    public ExperimentApi.Created create(ExperimentApi.Create request) {
        Checks.experimentName(request.name());
        request.tags().forEach(Checks::experimentTag);
        String location = request.artifactLocation();
        String asked = location == null || location.isEmpty() ? null : locationCheck.apply(location);
        long id = store.create(
                request.name(),
                newId -> asked != null ? asked : Locations.append(artifactRoot, Long.toString(newId)),
                KeyValues.lastOfEach(request.tags()),
                clock.millis());
        return new ExperimentApi.Created(Long.toString(id));
    }

    public ExperimentApi.One get(ExperimentApi.ById request) {
        return new ExperimentApi.One(store.get(Checks.experimentId(request.experimentId())));
    }

    public ExperimentApi.One getByName(ExperimentApi.ByName request) {
        return new ExperimentApi.One(store.named(request.experimentName())
                .orElseThrow(() -> notFound("Could not find experiment with name '%s'", request.experimentName())));
    }

    public ExperimentApi.Found search(ExperimentApi.Search request) {
        var page = store.search(new ExperimentStore.Query(
                request.viewType() == null ? ViewType.ACTIVE_ONLY : request.viewType(),
                SearchLanguage.parseFilter(Grammar.EXPERIMENTS, request.filter()),
                SearchLanguage.parseOrder(Grammar.EXPERIMENTS, request.orderBy()),
                Checks.maxResults(request.maxResults(), DEFAULT_PAGE),
                request.pageToken()));
        return new ExperimentApi.Found(page.items(), page.nextPageToken());
    }

    public Empty update(ExperimentApi.Update request) {
        Checks.experimentName(request.newName());
        store.rename(Checks.experimentId(request.experimentId()), request.newName(), clock.millis());
        return new Empty();
    }

    public Empty delete(ExperimentApi.ById request) {
        store.move(Checks.experimentId(request.experimentId()), LifecycleStage.DELETED, clock.millis());
        return new Empty();
    }

    public Empty restore(ExperimentApi.ById request) {
        store.move(Checks.experimentId(request.experimentId()), LifecycleStage.ACTIVE, clock.millis());
        return new Empty();
    }

    public Empty setTag(ExperimentApi.SetTag request) {
        var tag = new KeyValue(request.key(), request.value() == null ? "" : request.value());
        Checks.experimentTag(tag);
        store.setTag(Checks.experimentId(request.experimentId()), tag);
        return new Empty();
    }

    public Empty deleteTag(ExperimentApi.DeleteTag request) {
        store.deleteTag(Checks.experimentId(request.experimentId()), request.key());
        return new Empty();
    }

    public ExperimentApi.FoundDatasets searchDatasets(ExperimentApi.SearchDatasets request) {
        List<String> ids = request.experimentIds();
        if (ids.isEmpty()) {
            throw invalid("SearchDatasets request must specify at least one experiment_id.");
        }
        if (ids.size() > MAX_DATASET_EXPERIMENTS) {
            throw invalid(
                    "SearchDatasets request cannot specify more than %d experiment_ids. Received %d experiment_ids.",
                    MAX_DATASET_EXPERIMENTS, ids.size());
        }
        return new ExperimentApi.FoundDatasets(
                store.datasets(ids.stream().map(Checks::experimentId).toList(), MAX_DATASET_SUMMARIES));
    }
}
