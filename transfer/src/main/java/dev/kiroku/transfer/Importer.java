package dev.kiroku.transfer;

import dev.kiroku.core.tracking.ExperimentStore;
import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.TransferBatch;
import dev.kiroku.core.transfer.TransferResult;
import dev.kiroku.core.transfer.TransferResult.Conflict;
import dev.kiroku.core.transfer.TransferStore;
import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.transfer.source.Inventory;
import dev.kiroku.transfer.source.TransferSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Brings everything from a source into a store: experiments, runs with their metrics, logged models, registered models, webhooks. May stop
 * at any moment: what is written is whole, and the next import goes on with the rest.
 */
public final class Importer {
    private static final int EXPERIMENTS_PER_BATCH = 200;

    private final TransferSource source;
    private final TransferStore store;
    private final ImportOptions options;
    private final ImportProgress progress;
    private final Map<Long, Long> experiments = new TreeMap<>();
    private final Map<String, ImportedResources.Model> models = new HashMap<>();
    private TransferResult result = TransferResult.NONE;

    /** Creates an import, to be run once. */
    public Importer(TransferSource source, TransferStore store, ImportOptions options, ImportProgress progress) {
        this.source = source;
        this.store = store;
        this.options = options;
        this.progress = progress;
    }

    /** Imports, or counts what an import would do. */
    public ImportSummary run() {
        long start = System.nanoTime();
        Inventory inventory = source.inventory();
        progress.onStart(source.description(), inventory);
        ExperimentMapping mapping = ExperimentMapping.of(source, store.findExperiments(), options);
        Map<Long, Long> ids = importExperiments(mapping);
        experiments.putAll(ids);
        if (!options.dryRun()) {
            // Every source has the experiment Default, most of them without runs; those are noted with their
            // experiments.
            progress.onExperiments(ids.values().stream()
                    .filter(id -> id != ExperimentStore.DEFAULT_ID)
                    .toList());
        }
        RunTransfer runs = new RunTransfer(source, store, ids, progress, options::located);
        result = result.plus(options.dryRun() ? runs.count() : runs.run());
        if (!progress.isCancelled()) {
            importLoggedModels(ids);
            importRegistry();
        }
        return new ImportSummary(
                source.description(),
                result,
                Stream.concat(inventory.left().stream(), source.left().stream()).toList(),
                source.problems(),
                Duration.ofNanos(System.nanoTime() - start),
                !progress.isCancelled());
    }

    /** Returns what the store has of the source after {@link #run}; in a dry run, what it would have. */
    public ImportedResources resources() {
        return new ImportedResources(experiments, models);
    }

    private TransferResult write(TransferBatch batch) {
        TransferResult written = options.dryRun() ? store.check(batch) : store.apply(batch);
        result = result.plus(written);
        return written;
    }

    /** Returns the ids in the store of the experiments that are there now, by their ids in the source. */
    private Map<Long, Long> importExperiments(ExperimentMapping mapping) {
        Set<String> refused = new HashSet<>();
        List<ExperimentRecord> all = mapping.records();
        for (int from = 0; from < all.size(); from += EXPERIMENTS_PER_BATCH) {
            List<ExperimentRecord> part = all.subList(from, Math.min(all.size(), from + EXPERIMENTS_PER_BATCH)).stream()
                    .map(experiment -> experiment.withArtifactLocation(options.locationOf(experiment)))
                    .toList();
            for (Conflict conflict : write(TransferBatch.ofExperiments(part)).conflicts()) {
                refused.add(conflict.id());
            }
        }
        Map<Long, Long> ids = new TreeMap<>(mapping.ids());
        ids.values().removeIf(id -> refused.contains(id.toString()));
        return ids;
    }

    private void importLoggedModels(Map<Long, Long> experimentIds) {
        var pages = source.loggedModels(experimentIds.keySet());
        while (pages.hasNext() && !progress.isCancelled()) {
            write(TransferBatch.ofLoggedModels(pages.next().stream()
                    .map(model -> options.located(
                            model.in(experimentIds.getOrDefault(model.experimentId(), model.experimentId()))))
                    .toList()));
        }
    }

    private void importRegistry() {
        Iterator<List<RegisteredModelRecord>> pages = source.registeredModels();
        while (pages.hasNext() && !progress.isCancelled()) {
            List<RegisteredModelRecord> page = new ArrayList<>();
            for (RegisteredModelRecord model : pages.next()) {
                String name = options.nameOf(model.name());
                page.add(model.named(name));
                models.put(model.name(), new ImportedResources.Model(name, WebhookMessage.isPrompt(model.tags())));
            }
            for (Conflict conflict :
                    write(TransferBatch.ofRegisteredModels(page)).conflicts()) {
                models.values().removeIf(model -> model.name().equals(conflict.id()));
            }
        }
        if (!source.webhooks().isEmpty()) {
            write(TransferBatch.ofWebhooks(source.webhooks()));
        }
    }
}
