package dev.kiroku.core.transfer;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.AuditStore;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.tracking.Validation;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.transfer.ImportApi;
import dev.kiroku.model.transfer.ImportApi.ImportCount;
import dev.kiroku.model.transfer.ImportApi.ImportedExperiment;
import dev.kiroku.model.transfer.ImportApi.ImportedModel;
import dev.kiroku.model.transfer.ImportApi.ImportedWebhook;
import dev.kiroku.model.transfer.TransferApi.ImportedLoggedModel;
import dev.kiroku.model.transfer.TransferApi.ImportedMetrics;
import dev.kiroku.model.transfer.TransferApi.ImportedRun;
import java.time.Clock;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;

/** The operation of {@link ImportApi}: takes all records of another server as they are. Thread-safe. */
public final class RecordImports {
    private static final int MAX_RECORDS = 1000;

    private final TransferStore store;
    private final AuditStore audit;
    private final Clock clock;

    /** Creates the operation. */
    public RecordImports(TransferStore store, AuditStore audit, Clock clock) {
        this.store = store;
        this.audit = audit;
        this.clock = clock;
    }

    /** Takes the records of a request that fit, or says what would become of them. */
    public ImportApi.ImportRecordsResponse importRecords(ImportApi.ImportRecordsRequest request, Caller caller) {
        TransferBatch batch = toBatch(request);
        if (Boolean.TRUE.equals(request.dryRun())) {
            return toResponse(store.check(batch));
        }
        TransferResult result = store.apply(batch);
        TreeMap<String, Long> written = new TreeMap<>();
        for (TransferResult.Count count : result.counts()) {
            if (count.added() + count.updated() > 0) {
                written.put(count.kind().plural(), count.added() + count.updated());
            }
        }
        audit.append(List.of(AuditEvent.of(
                new ChangeContext(caller, clock.millis()), "server.import", "server", null, null, written)));
        return toResponse(result);
    }

    private static TransferBatch toBatch(ImportApi.ImportRecordsRequest request) {
        requireList(request.experiments(), ImportedExperiment::experimentId, "experiment", "experiments");
        requireList(request.experiments(), ImportedExperiment::name, "experiment", "experiments");
        requireList(request.runs(), ImportedRun::runId, "run", "runs");
        requireList(request.metrics(), ImportedMetrics::runId, "run", "metrics");
        requireList(request.loggedModels(), ImportedLoggedModel::modelId, "logged model", "logged_models");
        requireList(request.registeredModels(), ImportedModel::name, "model", "registered_models");
        requireList(request.webhooks(), ImportedWebhook::webhookId, "webhook", "webhooks");
        request.metrics().forEach(run -> Validation.requireRunId(run.runId()));
        return new TransferBatch(
                request.experiments().stream().map(ImportedRecords::experiment).toList(),
                request.runs().stream().map(ImportedRecords::run).toList(),
                ImportedPoints.metrics(request.metrics()),
                request.loggedModels().stream()
                        .map(ImportedRecords::loggedModel)
                        .toList(),
                request.registeredModels().stream()
                        .map(ImportedRecords::registeredModel)
                        .toList(),
                request.webhooks().stream().map(ImportedRecords::webhook).toList());
    }

    private static <T> void requireList(List<T> items, Function<T, String> id, String what, String list) {
        if (items.size() > MAX_RECORDS) {
            throw invalid(
                    "A request can contain at most %d %s. Got %d. Send them in parts.",
                    MAX_RECORDS, list, items.size());
        }
        ImportedRecords.requireDistinct(items, id, what, list);
    }

    private static ImportApi.ImportRecordsResponse toResponse(TransferResult result) {
        return new ImportApi.ImportRecordsResponse(
                result.counts().stream()
                        .map(count ->
                                new ImportCount(count.kind().name(), count.added(), count.updated(), count.unchanged()))
                        .toList(),
                result.conflicts().stream()
                        .map(conflict ->
                                new ImportApi.ImportConflict(conflict.kind().name(), conflict.id(), conflict.reason()))
                        .toList());
    }
}
