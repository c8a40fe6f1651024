package dev.kiroku.transfer.destination;

import dev.kiroku.client.TrackingClient;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.core.transfer.TransferBatch;
import dev.kiroku.core.transfer.TransferResult;
import dev.kiroku.core.transfer.TransferStore;
import dev.kiroku.core.transfer.WebhookRecord;
import dev.kiroku.model.transfer.ImportApi;
import dev.kiroku.model.transfer.ImportApi.ImportRecordsRequest;
import dev.kiroku.transfer.destination.BoundedRequests.Form;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The store of a running Kiroku server, to which an administrator sends records of all kinds as they are. A batch becomes several requests, each of
 * which is one transaction.
 */
public final class ServerStore implements TransferStore {
    private final ServerRecords records;
    private final BoundedRequests requests;

    /** Creates a store; no request is sent. */
    public ServerStore(TrackingClient server) {
        this.records = new ServerRecords(server);
        this.requests = new BoundedRequests(server);
    }

    @Override
    public Map<Long, String> findExperiments() {
        return records.findExperiments();
    }

    @Override
    public Map<String, StoredRun> findRuns(List<RunRecord> runs) {
        return records.findRuns(runs);
    }

    @Override
    public TransferResult apply(TransferBatch batch) {
        return send(batch, false);
    }

    @Override
    public TransferResult check(TransferBatch batch) {
        return send(batch, true);
    }

    private TransferResult send(TransferBatch batch, boolean dryRun) {
        List<TransferResult> results = List.of(
                requests.send(
                        batch.experiments(),
                        new Form<>(
                                RecordKind.EXPERIMENT,
                                experiment -> Long.toString(experiment.id()),
                                RecordSizes::of,
                                sender(TransferBatch::ofExperiments, dryRun))),
                requests.send(
                        batch.runs(),
                        new Form<RunRecord>(
                                RecordKind.RUN,
                                RunRecord::id,
                                RecordSizes::of,
                                sender(runs -> TransferBatch.ofRuns(runs, List.of()), dryRun))),
                requests.send(
                        batch.metrics(),
                        new Form<RunMetrics>(
                                RecordKind.METRIC_POINT,
                                RunMetrics::runId,
                                RecordSizes::of,
                                sender(metrics -> TransferBatch.ofRuns(List.of(), metrics), dryRun))),
                requests.send(
                        batch.loggedModels().stream()
                                .flatMap(model -> RecordSizes.parts(model).stream())
                                .toList(),
                        new Form<LoggedModelRecord>(
                                RecordKind.LOGGED_MODEL,
                                LoggedModelRecord::id,
                                RecordSizes::of,
                                sender(TransferBatch::ofLoggedModels, dryRun))),
                requests.send(
                        batch.registeredModels().stream()
                                .flatMap(model -> RecordSizes.parts(model).stream())
                                .toList(),
                        new Form<RegisteredModelRecord>(
                                RecordKind.REGISTERED_MODEL,
                                RegisteredModelRecord::name,
                                RecordSizes::of,
                                sender(TransferBatch::ofRegisteredModels, dryRun))),
                requests.send(
                        batch.webhooks(),
                        new Form<WebhookRecord>(
                                RecordKind.WEBHOOK,
                                WebhookRecord::id,
                                RecordSizes::of,
                                sender(TransferBatch::ofWebhooks, dryRun))));
        return results.stream().reduce(TransferResult.NONE, TransferResult::plus);
    }

    private <T> Function<List<T>, TransferResult> sender(Function<List<T>, TransferBatch> batch, boolean dryRun) {
        return part -> send(toRequest(batch.apply(part), dryRun));
    }

    private static ImportRecordsRequest toRequest(TransferBatch batch, boolean dryRun) {
        return new ImportRecordsRequest(
                dryRun,
                batch.experiments().stream().map(WireRecords::of).toList(),
                batch.runs().stream().map(WireRecords::of).toList(),
                batch.metrics().stream().map(WireRecords::of).toList(),
                batch.loggedModels().stream().map(WireRecords::of).toList(),
                batch.registeredModels().stream().map(WireRecords::of).toList(),
                batch.webhooks().stream().map(WireRecords::of).toList());
    }

    private TransferResult send(ImportRecordsRequest request) {
        ImportApi.ImportRecordsResponse response = requests.call(ImportApi.IMPORT_RECORDS, request);
        return new TransferResult(
                response.counts().stream()
                        .map(count -> new TransferResult.Count(
                                kind(count.kind()), count.added(), count.updated(), count.unchanged()))
                        .toList(),
                response.conflicts().stream()
                        .map(conflict ->
                                new TransferResult.Conflict(kind(conflict.kind()), conflict.id(), conflict.reason()))
                        .toList());
    }

    /** A newer server may count kinds that this program does not know; it was sent none of them. */
    private static RecordKind kind(String name) {
        return Arrays.stream(RecordKind.values())
                .filter(kind -> kind.name().equals(name))
                .findFirst()
                .orElse(RecordKind.RUN);
    }
}
