package dev.kiroku.transfer;

import dev.kiroku.client.TrackingClient;
import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.core.transfer.TransferBatch;
import dev.kiroku.core.transfer.TransferResult;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.transfer.destination.ServerTarget;
import dev.kiroku.transfer.source.ArtifactSource;
import dev.kiroku.transfer.source.Inventory;
import dev.kiroku.transfer.source.TransferSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sends runs with their metrics, logged models, artifacts and registered models to a running server, into experiments of the same names. For training
 * without a network: whoever may edit the experiments can do it, and repeat it while the source grows. What the user may not change is named, and
 * everything else is sent.
 */
public final class Synchronizer {
    private final TrackingClient client;
    private final SyncOptions options;
    private final ImportProgress progress;
    private final Map<String, Integer> completeArtifacts = new HashMap<>();

    /** Creates a synchronizer; no request is sent. */
    public Synchronizer(TrackingClient client, SyncOptions options, ImportProgress progress) {
        this.client = client;
        this.options = options;
        this.progress = progress;
    }

    /** Returns the tag of records that says where they come from. */
    public static KeyValue originTag(String origin) {
        return new KeyValue(VersionSender.SOURCE_TAG, origin);
    }

    /**
     * Sends what the server does not have yet. May be called again: the server is not asked about artifacts that were complete after an earlier call, unless
     * the source has others now.
     *
     * @param artifacts the artifacts of the source; null to send none
     */
    public SyncSummary run(TransferSource source, @Nullable ArtifactSource artifacts) {
        long start = System.nanoTime();
        Inventory inventory = source.inventory();
        progress.onStart(source.description(), inventory);
        ServerTarget server = new ServerTarget(client);
        TransferResult.Builder refused = new TransferResult.Builder();
        Map<Long, Long> ids = requireExperiments(source, server, refused);
        TransferResult result = refused.build().plus(new RunTransfer(source, server, ids, progress).run());
        result = result.plus(sendLoggedModels(source, server, ids));
        try (ArtifactSender sender =
                artifacts == null ? null : new ArtifactSender(artifacts, client, progress, completeArtifacts)) {
            if (sender != null) {
                sendArtifacts(source, sender, ids);
            }
            // After the artifacts: the server reads the description of a model when a version of it is registered.
            boolean complete = result.conflicts().isEmpty()
                    && (sender == null || sender.summary().isClean());
            result = result.plus(sendRegisteredModels(source, complete));
            ImportSummary records = new ImportSummary(
                    source.description(),
                    result,
                    left(inventory, server),
                    source.problems(),
                    Duration.ofNanos(System.nanoTime() - start),
                    !progress.isCancelled());
            return new SyncSummary(records, sender == null ? null : sender.summary());
        }
    }

    /** Returns the ids on the server by those in the source, without experiments that the user may not edit. */
    private Map<Long, Long> requireExperiments(
            TransferSource source, ServerTarget server, TransferResult.Builder refused) {
        Map<Long, Long> ids = new TreeMap<>();
        for (ExperimentRecord experiment : source.experiments()) {
            if (experiment.stage() == LifecycleStage.ACTIVE
                    && options.includes(experiment.name())
                    && hasRecords(source, experiment.id())) {
                String name = options.toExperiment() == null ? experiment.name() : options.toExperiment();
                try {
                    ids.put(experiment.id(), server.requireExperiment(experiment, name));
                } catch (KirokuException e) {
                    if (e.code() == ErrorCode.TEMPORARILY_UNAVAILABLE || e.code() == ErrorCode.UNAUTHENTICATED) {
                        throw e;
                    }
                    refused.conflict(
                            RecordKind.EXPERIMENT, name, "Experiment '" + name + "' and its runs: " + e.getMessage());
                }
            }
        }
        return ids;
    }

    private static boolean hasRecords(TransferSource source, long experimentId) {
        List<Long> id = List.of(experimentId);
        return hasItems(source.runs(id)) || hasItems(source.loggedModels(id));
    }

    private static <T> boolean hasItems(Iterator<List<T>> pages) {
        while (pages.hasNext()) {
            if (!pages.next().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private TransferResult sendLoggedModels(TransferSource source, ServerTarget server, Map<Long, Long> ids) {
        TransferResult result = TransferResult.NONE;
        Iterator<List<LoggedModelRecord>> pages = source.loggedModels(ids.keySet());
        while (!ids.isEmpty() && pages.hasNext() && !progress.isCancelled()) {
            result = result.plus(server.apply(TransferBatch.ofLoggedModels(pages.next().stream()
                    .map(model -> model.in(ids.getOrDefault(model.experimentId(), model.experimentId())))
                    .toList())));
        }
        return result;
    }

    private void sendArtifacts(TransferSource source, ArtifactSender sender, Map<Long, Long> ids) {
        if (ids.isEmpty()) {
            return;
        }
        Iterator<List<RunRecord>> runs = source.runs(ids.keySet());
        while (runs.hasNext() && !progress.isCancelled()) {
            sender.sendRuns(runs.next());
        }
        Iterator<List<LoggedModelRecord>> models = source.loggedModels(ids.keySet());
        while (models.hasNext() && !progress.isCancelled()) {
            sender.sendLoggedModels(models.next());
        }
    }

    /** @param complete whether everything before was sent */
    private TransferResult sendRegisteredModels(TransferSource source, boolean complete) {
        VersionSender sender = new VersionSender(client, options.origin());
        if (options.registry()) {
            Iterator<List<RegisteredModelRecord>> pages = source.registeredModels();
            while (pages.hasNext() && !progress.isCancelled()) {
                for (RegisteredModelRecord model : pages.next()) {
                    String name = options.modelNames().getOrDefault(model.name(), model.name());
                    if (options.promotion() && !complete) {
                        sender.refuse(
                                name,
                                "Model '%s' is unchanged, because something that its versions were made of was not copied."
                                        .formatted(name));
                    } else {
                        sender.send(model, name, options.promotion());
                    }
                }
            }
        }
        return sender.result();
    }

    private List<String> left(Inventory inventory, ServerTarget server) {
        List<String> left = new ArrayList<>();
        if (!options.registry() && inventory.count(RecordKind.REGISTERED_MODEL) > 0) {
            left.add(inventory.count(RecordKind.REGISTERED_MODEL) + " registered models");
        }
        int deleted = server.deletedOnServer().size();
        if (deleted > 0) {
            left.add(deleted + " runs that are deleted on the server; restore them there to send more of them");
        }
        left.addAll(inventory.left());
        return left;
    }
}
