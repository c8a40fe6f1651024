package dev.kiroku.core.tracking;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.Strings.nullToEmpty;

import dev.kiroku.core.search.SearchGrammar;
import dev.kiroku.core.search.SearchLanguage;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.tracking.LoggedModelApi;
import java.time.InstantSource;

/** The operations of {@link LoggedModelApi}, except those on artifacts: validates requests and calls the store. */
public final class LoggedModels {
    private static final int MAX_DATASETS = 200;
    private static final int DEFAULT_PAGE = 100;

    private final LoggedModelStore store;
    private final ExperimentStore experiments;
    private final IdGenerator ids;
    private final InstantSource clock;

    /** Creates the operations on the stores of one database. */
    public LoggedModels(LoggedModelStore store, ExperimentStore experiments, IdGenerator ids, InstantSource clock) {
        this.store = store;
        this.experiments = experiments;
        this.ids = ids;
        this.clock = clock;
    }

    /** Adds a logged model. */
    public LoggedModelApi.LoggedModelResponse create(LoggedModelApi.CreateLoggedModelRequest request) {
        String name = request.name() == null || request.name().isEmpty() ? ids.newName() : request.name();
        Validation.requireLoggedModelName(name);
        String modelId = ids.newModelId();
        return new LoggedModelApi.LoggedModelResponse(store.create(new LoggedModelStore.NewModel(
                modelId,
                Validation.parseExperimentId(request.experimentId()),
                name,
                nullToEmpty(request.modelType()),
                nullToEmpty(request.sourceRunId()),
                "models/" + modelId + "/artifacts",
                KeyValues.lastValuePerKey(Validation.requireKeys(request.params(), "params")),
                KeyValues.lastValuePerKey(Validation.requireKeys(request.tags(), "tags")),
                clock.millis())));
    }

    /** Returns a logged model. */
    public LoggedModelApi.LoggedModelResponse get(LoggedModelApi.GetLoggedModelRequest request) {
        return new LoggedModelApi.LoggedModelResponse(
                store.get(request.modelId(), Boolean.TRUE.equals(request.allowDeleted())));
    }

    /** Sets the final status of a logged model. */
    public LoggedModelApi.LoggedModelResponse finalizeModel(LoggedModelApi.FinalizeLoggedModelRequest request) {
        return new LoggedModelApi.LoggedModelResponse(
                store.finalizeModel(request.modelId(), request.status(), clock.millis()));
    }

    /** Deletes a logged model. */
    public Empty delete(LoggedModelApi.DeleteLoggedModelRequest request) {
        store.delete(request.modelId(), clock.millis());
        return new Empty();
    }

    /** Sets tags. */
    public Empty setTags(LoggedModelApi.SetLoggedModelTagsRequest request) {
        store.setTags(request.modelId(), KeyValues.lastValuePerKey(Validation.requireKeys(request.tags(), "tags")));
        return new Empty();
    }

    /** Deletes a tag. */
    public Empty deleteTag(LoggedModelApi.DeleteLoggedModelTagRequest request) {
        store.deleteTag(request.modelId(), request.tagKey());
        return new Empty();
    }

    /** Adds params. */
    public Empty logParams(LoggedModelApi.LogLoggedModelParamsRequest request) {
        store.logParams(
                request.modelId(), KeyValues.lastValuePerKey(Validation.requireKeys(request.params(), "params")));
        return new Empty();
    }

    /** Returns a page of the logged models that the caller may read. */
    public LoggedModelApi.SearchLoggedModelsResponse search(
            LoggedModelApi.SearchLoggedModelsRequest request, Caller caller) {
        if (request.datasets().size() > MAX_DATASETS) {
            throw invalid(
                    "The search names %d datasets; at most %d are allowed.",
                    request.datasets().size(), MAX_DATASETS);
        }
        if (request.datasets().stream()
                .anyMatch(d -> d.datasetName() == null || d.datasetName().isEmpty())) {
            throw invalid("`dataset_name` in the `datasets` clause must be specified.");
        }
        Integer max = request.maxResults() != null && request.maxResults() == 0 ? null : request.maxResults();
        var page = store.search(new LoggedModelStore.Query(
                ReadableExperiments.of(request.experimentIds(), ResourceType.LOGGED_MODEL, caller, experiments),
                SearchLanguage.parseFilter(SearchGrammar.LOGGED_MODELS, request.filter()),
                request.datasets(),
                SearchLanguage.requireOrderLimit(request.orderBy()),
                Validation.parseMaxResults(max, DEFAULT_PAGE),
                request.pageToken()));
        return new LoggedModelApi.SearchLoggedModelsResponse(page.items(), page.nextPageToken());
    }
}
