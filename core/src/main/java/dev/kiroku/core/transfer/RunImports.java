package dev.kiroku.core.transfer;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.AuditStore;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.tracking.ArtifactLocations;
import dev.kiroku.core.tracking.DatasetInputs;
import dev.kiroku.core.tracking.ExperimentStore;
import dev.kiroku.core.tracking.LoggedModelStore;
import dev.kiroku.core.tracking.Validation;
import dev.kiroku.core.transfer.TransferStore.StoredRun;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.access.Action;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.JsonPath;
import dev.kiroku.model.tracking.DatasetInput;
import dev.kiroku.model.tracking.Experiment;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.transfer.TransferApi;
import dev.kiroku.model.transfer.TransferApi.ImportedMetrics;
import dev.kiroku.model.transfer.TransferApi.ImportedRun;
import dev.kiroku.model.transfer.TransferApi.Refused;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The operations of {@link TransferApi}: runs and logged models with ids and times of their own, for whoever may edit an experiment. Values are
 * checked as when they are logged. Thread-safe.
 */
public final class RunImports {
    private static final int MAX_RUNS = 500;

    private final TransferStore store;
    private final ExperimentStore experiments;
    private final LoggedModelStore loggedModels;
    private final AuditStore audit;
    private final Clock clock;

    /** Creates the operations. */
    public RunImports(
            TransferStore store,
            ExperimentStore experiments,
            LoggedModelStore loggedModels,
            AuditStore audit,
            Clock clock) {
        this.store = store;
        this.experiments = experiments;
        this.loggedModels = loggedModels;
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

    private Map<String, StoredRun> find(long experimentId, Collection<String> runIds) {
        return store.findRuns(runIds.stream()
                .distinct()
                .map(id -> ImportedRecords.record(emptyRun(id), experimentId, "", List.of(), List.of(), List.of()))
                .toList());
    }

    private static ImportedRun emptyRun(String id) {
        return new ImportedRun(
                id, null, null, null, null, null, null, null, null, null, List.of(), List.of(), List.of(), List.of(),
                List.of());
    }

    /** Adds runs, points and logged models to an experiment. */
    public TransferApi.ImportRunsResponse importRuns(TransferApi.ImportRunsRequest request, Caller caller) {
        Experiment experiment = experiments.get(Validation.parseExperimentId(request.experimentId()));
        if (!experiment.lifecycleStage().equals(LifecycleStage.ACTIVE.wireName())) {
            throw invalid("The experiment %s is deleted. Restore it before runs are added.", experiment.experimentId());
        }
        long id = Long.parseLong(experiment.experimentId());
        requireAtMost(MAX_RUNS, request.runs().size(), "runs");
        requireAtMost(MAX_RUNS, request.metrics().size(), "runs with metrics");
        requireAtMost(MAX_RUNS, request.loggedModels().size(), "logged models");
        ImportedRecords.requireDistinct(request.runs(), ImportedRun::runId, "run", "runs");
        ImportedRecords.requireDistinct(request.metrics(), ImportedMetrics::runId, "run", "metrics");
        List<String> runIds = Stream.concat(
                        request.runs().stream().map(ImportedRun::runId),
                        request.metrics().stream().map(ImportedMetrics::runId))
                .distinct()
                .toList();
        runIds.forEach(Validation::requireRunId);
        ExperimentRights rights = new ExperimentRights(experiments, caller);
        Map<String, StoredRun> stored = find(id, runIds);
        List<Refused> refused = new ArrayList<>();
        Map<String, RunRecord> runs = new LinkedHashMap<>();
        for (ImportedRun run : request.runs()) {
            runs.put(run.runId(), validated(run, id, experiment.artifactLocation()));
        }
        for (String runId : runIds) {
            Optional<String> refusal = findRefusal(id, runId, runs.get(runId), stored.get(runId), rights);
            refusal.ifPresent(reason -> refused.add(new Refused(runId, null, reason)));
        }
        Set<String> notTaken = refused.stream().map(Refused::runId).collect(Collectors.toSet());
        runs.keySet().removeAll(notTaken);
        List<RunMetrics> metrics = ImportedPoints.metrics(request.metrics()).stream()
                .filter(run -> !notTaken.contains(run.runId()))
                .toList();
        LoggedModelImports models = new LoggedModelImports(experiment, loggedModels, rights, runs.keySet());
        List<LoggedModelRecord> taken = models.validated(request.loggedModels(), ids -> find(id, ids));
        refused.addAll(models.refused());
        TransferResult result = store.apply(
                new TransferBatch(List.of(), List.copyOf(runs.values()), metrics, taken, List.of(), List.of()));
        result.conflicts()
                .forEach(c -> refused.add(
                        c.kind() == RecordKind.LOGGED_MODEL
                                ? new Refused(null, c.id(), c.reason())
                                : new Refused(c.id(), null, c.reason())));
        return respond(result, refused, id, caller);
    }

    /** Returns why a run, or points of it, are not taken. */
    private static Optional<String> findRefusal(
            long experimentId,
            String runId,
            @Nullable RunRecord run,
            @Nullable StoredRun stored,
            ExperimentRights rights) {
        if (stored == null) {
            return Optional.empty();
        }
        if (stored.experimentId() != experimentId) {
            return Optional.of("A run of another experiment has this ID.");
        }
        boolean deletes = run != null && run.stage() == LifecycleStage.DELETED;
        if (stored.deleted()) {
            return deletes ? Optional.empty() : Optional.of("The run is deleted. Restore it before more is added.");
        }
        return deletes && !rights.allow(Action.DELETE, ResourceType.RUN, experimentId, runId)
                ? Optional.of("The run is deleted in the source. You may not delete it here.")
                : Optional.empty();
    }

    private TransferApi.ImportRunsResponse respond(
            TransferResult result, List<Refused> refused, long experimentId, Caller caller) {
        TransferResult.Count runs = result.count(RecordKind.RUN);
        TransferResult.Count points = result.count(RecordKind.METRIC_POINT);
        TransferResult.Count models = result.count(RecordKind.LOGGED_MODEL);
        long changedRuns = runs.added() + runs.updated();
        long changedModels = models.added() + models.updated();
        if (changedRuns + changedModels + points.added() > 0) {
            audit.append(List.of(AuditEvent.of(
                    new ChangeContext(caller, clock.millis()),
                    "experiment.import",
                    "experiment/" + experimentId,
                    null,
                    null,
                    Map.of("runs", changedRuns, "points", points.added(), "logged_models", changedModels))));
        }
        return new TransferApi.ImportRunsResponse(
                runs.added(),
                runs.updated(),
                runs.unchanged(),
                points.added(),
                points.unchanged(),
                models.added(),
                models.updated(),
                models.unchanged(),
                refused);
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
        ImportedRecords.requireModelReferences(run.modelInputs(), run.modelOutputs());
        return ImportedRecords.record(
                run,
                experimentId,
                ArtifactLocations.append(location, run.runId() + "/artifacts"),
                params,
                tags,
                datasets);
    }

    private static void requireAtMost(long limit, long size, String what) {
        if (size > limit) {
            throw invalid("A request can contain at most %d %s. Got %d. Send them in parts.", limit, what, size);
        }
    }
}
