package dev.kiroku.core.tracking;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.Texts.orEmpty;

import dev.kiroku.core.search.Grammar;
import dev.kiroku.core.search.SearchLanguage;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.tracking.LoggedModelApi;
import java.time.InstantSource;

/** The operations of {@link LoggedModelApi}, but for those on artifacts: checks what was asked, and has the store do it. */
public final class LoggedModels {
    private static final int MAX_DATASETS = 200;
    private static final int DEFAULT_PAGE = 100;

    private final LoggedModelStore store;
    private final Ids ids;
    private final InstantSource clock;

    public LoggedModels(LoggedModelStore store, Ids ids, InstantSource clock) {
        this.store = store;
        this.ids = ids;
        this.clock = clock;
    }

    public LoggedModelApi.One create(LoggedModelApi.Create request) {
        String name = request.name() == null || request.name().isEmpty() ? ids.name() : request.name();
        Checks.loggedModelName(name);
        String modelId = ids.modelId();
        return new LoggedModelApi.One(store.create(new LoggedModelStore.NewModel(
                modelId,
                Checks.experimentId(request.experimentId()),
                name,
                orEmpty(request.modelType()),
                orEmpty(request.sourceRunId()),
                "models/" + modelId + "/artifacts",
                KeyValues.lastOfEach(Checks.keyed(request.params(), "params")),
                KeyValues.lastOfEach(Checks.keyed(request.tags(), "tags")),
                clock.millis())));
    }

    public LoggedModelApi.One get(LoggedModelApi.ById request) {
        return new LoggedModelApi.One(store.get(request.modelId(), Boolean.TRUE.equals(request.allowDeleted())));
    }

    public LoggedModelApi.One finish(LoggedModelApi.Finalize request) {
        return new LoggedModelApi.One(store.finish(request.modelId(), request.status(), clock.millis()));
    }

    public Empty delete(LoggedModelApi.Delete request) {
        store.delete(request.modelId(), clock.millis());
        return new Empty();
    }

    public Empty setTags(LoggedModelApi.SetTags request) {
        store.setTags(request.modelId(), KeyValues.lastOfEach(Checks.keyed(request.tags(), "tags")));
        return new Empty();
    }

    public Empty deleteTag(LoggedModelApi.DeleteTag request) {
        store.deleteTag(request.modelId(), request.tagKey());
        return new Empty();
    }

    public Empty logParams(LoggedModelApi.LogParams request) {
        store.logParams(request.modelId(), KeyValues.lastOfEach(Checks.keyed(request.params(), "params")));
        return new Empty();
    }

    public LoggedModelApi.Found search(LoggedModelApi.Search request) {
        if (request.datasets().size() > MAX_DATASETS) {
            throw invalid(
                    "A search names %d datasets, and at most %d are taken.",
                    request.datasets().size(), MAX_DATASETS);
        }
        if (request.datasets().stream()
                .anyMatch(d -> d.datasetName() == null || d.datasetName().isEmpty())) {
            throw invalid("`dataset_name` in the `datasets` clause must be specified.");
        }
        Integer max = request.maxResults() != null && request.maxResults() == 0 ? null : request.maxResults();
        var page = store.search(new LoggedModelStore.Query(
                request.experimentIds().stream().map(Checks::experimentId).toList(),
                SearchLanguage.parseFilter(Grammar.LOGGED_MODELS, request.filter()),
                request.datasets(),
                SearchLanguage.limitedOrder(request.orderBy()),
                Checks.maxResults(max, DEFAULT_PAGE),
                request.pageToken()));
        return new LoggedModelApi.Found(page.items(), page.nextPageToken());
    }
}
