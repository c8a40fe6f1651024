package dev.kiroku.core.tracking;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.Texts.orEmpty;
import static dev.kiroku.model.Texts.orNull;

import dev.kiroku.core.search.Grammar;
import dev.kiroku.core.search.SearchLanguage;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Place;
import dev.kiroku.model.tracking.DatasetInput;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.tracking.ModelInput;
import dev.kiroku.model.tracking.ModelOutput;
import dev.kiroku.model.tracking.Run;
import dev.kiroku.model.tracking.RunApi;
import dev.kiroku.model.tracking.RunData;
import dev.kiroku.model.tracking.RunInfo;
import dev.kiroku.model.tracking.RunInputs;
import dev.kiroku.model.tracking.ViewType;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;

/** The operations of {@link RunApi}: checks what was asked, and has the store do it. */
public final class Runs {
    private static final int DEFAULT_PAGE = 1000;
    private static final int MAX_HISTORY = 25_000;
    private static final int MAX_RUNS_PER_HISTORY = 100;
    private static final int MAX_SAMPLES = 2500;
    private static final String ARTIFACTS_FOLDER = "artifacts";

    private final RunStore store;
    private final Ids ids;
    private final InstantSource clock;

    public Runs(RunStore store, Ids ids, InstantSource clock) {
        this.store = store;
        this.ids = ids;
        this.clock = clock;
    }

    public RunApi.One create(RunApi.Create request) {
        List<KeyValue> tags = new ArrayList<>(KeyValues.lastOfEach(request.tags()));
        for (int i = 0; i < tags.size(); i++) {
            Checks.tag(tags.get(i), Place.TOP.field("tags").item(i));
        }
        String tagged = tags.stream()
                .filter(t -> RunStore.NAME_TAG.equals(t.key()))
                .map(KeyValue::value)
                .findFirst()
                .orElse("");
        String given = orEmpty(request.runName());
        if (!given.isEmpty() && !tagged.isEmpty() && !given.equals(tagged)) {
            throw invalid(
                    "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='%s', "
                            + "mlflow.runName='%s').",
                    given, tagged);
        }
        String name = !given.isEmpty() ? given : !tagged.isEmpty() ? tagged : ids.name();
        if (tagged.isEmpty()) {
            tags.removeIf(t -> RunStore.NAME_TAG.equals(t.key()));
            tags.add(new KeyValue(RunStore.NAME_TAG, name));
        }
        String runId = ids.runId();
        RunInfo made = store.create(new RunStore.NewRun(
                runId,
                Checks.experimentId(request.experimentId()),
                name,
                orEmpty(request.userId()),
                request.startTime() == null ? 0 : request.startTime(),
                runId + "/" + ARTIFACTS_FOLDER,
                tags));
        // As MLflow has it: only a run that is read again has outputs, if none.
        return new RunApi.One(
                new Run(made, new RunData(List.of(), List.of(), tags), new RunInputs(List.of(), List.of()), null));
    }

    public RunApi.One get(RunApi.ById request) {
        return new RunApi.One(store.get(request.runId()));
    }

    public RunApi.Updated update(RunApi.Update request) {
        String name = orNull(request.runName());
        return new RunApi.Updated(store.update(request.runId(), request.status(), request.endTime(), name));
    }

    public Empty delete(RunApi.ById request) {
        store.move(request.runId(), LifecycleStage.DELETED, clock.millis());
        return new Empty();
    }

    public Empty restore(RunApi.ById request) {
        store.move(request.runId(), LifecycleStage.ACTIVE, clock.millis());
        return new Empty();
    }

    public RunApi.Found search(RunApi.Search request) {
        var page = store.search(new RunStore.Query(
                request.experimentIds().stream().map(Checks::experimentId).toList(),
                request.runViewType() == null ? ViewType.ACTIVE_ONLY : request.runViewType(),
                SearchLanguage.parseFilter(Grammar.RUNS, request.filter()),
                SearchLanguage.parseOrder(Grammar.RUNS, request.orderBy()),
                Checks.maxResults(request.maxResults(), DEFAULT_PAGE),
                request.pageToken()));
        return new RunApi.Found(page.items(), page.nextPageToken());
    }

    public Empty setTag(RunApi.SetTag request) {
        KeyValue tag = Checks.tag(new KeyValue(request.key(), request.value()), Place.TOP);
        store.log(request.runId(), List.of(), List.of(), List.of(tag));
        return new Empty();
    }

    public Empty deleteTag(RunApi.DeleteTag request) {
        store.deleteTag(request.runId(), request.key());
        return new Empty();
    }

    public Empty logParam(RunApi.LogParam request) {
        KeyValue param = Checks.param(new KeyValue(request.key(), request.value()), Place.TOP);
        store.log(request.runId(), List.of(), List.of(param), List.of());
        return new Empty();
    }

    public Empty logMetric(RunApi.LogMetric m) {
        Metric point = point(
                new RunApi.MetricInput(
                        m.key(),
                        m.value(),
                        m.timestamp(),
                        m.step(),
                        m.datasetName(),
                        m.datasetDigest(),
                        m.modelId(),
                        null),
                Place.TOP);
        store.log(m.runId(), List.of(point), List.of(), List.of());
        return new Empty();
    }

    /** All of a batch is logged, or none of it. */
    public Empty logBatch(RunApi.LogBatch request) {
        Checks.runId(request.runId());
        List<Metric> metrics = new ArrayList<>(request.metrics().size());
        for (int i = 0; i < request.metrics().size(); i++) {
            metrics.add(
                    point(request.metrics().get(i), Place.TOP.field("metrics").item(i)));
        }
        List<KeyValue> params = new ArrayList<>(request.params().size());
        for (int i = 0; i < request.params().size(); i++) {
            Place place = Place.TOP.field("params").item(i);
            params.add(Checks.param(keyed(request.params().get(i), place), place));
        }
        List<KeyValue> tags = new ArrayList<>(request.tags().size());
        for (int i = 0; i < request.tags().size(); i++) {
            Place place = Place.TOP.field("tags").item(i);
            tags.add(Checks.tag(keyed(request.tags().get(i), place), place));
        }
        Checks.batch(metrics, params, tags);
        Checks.uniqueKeys(params);
        store.log(request.runId(), metrics, params, KeyValues.lastOfEach(tags));
        return new Empty();
    }

    private static KeyValue keyed(KeyValue kv, Place place) {
        present(kv.key(), place, "key");
        return kv;
    }

    private static Metric point(RunApi.MetricInput m, Place place) {
        present(m.key(), place, "key");
        if (m.value() == null) {
            throw Checks.missing(place.field("value"));
        }
        if (m.timestamp() == null) {
            throw Checks.missing(place.field("timestamp"));
        }
        var point = new Metric(
                m.key(),
                m.value(),
                m.timestamp(),
                m.step() == null ? 0 : m.step(),
                orNull(m.datasetName()),
                orNull(m.datasetDigest()),
                orNull(m.modelId()),
                null);
        Checks.metric(point, place);
        return point;
    }

    public Empty logInputs(RunApi.LogInputs request) {
        Checks.runId(request.runId());
        var byIdentity = new LinkedHashMap<List<String>, DatasetInput>();
        for (DatasetInput input : request.datasets()) {
            Checks.keyed(input.tags(), "datasets.tags");
            DatasetInput whole = Datasets.complete(input);
            Checks.dataset(whole);
            byIdentity.putIfAbsent(
                    List.of(whole.dataset().name(), whole.dataset().digest()), whole);
        }
        modelIds(request.models(), ModelInput::modelId);
        store.logInputs(request.runId(), List.copyOf(byIdentity.values()), request.models());
        return new Empty();
    }

    public Empty logOutputs(RunApi.LogOutputs request) {
        modelIds(request.models(), ModelOutput::modelId);
        store.logOutputs(request.runId(), request.models());
        return new Empty();
    }

    /** Appends to the tag in which clients before MLflow 3 keep what models a run logged. */
    public Empty logModel(RunApi.LogModel request) {
        var entry = ModelHistory.entry(request.modelJson());
        store.changeTag(request.runId(), ModelHistory.TAG, before -> {
            String after = ModelHistory.append(before, entry);
            return Checks.tag(new KeyValue(ModelHistory.TAG, after), Place.TOP).value();
        });
        return new Empty();
    }

    public RunApi.History history(RunApi.GetHistory request) {
        Integer max = request.maxResults();
        if (max != null && max <= 0) {
            throw invalid("Invalid value %d for parameter 'max_results' supplied. It must be a positive integer.", max);
        }
        var page = store.history(request.runId(), request.metricKey(), max == null ? 0 : max, request.pageToken());
        return new RunApi.History(page.items(), page.nextPageToken());
    }

    public RunApi.Points histories(RunApi.GetHistoryBulk request) {
        if (request.runId().isEmpty()) {
            throw invalid("GetMetricHistoryBulk request must specify at least one run_id.");
        }
        if (request.runId().size() > MAX_RUNS_PER_HISTORY) {
            throw invalid(
                    "GetMetricHistoryBulk request cannot specify more than %d run_ids. Received %d run_ids.",
                    MAX_RUNS_PER_HISTORY, request.runId().size());
        }
        int max = request.maxResults() == null ? MAX_HISTORY : Math.clamp(request.maxResults(), 0, MAX_HISTORY);
        return new RunApi.Points(store.histories(request.runId(), request.metricKey(), max));
    }

    public RunApi.History samples(RunApi.GetHistoryBulkInterval request) {
        if (request.runIds().size() > MAX_RUNS_PER_HISTORY) {
            throw invalid(
                    "GetMetricHistoryBulkInterval request must specify at most %d run_ids. Received %d run_ids.",
                    MAX_RUNS_PER_HISTORY, request.runIds().size());
        }
        int perRun = request.maxResults() == null ? MAX_SAMPLES : request.maxResults();
        if (perRun < 1 || perRun > MAX_SAMPLES) {
            throw invalid("max_results must be between 1 and %d.", MAX_SAMPLES);
        }
        Integer from = request.startStep();
        Integer to = request.endStep();
        if ((from == null) != (to == null)) {
            throw invalid("If either start step or end step are specified, both must be specified.");
        }
        if (from != null && from > to) {
            throw invalid("end_step must be greater than start_step. Found start_step=%d and end_step=%d.", from, to);
        }
        long fromStep = from == null ? Long.MIN_VALUE : from;
        long toStep = to == null ? Long.MAX_VALUE : to;
        return new RunApi.History(store.samples(request.runIds(), request.metricKey(), fromStep, toStep, perRun), null);
    }

    private static <T> void modelIds(List<T> models, Function<T, String> id) {
        for (int i = 0; i < models.size(); i++) {
            present(id.apply(models.get(i)), Place.TOP.field("models").item(i), "model_id");
        }
    }

    private static void present(String text, Place place, String field) {
        if (orNull(text) == null) {
            throw Checks.missing(place.field(field));
        }
    }
}
