package dev.kiroku.transfer;

import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.TransferResult;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.transfer.destination.ServerTarget;
import dev.kiroku.transfer.source.Inventory;
import dev.kiroku.transfer.source.TransferSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Sends active runs with their metrics to a running server, into experiments of the same names. For training without a network: whoever may edit the
 * experiments can do it, and repeat it while the source grows.
 */
public final class Synchronizer {
    private final TransferSource source;
    private final ServerTarget server;
    private final Set<String> names;
    private final ImportProgress progress;

    /** @param names of the experiments to send; empty for all that are active */
    public Synchronizer(TransferSource source, ServerTarget server, Set<String> names, ImportProgress progress) {
        this.source = source;
        this.server = server;
        this.names = Set.copyOf(names);
        this.progress = progress;
    }

    /** Sends what the server does not have yet. */
    public ImportSummary run() {
        long start = System.nanoTime();
        Inventory inventory = source.inventory();
        progress.onStart(source.description(), inventory);
        Map<Long, Long> ids = new TreeMap<>();
        for (ExperimentRecord experiment : source.experiments()) {
            if (experiment.stage() == LifecycleStage.ACTIVE && (names.isEmpty() || names.contains(experiment.name()))) {
                ids.put(experiment.id(), server.requireExperiment(experiment, experiment.name()));
            }
        }
        TransferResult result = new RunTransfer(source, server, ids, progress).run();
        return new ImportSummary(
                source.description(),
                result,
                left(inventory),
                source.problems(),
                Duration.ofNanos(System.nanoTime() - start),
                !progress.isCancelled());
    }

    private static List<String> left(Inventory inventory) {
        List<String> left = new ArrayList<>();
        for (RecordKind kind : List.of(RecordKind.LOGGED_MODEL, RecordKind.REGISTERED_MODEL)) {
            if (inventory.count(kind) > 0) {
                left.add(
                        inventory.count(kind) + " " + kind.plural() + ", which 'kiroku import' brings into a database");
            }
        }
        left.addAll(inventory.left());
        return left;
    }
}
