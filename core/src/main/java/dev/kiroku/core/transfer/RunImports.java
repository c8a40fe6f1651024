package dev.kiroku.core.transfer;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.AuditStore;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.tracking.ArtifactLocations;
import dev.kiroku.core.tracking.DatasetInputs;
import dev.kiroku.core.tracking.ExperimentStore;
import dev.kiroku.core.tracking.Validation;
import dev.kiroku.core.transfer.TransferStore.StoredRun;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.JsonPath;
import dev.kiroku.model.tracking.DatasetInput;
import dev.kiroku.model.tracking.Experiment;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.tracking.ModelInput;
import dev.kiroku.model.tracking.ModelOutput;
import dev.kiroku.model.tracking.RunStatus;
import dev.kiroku.model.transfer.PackedPoints;
import dev.kiroku.model.transfer.TransferApi;
import dev.kiroku.model.transfer.TransferApi.ImportedMetrics;
import dev.kiroku.model.transfer.TransferApi.ImportedRun;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The operations of {@link TransferApi}: runs with ids and times of their own, for whoever may edit an experiment. Values are checked as when
 * they are logged. Thread-safe.
 */
public final class RunImports {
    private static final int MAX_RUNS = 500;
    private static final int MAX_POINTS = 200_000;

    private final TransferStore store;
    private final ExperimentStore experiments;
    private final AuditStore audit;
    private final Clock clock;

    /** Creates the operations. */
    public RunImports(TransferStore store, ExperimentStore experiments, AuditStore audit, Clock clock) {
        this.store = store;
        this.experiments = experiments;
        this.audit = audit;
        this.clock = clock;
    }

    /** Returns which runs an experiment has. */
    public TransferApi.FindRunsResponse findRuns(TransferApi.FindRunsRequest request) {
        long experimentId = Validation.parseExperimentId(request.experimentId());
        requireAtMost(MAX_RUNS, request.runIds().size(), "runs");
        Map<String, StoredRun> stored = find(experimentId, request.runIds());
        List<TransferApi.StoredRun> runs = new ArrayList<>();
        stored.forEach((id, run) -> {
            if (run.experimentId() == experimentId) {
                runs.add(new TransferApi.StoredRun(id, run.points(), run.deleted()));
            }
        });
        return new TransferApi.FindRunsResponse(runs);
    }

    private Map<String, StoredRun> find(long experimentId, List<String> runIds) {
        return store.findRuns(runIds.stream()
                .distinct()
                .map(id -> record(
                        new ImportedRun(
                                id, null, null, null, null, null, List.of(), List.of(), List.of(), List.of(),
                                List.of()),
                        experimentId,
                        ""))
                .toList());
    }

    /** Adds runs and points to an experiment. */
    public TransferApi.ImportRunsResponse importRuns(TransferApi.ImportRunsRequest request, Caller caller) {
        Experiment experiment = experiments.get(Validation.parseExperimentId(request.experimentId()));
        if (!experiment.lifecycleStage().equals(LifecycleStage.ACTIVE.wireName())) {
            throw invalid("The experiment %s is deleted. Restore it before runs are added.", experiment.experimentId());
        }
        long id = Long.parseLong(experiment.experimentId());
        requireAtMost(MAX_RUNS, request.runs().size(), "runs");
        requireAtMost(MAX_RUNS, request.metrics().size(), "runs with metrics");
        requireDistinct(request.runs(), ImportedRun::runId, "runs");
        requireDistinct(request.metrics(), ImportedMetrics::runId, "metrics");
        List<String> runIds = Stream.concat(
                        request.runs().stream().map(ImportedRun::runId),
                        request.metrics().stream().map(ImportedMetrics::runId))
                .distinct()
                .toList();
        runIds.forEach(Validation::requireRunId);
        Map<String, StoredRun> stored = find(id, runIds);
        List<TransferApi.Refused> refused = new ArrayList<>();
        for (String runId : runIds) {
            StoredRun run = stored.get(runId);
            if (run != null && run.experimentId() != id) {
                refused.add(new TransferApi.Refused(runId, "A run of another experiment has this ID."));
            } else if (run != null && run.deleted()) {
                refused.add(new TransferApi.Refused(runId, "The run is deleted. Restore it before more is added."));
            }
        }
        List<String> notTaken = refused.stream().map(TransferApi.Refused::runId).toList();
        List<RunRecord> runs = request.runs().stream()
                .filter(run -> !notTaken.contains(run.runId()))
                .map(run -> validated(run, id, experiment.artifactLocation()))
                .toList();
        List<RunMetrics> metrics = validated(request.metrics()).stream()
                .filter(run -> !notTaken.contains(run.runId()))
                .toList();
        TransferResult result = store.apply(TransferBatch.ofRuns(runs, metrics));
        result.conflicts().forEach(c -> refused.add(new TransferApi.Refused(c.id(), c.reason())));
        TransferResult.Count counts = result.count(RecordKind.RUN);
        TransferResult.Count points = result.count(RecordKind.METRIC_POINT);
        var response = new TransferApi.ImportRunsResponse(
                counts.added(), counts.updated(), counts.unchanged(), points.added(), points.unchanged(), refused);
        audit.append(List.of(AuditEvent.of(
                new ChangeContext(caller, clock.millis()),
                "experiment.import",
                "experiment/" + id,
                null,
                null,
                Map.of("runs", counts.added() + counts.updated(), "points", points.added()))));
        return response;
    }

    private static RunRecord validated(ImportedRun run, long experimentId, String location) {
        JsonPath path = JsonPath.ROOT.field("runs");
        Validation.requireKeys(run.params(), "runs.params");
        Validation.requireKeys(run.tags(), "runs.tags");
        List<KeyValue> params = new ArrayList<>();
        run.params().forEach(param -> params.add(Validation.normalizeParam(param, path.field("params"), false)));
        List<KeyValue> tags = new ArrayList<>();
        run.tags().forEach(tag -> tags.add(Validation.normalizeTag(tag, path.field("tags"), false)));
        Validation.requireUniqueKeys(params);
        Validation.requireUniqueKeys(tags);
        List<DatasetInput> datasets = new ArrayList<>();
        for (DatasetInput input : run.datasetInputs()) {
            Validation.requireKeys(input.tags(), "runs.dataset_inputs.tags");
            DatasetInput normalized = DatasetInputs.normalize(input);
            Validation.requireDataset(normalized);
            datasets.add(normalized);
        }
        Validation.requireText(run.modelInputs(), ModelInput::modelId, "runs.model_inputs", "model_id");
        Validation.requireText(run.modelOutputs(), ModelOutput::modelId, "runs.model_outputs", "model_id");
        return record(
                new ImportedRun(
                        run.runId(),
                        run.runName(),
                        run.userId(),
                        run.status(),
                        run.startTime(),
                        run.endTime(),
                        params,
                        tags,
                        datasets,
                        run.modelInputs(),
                        run.modelOutputs()),
                experimentId,
                ArtifactLocations.append(location, run.runId() + "/artifacts"));
    }

    private static RunRecord record(ImportedRun run, long experimentId, String artifactUri) {
        return new RunRecord(
                run.runId(),
                experimentId,
                orEmpty(run.runName()),
                orEmpty(run.userId()),
                run.status() == null ? RunStatus.RUNNING : run.status(),
                run.startTime() == null ? 0 : run.startTime(),
                run.endTime(),
                LifecycleStage.ACTIVE,
                null,
                artifactUri,
                run.params(),
                run.tags(),
                run.datasetInputs(),
                run.modelInputs(),
                run.modelOutputs(),
                RunRecord.UNKNOWN);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static List<RunMetrics> validated(List<ImportedMetrics> all) {
        long points = 0;
        List<RunMetrics> metrics = new ArrayList<>(all.size());
        for (ImportedMetrics run : all) {
            Validation.requireText(run.series(), PackedPoints::key, "metrics.series", "key");
            List<MetricPoints> series =
                    run.series().stream().map(RunImports::unpack).toList();
            Map<String, MetricPoints> byKey = new LinkedHashMap<>();
            for (MetricPoints each : series) {
                points += each.size();
                requireAtMost(MAX_POINTS, points, "metric points");
                byKey.merge(each.key(), each, onlyOnce());
            }
            metrics.add(new RunMetrics(run.runId(), series, Boolean.TRUE.equals(run.compare())));
        }
        return metrics;
    }

    private static BinaryOperator<MetricPoints> onlyOnce() {
        return (first, second) -> {
            throw invalid("The metric '%s' of a run occurs twice. Send its points together.", first.key());
        };
    }

    private static MetricPoints unpack(PackedPoints packed) {
        List<Metric> points = new ArrayList<>();
        packed.forEach((timestamp, step, value) -> points.add(new Metric(packed.key(), value, timestamp, step)));
        JsonPath path = JsonPath.ROOT.field("metrics");
        long[] timestamps = new long[points.size()];
        long[] steps = new long[points.size()];
        double[] values = new double[points.size()];
        Arrays.setAll(values, i -> {
            Metric point = points.get(i);
            Validation.requireMetric(point, path);
            timestamps[i] = point.timestamp();
            steps[i] = point.step();
            return point.value();
        });
        return new MetricPoints(packed.key(), timestamps, steps, values);
    }

    private static <T> void requireDistinct(List<T> items, Function<T, String> id, String list) {
        Set<String> ids = new HashSet<>();
        for (T item : items) {
            if (!ids.add(id.apply(item))) {
                throw invalid("The run '%s' occurs twice in '%s'. Send each run once.", id.apply(item), list);
            }
        }
    }

    private static void requireAtMost(long limit, long size, String what) {
        if (size > limit) {
            throw invalid("A request can contain at most %d %s. Got %d. Send them in parts.", limit, what, size);
        }
    }
}
