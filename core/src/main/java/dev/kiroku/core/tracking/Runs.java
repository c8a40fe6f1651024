package dev.kiroku.core.tracking;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.Strings.emptyToNull;
import static dev.kiroku.model.Strings.nullToEmpty;

import dev.kiroku.core.search.SearchGrammar;
import dev.kiroku.core.search.SearchLanguage;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.JsonPath;
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
import org.jspecify.annotations.Nullable;

/** The operations of {@link RunApi}: validates requests and calls the store. */
public final class Runs {
    private static final int DEFAULT_PAGE = 1000;
    private static final int MAX_HISTORY = 25_000;
    private static final int MAX_RUNS_PER_HISTORY = 100;
    private static final int MAX_SAMPLES = 2500;
    private static final String ARTIFACTS_FOLDER = "artifacts";

    private final RunStore store;
    private final ExperimentStore experiments;
    private final IdGenerator ids;
    private final InstantSource clock;
    private final boolean truncatesValues;

    /**
     * Creates the operations on the stores of one database.
     *
     * @param truncatesValues whether params and tags that are too long are truncated, and not refused
     */
    public Runs(
            RunStore store,
            ExperimentStore experiments,
            IdGenerator ids,
            InstantSource clock,
            boolean truncatesValues) {
        this.store = store;
        this.experiments = experiments;
        this.ids = ids;
        this.clock = clock;
        this.truncatesValues = truncatesValues;
    }

    /** Adds a run. */
    public RunApi.RunResponse create(RunApi.CreateRunRequest request) {
        List<KeyValue> tags = new ArrayList<>(KeyValues.lastValuePerKey(request.tags()));
        for (int i = 0; i < tags.size(); i++) {
            normalizeTag(tags.get(i), JsonPath.ROOT.field("tags").item(i));
        }
        String tagged = tags.stream()
                .filter(t -> RunStore.NAME_TAG.equals(t.key()))
                .map(KeyValue::value)
                .findFirst()
                .orElse("");
        String requested = nullToEmpty(request.runName());
        if (!requested.isEmpty() && !tagged.isEmpty() && !requested.equals(tagged)) {
            throw invalid(
                    "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='%s', "
                            + "mlflow.runName='%s').",
                    requested, tagged);
        }
        String name = !requested.isEmpty() ? requested : !tagged.isEmpty() ? tagged : ids.newName();
        if (tagged.isEmpty()) {
            tags.removeIf(t -> RunStore.NAME_TAG.equals(t.key()));
            tags.add(new KeyValue(RunStore.NAME_TAG, name));
        }
        String runId = ids.newRunId();
        RunInfo created = store.create(new RunStore.NewRun(
                runId,
                Validation.parseExperimentId(request.experimentId()),
                name,
                nullToEmpty(request.userId()),
                request.startTime() == null ? 0 : request.startTime(),
                runId + "/" + ARTIFACTS_FOLDER,
                tags));
        // As in MLflow, the response to the creation of a run has no outputs.
        return new RunApi.RunResponse(
                new Run(created, new RunData(List.of(), List.of(), tags), new RunInputs(List.of(), List.of()), null));
    }

    /** Returns a run. */
    public RunApi.RunResponse get(RunApi.RunIdRequest request) {
        return new RunApi.RunResponse(store.get(request.runId()));
    }

    /** Changes the status, end time or name of a run. */
    public RunApi.UpdateRunResponse update(RunApi.UpdateRunRequest request) {
        String name = emptyToNull(request.runName());
        return new RunApi.UpdateRunResponse(store.update(request.runId(), request.status(), request.endTime(), name));
    }

    /** Deletes a run; it can be restored. */
    public Empty delete(RunApi.RunIdRequest request) {
        store.setLifecycleStage(request.runId(), LifecycleStage.DELETED, clock.millis());
        return new Empty();
    }

    /** Restores a deleted run. */
    public Empty restore(RunApi.RunIdRequest request) {
        store.setLifecycleStage(request.runId(), LifecycleStage.ACTIVE, clock.millis());
        return new Empty();
    }

    /** Returns a page of the runs that the caller may read. */
    public RunApi.SearchRunsResponse search(RunApi.SearchRunsRequest request, Caller caller) {
        var page = store.search(new RunStore.Query(
                ReadableExperiments.of(request.experimentIds(), ResourceType.RUN, caller, experiments),
                request.runViewType() == null ? ViewType.ACTIVE_ONLY : request.runViewType(),
                SearchLanguage.parseFilter(SearchGrammar.RUNS, request.filter()),
                SearchLanguage.parseOrder(SearchGrammar.RUNS, request.orderBy()),
                Validation.parseMaxResults(request.maxResults(), DEFAULT_PAGE),
                request.pageToken()));
        return new RunApi.SearchRunsResponse(page.items(), page.nextPageToken());
    }

    /** Sets a tag. */
    public Empty setTag(RunApi.SetRunTagRequest request) {
        KeyValue tag = normalizeTag(new KeyValue(request.key(), nullToEmpty(request.value())), JsonPath.ROOT);
        store.logBatch(request.runId(), List.of(), List.of(), List.of(tag));
        return new Empty();
    }

    /** Deletes a tag. */
    public Empty deleteTag(RunApi.DeleteRunTagRequest request) {
        store.deleteTag(request.runId(), request.key());
        return new Empty();
    }

    /** Adds a param. */
    public Empty logParam(RunApi.LogParamRequest request) {
        KeyValue param = normalizeParam(new KeyValue(request.key(), nullToEmpty(request.value())), JsonPath.ROOT);
        store.logBatch(request.runId(), List.of(), List.of(param), List.of());
        return new Empty();
    }

    /** Adds a metric point. */
    public Empty logMetric(RunApi.LogMetricRequest m) {
        Metric point = toMetric(
                new RunApi.MetricInput(
                        m.key(),
                        m.value(),
                        m.timestamp(),
                        m.step(),
                        m.datasetName(),
                        m.datasetDigest(),
                        m.modelId(),
                        null),
                JsonPath.ROOT);
        store.logBatch(m.runId(), List.of(point), List.of(), List.of());
        return new Empty();
    }

    /** Adds metric points, params and tags; all of them or none. */
    public Empty logBatch(RunApi.LogBatchRequest request) {
        Validation.requireRunId(request.runId());
        List<Metric> metrics = new ArrayList<>(request.metrics().size());
        for (int i = 0; i < request.metrics().size(); i++) {
            metrics.add(toMetric(
                    request.metrics().get(i), JsonPath.ROOT.field("metrics").item(i)));
        }
        List<KeyValue> params = new ArrayList<>(request.params().size());
        for (int i = 0; i < request.params().size(); i++) {
            JsonPath path = JsonPath.ROOT.field("params").item(i);
            params.add(normalizeParam(requireKey(request.params().get(i), path), path));
        }
        List<KeyValue> tags = new ArrayList<>(request.tags().size());
        for (int i = 0; i < request.tags().size(); i++) {
            JsonPath path = JsonPath.ROOT.field("tags").item(i);
            tags.add(normalizeTag(requireKey(request.tags().get(i), path), path));
        }
        Validation.requireBatchLimits(metrics, params, tags);
        Validation.requireUniqueKeys(params);
        store.logBatch(request.runId(), metrics, params, KeyValues.lastValuePerKey(tags));
        return new Empty();
    }

    private KeyValue normalizeParam(KeyValue param, JsonPath path) {
        return Validation.normalizeParam(param, path, truncatesValues);
    }

    private KeyValue normalizeTag(KeyValue tag, JsonPath path) {
        return Validation.normalizeTag(tag, path, truncatesValues);
    }

    private static KeyValue requireKey(KeyValue kv, JsonPath path) {
        requireText(kv.key(), path, "key");
        return kv;
    }

    private static Metric toMetric(RunApi.MetricInput m, JsonPath path) {
        String key = requireText(m.key(), path, "key");
        if (m.value() == null) {
            throw Validation.missingParameter(path.field("value"));
        }
        if (m.timestamp() == null) {
            throw Validation.missingParameter(path.field("timestamp"));
        }
        var point = new Metric(
                key,
                m.value(),
                m.timestamp(),
                m.step() == null ? 0 : m.step(),
                emptyToNull(m.datasetName()),
                emptyToNull(m.datasetDigest()),
                emptyToNull(m.modelId()),
                null);
        Validation.requireMetric(point, path);
        return point;
    }

    /** Adds datasets and models that a run used. */
    public Empty logInputs(RunApi.LogInputsRequest request) {
        Validation.requireRunId(request.runId());
        var byIdentity = new LinkedHashMap<List<String>, DatasetInput>();
        for (DatasetInput input : request.datasets()) {
            Validation.requireKeys(input.tags(), "datasets.tags");
            DatasetInput normalized = DatasetInputs.normalize(input);
            Validation.requireDataset(normalized);
            byIdentity.putIfAbsent(
                    List.of(normalized.dataset().name(), normalized.dataset().digest()), normalized);
        }
        requireModelIds(request.models(), ModelInput::modelId);
        store.logInputs(request.runId(), List.copyOf(byIdentity.values()), request.models());
        return new Empty();
    }

    /** Adds models that a run created. */
    public Empty logOutputs(RunApi.LogOutputsRequest request) {
        requireModelIds(request.models(), ModelOutput::modelId);
        store.logOutputs(request.runId(), request.models());
        return new Empty();
    }

    /** Records a model in the tag that clients before MLflow 3 read. */
    public Empty logModel(RunApi.LogModelRequest request) {
        var entry = LogModelHistoryTag.createEntry(request.modelJson());
        store.updateTag(request.runId(), LogModelHistoryTag.TAG, before -> {
            String after = LogModelHistoryTag.append(before, entry);
            return normalizeTag(new KeyValue(LogModelHistoryTag.TAG, after), JsonPath.ROOT)
                    .value();
        });
        return new Empty();
    }

    /** Returns a page of the points of a metric of a run. */
    public RunApi.GetMetricHistoryResponse getMetricHistory(RunApi.GetMetricHistoryRequest request) {
        Integer max = request.maxResults();
        if (max != null && max <= 0) {
            throw invalid("Invalid value %d for parameter 'max_results' supplied. It must be a positive integer.", max);
        }
        var page = store.getMetricHistory(
                request.runId(), request.metricKey(), max == null ? 0 : max, request.pageToken());
        return new RunApi.GetMetricHistoryResponse(page.items(), page.nextPageToken());
    }

    /** Returns the points of a metric of several runs. */
    public RunApi.GetMetricHistoryBulkResponse getMetricHistoryBulk(RunApi.GetMetricHistoryBulkRequest request) {
        if (request.runId().isEmpty()) {
            throw invalid("GetMetricHistoryBulk request must specify at least one run_id.");
        }
        if (request.runId().size() > MAX_RUNS_PER_HISTORY) {
            throw invalid(
                    "GetMetricHistoryBulk request cannot specify more than %d run_ids. Received %d run_ids.",
                    MAX_RUNS_PER_HISTORY, request.runId().size());
        }
        int max = request.maxResults() == null ? MAX_HISTORY : Math.clamp(request.maxResults(), 0, MAX_HISTORY);
        return new RunApi.GetMetricHistoryBulkResponse(
                store.getMetricHistories(request.runId(), request.metricKey(), max));
    }

    /** Returns a sample of the points of a metric of several runs. */
    public RunApi.GetMetricHistoryResponse getMetricHistoryBulkInterval(
            RunApi.GetMetricHistoryBulkIntervalRequest request) {
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
        return new RunApi.GetMetricHistoryResponse(
                store.sampleMetricHistories(request.runIds(), request.metricKey(), fromStep, toStep, perRun), null);
    }

    private static <T> void requireModelIds(List<T> models, Function<T, String> id) {
        for (int i = 0; i < models.size(); i++) {
            requireText(id.apply(models.get(i)), JsonPath.ROOT.field("models").item(i), "model_id");
        }
    }

    private static String requireText(@Nullable String text, JsonPath path, String field) {
        if (text == null || text.isEmpty()) {
            throw Validation.missingParameter(path.field(field));
        }
        return text;
    }
}
