package dev.kiroku.transfer.destination;

import dev.kiroku.client.TrackingClient;
import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.core.transfer.TransferBatch;
import dev.kiroku.core.transfer.TransferResult;
import dev.kiroku.core.transfer.TransferStore;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.tracking.ExperimentApi;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.ViewType;
import dev.kiroku.model.transfer.PackedPoints;
import dev.kiroku.model.transfer.TransferApi;
import dev.kiroku.model.transfer.TransferApi.ImportedMetrics;
import dev.kiroku.model.transfer.TransferApi.ImportedRun;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A running Kiroku server, to which runs and metrics are sent by a user who may edit their experiments. Experiments are found by their names, and
 * created if they are missing. Deleted runs, and everything but runs and metrics, are not taken.
 */
public final class ServerTarget implements TransferStore {
    private static final long PAGE_SIZE = 1000;

    private final TrackingClient server;
    /** Of the runs of the last batch with runs; their metrics follow it. Used by the thread that writes. */
    private final Map<String, Long> experimentIds = new HashMap<>();

    /** Creates a target; no request is sent. */
    public ServerTarget(TrackingClient server) {
        this.server = server;
    }

    /** Returns the id of the experiment of a name, which is created if it is missing. */
    public long requireExperiment(ExperimentRecord experiment, String name) {
        try {
            return id(server.call(ExperimentApi.GET_BY_NAME, new ExperimentApi.GetExperimentByNameRequest(name))
                    .experiment()
                    .experimentId());
        } catch (KirokuException e) {
            if (e.code() != ErrorCode.RESOURCE_DOES_NOT_EXIST) {
                throw e;
            }
            return id(server.call(
                            ExperimentApi.CREATE,
                            new ExperimentApi.CreateExperimentRequest(name, null, experiment.tags()))
                    .experimentId());
        }
    }

    private static long id(String text) {
        return Long.parseLong(text);
    }

    @Override
    public Map<Long, String> findExperiments() {
        Map<Long, String> names = new HashMap<>();
        String token = null;
        do {
            var page = server.call(
                    ExperimentApi.SEARCH,
                    new ExperimentApi.SearchExperimentsRequest(PAGE_SIZE, token, null, List.of(), ViewType.ALL));
            page.experiments().forEach(e -> names.put(id(e.experimentId()), e.name()));
            token = page.nextPageToken();
        } while (token != null);
        return names;
    }

    @Override
    public Map<String, StoredRun> findRuns(List<RunRecord> runs) {
        Map<String, StoredRun> found = new HashMap<>();
        byExperiment(runs)
                .forEach((experimentId, some) -> server.call(
                                TransferApi.FIND_RUNS,
                                new TransferApi.FindRunsRequest(
                                        Long.toString(experimentId),
                                        some.stream().map(RunRecord::id).toList()))
                        .runs()
                        .forEach(run ->
                                found.put(run.runId(), new StoredRun(experimentId, run.points(), run.deleted()))));
        return found;
    }

    private static Map<Long, List<RunRecord>> byExperiment(List<RunRecord> runs) {
        Map<Long, List<RunRecord>> byExperiment = new TreeMap<>();
        runs.forEach(run -> byExperiment
                .computeIfAbsent(run.experimentId(), _ -> new ArrayList<>())
                .add(run));
        return byExperiment;
    }

    @Override
    public TransferResult check(TransferBatch batch) {
        TransferResult.Builder result = new TransferResult.Builder();
        Map<String, StoredRun> stored = findRuns(batch.runs());
        result.added(RecordKind.RUN, (long) batch.runs().size() - stored.size());
        result.unchanged(RecordKind.RUN, stored.size());
        return result.build();
    }

    @Override
    public TransferResult apply(TransferBatch batch) {
        TransferResult total = TransferResult.NONE;
        List<RunRecord> active = batch.runs().stream()
                .filter(run -> run.stage() == LifecycleStage.ACTIVE)
                .toList();
        if (!batch.runs().isEmpty()) {
            experimentIds.clear();
            active.forEach(run -> experimentIds.put(run.id(), run.experimentId()));
        }
        Map<Long, List<RunRecord>> runs = byExperiment(active);
        Map<Long, List<RunMetrics>> metrics = new TreeMap<>();
        for (RunMetrics each : batch.metrics()) {
            Long experimentId = experimentIds.get(each.runId());
            if (experimentId != null) {
                metrics.computeIfAbsent(experimentId, _ -> new ArrayList<>()).add(each);
            }
        }
        for (Map.Entry<Long, List<RunRecord>> some : runs.entrySet()) {
            total = total.plus(send(some.getKey(), some.getValue(), List.of()));
        }
        for (Map.Entry<Long, List<RunMetrics>> some : metrics.entrySet()) {
            total = total.plus(send(some.getKey(), List.of(), some.getValue()));
        }
        return total;
    }

    private TransferResult send(long experimentId, List<RunRecord> runs, List<RunMetrics> metrics) {
        TransferApi.ImportRunsResponse response = server.call(
                TransferApi.IMPORT_RUNS,
                new TransferApi.ImportRunsRequest(
                        Long.toString(experimentId),
                        runs.stream().map(ServerTarget::toRequest).toList(),
                        metrics.stream().map(ServerTarget::toRequest).toList()));
        TransferResult.Builder result = new TransferResult.Builder();
        result.added(RecordKind.RUN, orZero(response.runsAdded()));
        result.updated(RecordKind.RUN, orZero(response.runsUpdated()));
        result.unchanged(RecordKind.RUN, orZero(response.runsUnchanged()));
        result.added(RecordKind.METRIC_POINT, orZero(response.pointsAdded()));
        result.unchanged(RecordKind.METRIC_POINT, orZero(response.pointsUnchanged()));
        response.refused()
                .forEach(run -> result.conflict(RecordKind.RUN, run.runId(), run.runId() + ": " + run.reason()));
        return result.build();
    }

    private static long orZero(@Nullable Long number) {
        return number == null ? 0 : number;
    }

    private static ImportedRun toRequest(RunRecord run) {
        return new ImportedRun(
                run.id(),
                run.name(),
                run.userId(),
                run.status(),
                run.startTime(),
                run.endTime(),
                run.params(),
                run.tags(),
                run.datasets(),
                run.modelInputs(),
                run.modelOutputs());
    }

    private static ImportedMetrics toRequest(RunMetrics metrics) {
        return new ImportedMetrics(
                metrics.runId(),
                metrics.series().stream()
                        .map(s -> PackedPoints.of(s.key(), s.timestamps(), s.steps(), s.values()))
                        .toList(),
                metrics.compare());
    }
}
