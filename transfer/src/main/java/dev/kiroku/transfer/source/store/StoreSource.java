package dev.kiroku.transfer.source.store;

import dev.kiroku.core.registry.store.RegistryStore;
import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.core.registry.store.VisibleModels;
import dev.kiroku.core.search.SearchFilter;
import dev.kiroku.core.search.SearchGrammar;
import dev.kiroku.core.search.SearchLanguage;
import dev.kiroku.core.tracking.ExperimentStore;
import dev.kiroku.core.tracking.LoggedModelStore;
import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.MetricPoints;
import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.access.VisibleResources;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.RegisteredModel;
import dev.kiroku.model.tracking.Experiment;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.LoggedModel;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.tracking.Run;
import dev.kiroku.model.tracking.RunInfo;
import dev.kiroku.model.tracking.ViewType;
import dev.kiroku.transfer.source.Inventory;
import dev.kiroku.transfer.source.TransferSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The stores of Kiroku as a source, for exports. Deleted logged models are left out, because the store lists none.
 *
 * @see StoreSource.Records
 */
public final class StoreSource implements TransferSource {
    private static final int PAGE = 500;
    private static final int MODEL_PAGE = 100;
    private static final String PROMPT_TAG = "mlflow.prompt.is_prompt";
    private static final String IS_PROMPT = "tags.`" + PROMPT_TAG + "` = 'true'";

    private final Records records;
    private final SearchFilter runFilter;
    /** The metrics of the runs of the last page, which {@link #readMetrics} asks for. */
    private final Map<String, List<String>> metricKeys = new HashMap<>();

    /** The stores that are read. */
    public record Records(
            String description,
            ExperimentStore experiments,
            RunStore runs,
            LoggedModelStore loggedModels,
            RegistryStore registry) {}

    /**
     * Creates a source.
     *
     * @param filter of the runs, in MLflow's search language; null for all
     * @throws dev.kiroku.model.KirokuException with {@code INVALID_PARAMETER_VALUE} if the filter has an error
     */
    public StoreSource(Records records, @Nullable String filter) {
        this.records = records;
        this.runFilter = SearchLanguage.parseFilter(SearchGrammar.RUNS, filter);
    }

    @Override
    public String description() {
        return records.description;
    }

    @Override
    public Inventory inventory() {
        Map<RecordKind, Long> counts = new EnumMap<>(RecordKind.class);
        counts.put(RecordKind.EXPERIMENT, (long) experiments().size());
        return new Inventory(counts, List.of());
    }

    @Override
    public List<ExperimentRecord> experiments() {
        List<ExperimentRecord> all = new ArrayList<>();
        pages(token -> records.experiments.search(new ExperimentStore.Query(
                        ViewType.ALL, new SearchFilter(List.of()), List.of(), PAGE, token, VisibleResources.ALL)))
                .forEachRemaining(page -> page.forEach(each -> all.add(toRecord(each))));
        all.sort(Comparator.comparingLong(ExperimentRecord::id));
        return all;
    }

    private static ExperimentRecord toRecord(Experiment experiment) {
        return new ExperimentRecord(
                Long.parseLong(experiment.experimentId()),
                experiment.name(),
                experiment.artifactLocation(),
                stage(experiment.lifecycleStage()),
                experiment.creationTime(),
                experiment.lastUpdateTime(),
                experiment.tags());
    }

    private static LifecycleStage stage(String wireName) {
        return wireName.equals(LifecycleStage.DELETED.wireName()) ? LifecycleStage.DELETED : LifecycleStage.ACTIVE;
    }

    @Override
    public Iterator<List<RunRecord>> runs(Collection<Long> experimentIds) {
        List<Long> ids = List.copyOf(experimentIds);
        Iterator<List<Run>> pages = pages(
                token -> records.runs.search(new RunStore.Query(ids, ViewType.ALL, runFilter, List.of(), PAGE, token)));
        return map(pages, page -> {
            metricKeys.clear();
            List<RunRecord> runs = new ArrayList<>();
            for (Run run : page) {
                metricKeys.put(
                        run.info().runId(),
                        run.data().metrics().stream().map(Metric::key).toList());
                runs.add(toRecord(run));
            }
            return runs;
        });
    }

    private static RunRecord toRecord(Run run) {
        RunInfo info = run.info();
        LifecycleStage stage = stage(info.lifecycleStage());
        return new RunRecord(
                info.runId(),
                Long.parseLong(info.experimentId()),
                info.runName(),
                info.userId(),
                info.status(),
                info.startTime(),
                info.endTime(),
                stage,
                // The API does not say when a run was deleted; no later than now.
                stage == LifecycleStage.DELETED ? Long.valueOf(System.currentTimeMillis()) : null,
                info.artifactUri(),
                run.data().params(),
                run.data().tags(),
                run.inputs().datasetInputs(),
                run.inputs().modelInputs(),
                run.outputs() == null ? List.of() : run.outputs().modelOutputs(),
                RunRecord.UNKNOWN);
    }

    @Override
    public void readMetrics(List<RunRecord> runs, Consumer<RunMetrics> consumer) {
        for (RunRecord run : runs) {
            List<String> keys = metricKeys.get(run.id());
            if (keys == null) {
                keys = records.runs.get(run.id()).data().metrics().stream()
                        .map(Metric::key)
                        .toList();
            }
            for (String key : keys) {
                pages(token -> records.runs.getMetricHistory(run.id(), key, MAX_POINTS, token))
                        .forEachRemaining(
                                page -> consumer.accept(new RunMetrics(run.id(), List.of(toPoints(key, page)), false)));
            }
        }
    }

    private static MetricPoints toPoints(String key, List<Metric> page) {
        return new MetricPoints(
                key,
                page.stream().mapToLong(Metric::timestamp).toArray(),
                page.stream().mapToLong(Metric::step).toArray(),
                page.stream().mapToDouble(Metric::value).toArray());
    }

    @Override
    public Iterator<List<LoggedModelRecord>> loggedModels(Collection<Long> experimentIds) {
        List<Long> ids = List.copyOf(experimentIds);
        Iterator<List<LoggedModel>> pages = pages(token -> records.loggedModels.search(
                new LoggedModelStore.Query(ids, new SearchFilter(List.of()), List.of(), List.of(), MODEL_PAGE, token)));
        return map(pages, page -> page.stream().map(StoreSource::toRecord).toList());
    }

    private static LoggedModelRecord toRecord(LoggedModel model) {
        LoggedModel.Info info = model.info();
        return new LoggedModelRecord(
                info.modelId(),
                Long.parseLong(info.experimentId()),
                info.name(),
                info.artifactUri(),
                info.creationTimestampMs(),
                info.lastUpdatedTimestampMs(),
                info.status(),
                LifecycleStage.ACTIVE,
                emptyToNull(info.modelType()),
                emptyToNull(info.sourceRunId()),
                emptyToNull(info.statusMessage()),
                model.data().params(),
                info.tags(),
                model.data().metrics());
    }

    @Override
    public Iterator<List<RegisteredModelRecord>> registeredModels() {
        // A search without this condition leaves prompts out, as it does in MLflow.
        SearchFilter prompts = SearchLanguage.parseFilter(SearchGrammar.REGISTERED_MODELS, IS_PROMPT);
        Iterator<List<RegisteredModelRecord>> models = registeredModels(new SearchFilter(List.of()));
        Iterator<List<RegisteredModelRecord>> promptsAfter = registeredModels(prompts);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return models.hasNext() || promptsAfter.hasNext();
            }

            @Override
            public List<RegisteredModelRecord> next() {
                return models.hasNext() ? models.next() : promptsAfter.next();
            }
        };
    }

    private Iterator<List<RegisteredModelRecord>> registeredModels(SearchFilter filter) {
        Iterator<List<RegisteredModel>> pages = pages(token -> records.registry.search(
                new RegistryStore.Query(filter, List.of(), MODEL_PAGE, token, VisibleModels.ALL)));
        return map(pages, page -> page.stream().map(this::toRecord).toList());
    }

    private RegisteredModelRecord toRecord(RegisteredModel model) {
        List<RegisteredModelRecord.Version> versions = new ArrayList<>();
        char quote = model.name().indexOf('"') < 0 ? '"' : '\'';
        String ofModel = "name = " + quote + model.name() + quote;
        boolean isPrompt = model.tags().stream().anyMatch(tag -> tag.key().equals(PROMPT_TAG));
        SearchFilter filter = SearchLanguage.parseFilter(
                SearchGrammar.MODEL_VERSIONS, isPrompt ? ofModel + " AND " + IS_PROMPT : ofModel);
        pages(token -> records.registry.searchVersions(
                        new RegistryStore.Query(filter, List.of(), PAGE, token, VisibleModels.ALL)))
                .forEachRemaining(page -> page.forEach(version -> versions.add(toRecord(version))));
        versions.sort(Comparator.comparingLong(RegisteredModelRecord.Version::version));
        return new RegisteredModelRecord(
                model.name(),
                emptyToNull(model.description()),
                model.creationTimestamp(),
                model.lastUpdatedTimestamp(),
                versions.isEmpty() ? 0 : versions.getLast().version(),
                model.tags(),
                versions,
                model.aliases().stream()
                        .map(alias -> new RegisteredModelRecord.Alias(alias.alias(), Long.parseLong(alias.version())))
                        .toList());
    }

    private RegisteredModelRecord.Version toRecord(ModelVersion version) {
        long number = Long.parseLong(version.version());
        return new RegisteredModelRecord.Version(
                number,
                version.creationTimestamp(),
                version.lastUpdatedTimestamp(),
                emptyToNull(version.description()),
                Stage.parse(version.currentStage()),
                version.source(),
                records.registry.getStorageLocation(version.name(), number),
                emptyToNull(version.runId()),
                emptyToNull(version.runLink()),
                version.tags());
    }

    private static @Nullable String emptyToNull(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    /** Returns the pages of a search. Empty pages are left out. */
    private static <T> Iterator<List<T>> pages(Function<@Nullable String, Page<T>> search) {
        return new Iterator<>() {
            private @Nullable Page<T> next;
            private boolean complete;

            @Override
            public boolean hasNext() {
                while (!complete && (next == null || next.items().isEmpty())) {
                    next = search.apply(next == null ? null : next.nextPageToken());
                    complete = next.items().isEmpty() && next.nextPageToken() == null;
                }
                return !complete;
            }

            @Override
            public List<T> next() {
                if (!hasNext() || next == null) {
                    throw new NoSuchElementException();
                }
                List<T> items = next.items();
                if (next.nextPageToken() == null) {
                    complete = true;
                } else {
                    next = new Page<>(List.of(), next.nextPageToken());
                }
                return items;
            }
        };
    }

    private static <T, R> Iterator<List<R>> map(Iterator<List<T>> pages, Function<List<T>, List<R>> mapper) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return pages.hasNext();
            }

            @Override
            public List<R> next() {
                return mapper.apply(pages.next());
            }
        };
    }

    @Override
    public void close() {
        metricKeys.clear();
    }
}
