package dev.kiroku.core.transfer;

import java.util.List;

/**
 * Records that a store takes in one transaction, in the order of the components: a run may belong to an experiment of the same batch.
 * Metric points of a run may be spread over several batches.
 */
public record TransferBatch(
        List<ExperimentRecord> experiments,
        List<RunRecord> runs,
        List<RunMetrics> metrics,
        List<LoggedModelRecord> loggedModels,
        List<RegisteredModelRecord> registeredModels,
        List<WebhookRecord> webhooks) {
    /** A batch without records, to make others from. */
    public static final TransferBatch EMPTY =
            new TransferBatch(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

    /** Returns a batch of experiments. */
    public static TransferBatch ofExperiments(List<ExperimentRecord> experiments) {
        return new TransferBatch(experiments, List.of(), List.of(), List.of(), List.of(), List.of());
    }

    /** Returns a batch of runs and of metric points, which may be of other runs. */
    public static TransferBatch ofRuns(List<RunRecord> runs, List<RunMetrics> metrics) {
        return new TransferBatch(List.of(), runs, metrics, List.of(), List.of(), List.of());
    }

    /** Returns a batch of logged models. */
    public static TransferBatch ofLoggedModels(List<LoggedModelRecord> models) {
        return new TransferBatch(List.of(), List.of(), List.of(), models, List.of(), List.of());
    }

    /** Returns a batch of registered models. */
    public static TransferBatch ofRegisteredModels(List<RegisteredModelRecord> models) {
        return new TransferBatch(List.of(), List.of(), List.of(), List.of(), models, List.of());
    }

    /** Returns a batch of webhooks. */
    public static TransferBatch ofWebhooks(List<WebhookRecord> webhooks) {
        return new TransferBatch(List.of(), List.of(), List.of(), List.of(), List.of(), webhooks);
    }
}
