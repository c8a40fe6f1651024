package dev.kiroku.transfer.destination;

import dev.kiroku.client.TrackingClient;
import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.core.transfer.TransferBatch;
import dev.kiroku.core.transfer.TransferResult;
import dev.kiroku.core.transfer.TransferStore;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.tracking.Experiment;
import dev.kiroku.model.tracking.ExperimentApi;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.transfer.TransferApi;
import dev.kiroku.model.transfer.TransferApi.ImportRunsRequest;
import dev.kiroku.transfer.destination.BoundedRequests.Form;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A running Kiroku server, to which runs, metrics and logged models are sent by a user who may edit their experiments. Experiments are found by
 * their names, and created if they are missing. Other records are not taken.
 */
public final class ServerTarget implements TransferStore {
    private final TrackingClient server;
    private final ServerRecords records;
    private final BoundedRequests requests;
    /** The runs of the last batch with runs; their metrics follow it. Used by the thread that writes. */
    private final Map<String, RunRecord> lastRuns = new HashMap<>();
    /** Runs that somebody has deleted on the server, which take nothing more. */
    private final Set<String> deletedOnServer = ConcurrentHashMap.newKeySet();

    /** Creates a target; no request is sent. */
    public ServerTarget(TrackingClient server) {
        this.server = server;
        this.records = new ServerRecords(server);
        this.requests = new BoundedRequests(server);
    }

    /**
     * Returns the id of the experiment of a name, which is created if it is missing.
     *
     * @throws KirokuException if the caller may not edit it, or it is deleted
     */
    public long requireExperiment(ExperimentRecord experiment, String name) {
        long id = findExperiment(name);
        if (id < 0) {
            return Long.parseLong(server.call(
                            ExperimentApi.CREATE,
                            new ExperimentApi.CreateExperimentRequest(name, null, experiment.tags()))
                    .experimentId());
        }
        // Changes nothing, and is refused as the requests that follow would be.
        server.call(TransferApi.IMPORT_RUNS, new ImportRunsRequest(Long.toString(id), List.of(), List.of(), List.of()));
        return id;
    }

    private long findExperiment(String name) {
        try {
            Experiment found = server.call(
                            ExperimentApi.GET_BY_NAME, new ExperimentApi.GetExperimentByNameRequest(name))
                    .experiment();
            return Long.parseLong(found.experimentId());
        } catch (KirokuException e) {
            if (e.code() != ErrorCode.RESOURCE_DOES_NOT_EXIST) {
                throw e;
            }
            return -1;
        }
    }

    /** Returns the ids of active runs of the source that are deleted on the server. */
    public Set<String> deletedOnServer() {
        return Set.copyOf(deletedOnServer);
    }

    @Override
    public Map<Long, String> findExperiments() {
        return records.findExperiments();
    }

    @Override
    public Map<String, StoredRun> findRuns(List<RunRecord> runs) {
        Map<String, StoredRun> found = records.findRuns(runs);
        for (RunRecord run : runs) {
            StoredRun stored = found.get(run.id());
            if (stored != null && stored.deleted() && run.stage() == LifecycleStage.ACTIVE) {
                deletedOnServer.add(run.id());
            }
        }
        return found;
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
        List<RunRecord> runs = batch.runs().stream()
                .filter(run -> !deletedOnServer.contains(run.id()))
                .toList();
        if (!batch.runs().isEmpty()) {
            lastRuns.clear();
            runs.forEach(run -> lastRuns.put(run.id(), run));
            TransferResult.Builder left = new TransferResult.Builder();
            left.unchanged(RecordKind.RUN, (long) batch.runs().size() - runs.size());
            total = left.build();
        }
        for (var some : ServerRecords.group(runs, RunRecord::experimentId).entrySet()) {
            total = total.plus(requests.send(
                    some.getValue(),
                    new Form<>(RecordKind.RUN, RunRecord::id, RecordSizes::of, part -> sendRuns(some.getKey(), part))));
        }
        List<RunMetrics> metrics = batch.metrics().stream()
                .filter(each -> lastRuns.containsKey(each.runId()))
                .toList();
        for (var some :
                ServerRecords.group(metrics, each -> run(each).experimentId()).entrySet()) {
            total = total.plus(requests.send(
                    some.getValue(),
                    new Form<>(
                            RecordKind.METRIC_POINT,
                            RunMetrics::runId,
                            RecordSizes::of,
                            part -> sendMetrics(some.getKey(), part))));
        }
        for (var some : ServerRecords.group(batch.loggedModels(), LoggedModelRecord::experimentId)
                .entrySet()) {
            total = total.plus(requests.send(
                    some.getValue().stream()
                            .flatMap(model -> RecordSizes.parts(model).stream())
                            .toList(),
                    new Form<>(
                            RecordKind.LOGGED_MODEL,
                            LoggedModelRecord::id,
                            RecordSizes::of,
                            part -> sendLoggedModels(some.getKey(), part))));
        }
        return total;
    }

    private RunRecord run(RunMetrics metrics) {
        return Objects.requireNonNull(lastRuns.get(metrics.runId()));
    }

    private TransferResult sendRuns(long experimentId, List<RunRecord> runs) {
        return send(new ImportRunsRequest(
                Long.toString(experimentId), runs.stream().map(WireRecords::of).toList(), List.of(), List.of()));
    }

    /** Sends points. The server takes those of deleted runs only if the request says that they are to be deleted. */
    private TransferResult sendMetrics(long experimentId, List<RunMetrics> metrics) {
        List<RunRecord> deleted = metrics.stream()
                .map(this::run)
                .filter(run -> run.stage() == LifecycleStage.DELETED)
                .toList();
        TransferResult sent = send(new ImportRunsRequest(
                Long.toString(experimentId),
                deleted.stream().map(WireRecords::of).toList(),
                metrics.stream().map(WireRecords::of).toList(),
                List.of()));
        return new TransferResult(List.of(sent.count(RecordKind.METRIC_POINT)), sent.conflicts());
    }

    private TransferResult sendLoggedModels(long experimentId, List<LoggedModelRecord> models) {
        return send(new ImportRunsRequest(
                Long.toString(experimentId),
                List.of(),
                List.of(),
                models.stream().map(WireRecords::of).toList()));
    }

    private TransferResult send(ImportRunsRequest request) {
        TransferApi.ImportRunsResponse response = requests.call(TransferApi.IMPORT_RUNS, request);
        TransferResult.Builder result = new TransferResult.Builder();
        result.added(RecordKind.RUN, orZero(response.runsAdded()));
        result.updated(RecordKind.RUN, orZero(response.runsUpdated()));
        result.unchanged(RecordKind.RUN, orZero(response.runsUnchanged()));
        result.added(RecordKind.METRIC_POINT, orZero(response.pointsAdded()));
        result.unchanged(RecordKind.METRIC_POINT, orZero(response.pointsUnchanged()));
        result.added(RecordKind.LOGGED_MODEL, orZero(response.modelsAdded()));
        result.updated(RecordKind.LOGGED_MODEL, orZero(response.modelsUpdated()));
        result.unchanged(RecordKind.LOGGED_MODEL, orZero(response.modelsUnchanged()));
        for (TransferApi.Refused each : response.refused()) {
            RecordKind kind = each.modelId() == null ? RecordKind.RUN : RecordKind.LOGGED_MODEL;
            String id = Objects.requireNonNullElse(each.modelId() == null ? each.runId() : each.modelId(), "");
            result.conflict(kind, id, id + ": " + each.reason());
        }
        return result.build();
    }

    private static long orZero(@Nullable Long number) {
        return number == null ? 0 : number;
    }
}
