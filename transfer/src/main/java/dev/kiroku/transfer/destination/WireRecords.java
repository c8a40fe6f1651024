package dev.kiroku.transfer.destination;

import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.core.transfer.WebhookRecord;
import dev.kiroku.model.registry.RegisteredModel;
import dev.kiroku.model.transfer.ImportApi.ImportedExperiment;
import dev.kiroku.model.transfer.ImportApi.ImportedModel;
import dev.kiroku.model.transfer.ImportApi.ImportedVersion;
import dev.kiroku.model.transfer.ImportApi.ImportedWebhook;
import dev.kiroku.model.transfer.PackedPoints;
import dev.kiroku.model.transfer.TransferApi.ImportedLoggedModel;
import dev.kiroku.model.transfer.TransferApi.ImportedMetrics;
import dev.kiroku.model.transfer.TransferApi.ImportedRun;

/** Converts records to the form in which a server takes them. */
final class WireRecords {
    private WireRecords() {}

    static ImportedExperiment of(ExperimentRecord e) {
        return new ImportedExperiment(
                Long.toString(e.id()),
                e.name(),
                e.artifactLocation(),
                e.stage().wireName(),
                e.creationTime(),
                e.lastUpdateTime(),
                e.tags());
    }

    static ImportedRun of(RunRecord run) {
        return new ImportedRun(
                run.id(),
                Long.toString(run.experimentId()),
                run.artifactUri(),
                run.stage().wireName(),
                run.deletedTime(),
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

    static ImportedMetrics of(RunMetrics metrics) {
        return new ImportedMetrics(
                metrics.runId(),
                metrics.series().stream()
                        .map(s -> PackedPoints.of(s.key(), s.timestamps(), s.steps(), s.values()))
                        .toList(),
                metrics.compare());
    }

    static ImportedLoggedModel of(LoggedModelRecord m) {
        return new ImportedLoggedModel(
                m.id(),
                Long.toString(m.experimentId()),
                m.name(),
                m.artifactLocation(),
                m.creationTime(),
                m.lastUpdateTime(),
                m.status(),
                m.stage().wireName(),
                m.modelType(),
                m.sourceRunId(),
                m.statusMessage(),
                m.params(),
                m.tags(),
                m.metrics());
    }

    static ImportedModel of(RegisteredModelRecord m) {
        return new ImportedModel(
                m.name(),
                m.description(),
                m.creationTime(),
                m.lastUpdateTime(),
                m.lastVersion(),
                m.tags(),
                m.versions().stream().map(WireRecords::of).toList(),
                m.aliases().stream()
                        .map(alias -> new RegisteredModel.Alias(alias.alias(), Long.toString(alias.version())))
                        .toList());
    }

    private static ImportedVersion of(RegisteredModelRecord.Version v) {
        return new ImportedVersion(
                Long.toString(v.version()),
                v.creationTime(),
                v.lastUpdateTime(),
                v.description(),
                v.stage().wireName(),
                v.source(),
                v.storageLocation(),
                v.runId(),
                v.runLink(),
                v.tags());
    }

    static ImportedWebhook of(WebhookRecord w) {
        return new ImportedWebhook(
                w.id(),
                w.name(),
                w.description(),
                w.url(),
                w.events(),
                w.active(),
                w.creationTime(),
                w.lastUpdateTime());
    }
}
