package dev.kiroku.transfer;

import dev.kiroku.core.tracking.ExperimentStore;
import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RegisteredModelRecord.Alias;
import dev.kiroku.core.transfer.RegisteredModelRecord.Version;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.core.transfer.TransferStore;
import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.RegisteredModel;
import dev.kiroku.model.tracking.Experiment;
import dev.kiroku.model.tracking.LoggedModel;
import dev.kiroku.model.tracking.Run;
import dev.kiroku.transfer.RecordDifferences.Fields;
import dev.kiroku.transfer.artifacts.VersionLocations;
import dev.kiroku.transfer.source.TransferSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Compares everything in a source with what a store has. Reads the store as the server does, so that it also proves that the records can be read.
 * What the store has besides is not looked at.
 */
public final class ImportVerifier {
    private final TransferSource source;
    private final ImportedStores stores;
    private final ImportOptions options;
    private final ImportProgress progress;
    private final RecordDifferences differences = new RecordDifferences();
    private final Map<Long, Long> experiments = new HashMap<>();
    private final Map<String, ImportedResources.Model> models = new HashMap<>();

    /** Creates a comparison, to be run once. */
    public ImportVerifier(
            TransferSource source, ImportedStores stores, ImportOptions options, ImportProgress progress) {
        this.source = source;
        this.stores = stores;
        this.options = options;
        this.progress = progress;
    }

    /** Returns the experiments and models that were compared, in the form of an import. */
    public ImportedResources resources() {
        return new ImportedResources(experiments, models);
    }

    /** Compares. */
    public RecordDifferences run() {
        progress.onStart(source.description(), source.inventory());
        TransferStore transfer = stores.transfer();
        ExperimentMapping mapping = ExperimentMapping.of(source, transfer.findExperiments(), options);
        mapping.records().forEach(this::compareExperiment);
        Map<Long, Long> ids = mapping.ids();
        experiments.putAll(ids);
        long runs = 0;
        var pages = source.runs(ids.keySet());
        MetricComparison metrics = new MetricComparison(stores.runs(), differences);
        while (pages.hasNext() && !progress.isCancelled()) {
            List<RunRecord> page = pages.next();
            page.forEach(run -> compareRun(run.in(ids.getOrDefault(run.experimentId(), run.experimentId()))));
            source.readMetrics(page, metrics);
            metrics.end();
            runs += page.size();
            progress.onBatch(runs, metrics.points());
        }
        var logged = source.loggedModels(ids.keySet());
        while (logged.hasNext()) {
            logged.next().forEach(this::compareLoggedModel);
        }
        var registered = source.registeredModels();
        while (registered.hasNext()) {
            for (RegisteredModelRecord model : registered.next()) {
                String name = options.nameOf(model.name());
                models.put(model.name(), new ImportedResources.Model(name, WebhookMessage.isPrompt(model.tags())));
                compareModel(model.named(name));
            }
        }
        return differences;
    }

    /** Returns what a store returns, or empty, with a difference, if there is no such record. */
    private <T> Optional<T> find(String what, Supplier<T> read) {
        differences.count();
        try {
            return Optional.of(read.get());
        } catch (KirokuException e) {
            if (e.code() != ErrorCode.RESOURCE_DOES_NOT_EXIST) {
                throw e;
            }
            differences.add(what + " is missing");
            return Optional.empty();
        }
    }

    private void compareExperiment(ExperimentRecord expected) {
        String what = "experiment " + expected.id();
        Optional<Experiment> found = find(what, () -> stores.experiments().get(expected.id()));
        if (found.isPresent()) {
            Fields fields = differences.of(what);
            fields.same("name", expected.name(), found.get().name());
            if (expected.id() != ExperimentStore.DEFAULT_ID) {
                fields.same("stage", expected.stage().wireName(), found.get().lifecycleStage());
                fields.same(
                        "creation time", expected.creationTime(), found.get().creationTime());
            }
            fields.samePairs("tags", expected.tags(), found.get().tags());
        }
    }

    private void compareRun(RunRecord expected) {
        String what = "run " + expected.id();
        Optional<Run> found = find(what, () -> stores.runs().get(expected.id()));
        if (found.isPresent()) {
            Run run = found.get();
            Fields fields = differences.of(what);
            fields.same(
                    "experiment",
                    Long.toString(expected.experimentId()),
                    run.info().experimentId());
            fields.same("name", expected.name(), run.info().runName());
            fields.same("user", expected.userId(), run.info().userId());
            fields.same("status", expected.status(), run.info().status());
            fields.same("start time", expected.startTime(), run.info().startTime());
            fields.same("end time", expected.endTime(), run.info().endTime());
            fields.same("stage", expected.stage().wireName(), run.info().lifecycleStage());
            fields.samePairs("params", expected.params(), run.data().params());
            fields.samePairs("tags", expected.tags(), run.data().tags());
            fields.sameItems("datasets", expected.datasets(), run.inputs().datasetInputs());
            fields.sameItems(
                    "input models", expected.modelInputs(), run.inputs().modelInputs());
            fields.sameItems(
                    "output models",
                    expected.modelOutputs(),
                    run.outputs() == null ? List.of() : run.outputs().modelOutputs());
        }
    }

    private void compareLoggedModel(LoggedModelRecord expected) {
        String what = "logged model " + expected.id();
        Optional<LoggedModel> found = find(what, () -> stores.loggedModels().get(expected.id(), true));
        if (found.isPresent()) {
            LoggedModel model = found.get();
            Fields fields = differences.of(what);
            fields.same("name", expected.name(), model.info().name());
            fields.same("status", expected.status(), model.info().status());
            fields.same("source run", expected.sourceRunId(), model.info().sourceRunId());
            fields.same("creation time", expected.creationTime(), model.info().creationTimestampMs());
            fields.samePairs("params", expected.params(), model.data().params());
            fields.samePairs("tags", expected.tags(), model.info().tags());
            fields.sameItems("metrics", expected.metrics(), model.data().metrics());
        }
    }

    private void compareModel(RegisteredModelRecord expected) {
        String what = "registered model " + expected.name();
        Optional<RegisteredModel> found = find(what, () -> stores.registry().get(expected.name()));
        if (found.isPresent()) {
            Fields fields = differences.of(what);
            fields.same("description", expected.description(), found.get().description());
            fields.same("creation time", expected.creationTime(), found.get().creationTimestamp());
            fields.samePairs("tags", expected.tags(), found.get().tags());
            fields.sameItems(
                    "aliases",
                    expected.aliases(),
                    found.get().aliases().stream()
                            .map(alias -> new Alias(alias.alias(), Long.parseLong(alias.version())))
                            .toList());
            expected.versions().forEach(version -> compareVersion(expected.name(), version));
        }
    }

    private void compareVersion(String model, Version expected) {
        String what = "version " + expected.version() + " of " + model;
        Optional<ModelVersion> found = find(what, () -> stores.registry().getVersion(model, expected.version()));
        if (found.isPresent()) {
            Fields fields = differences.of(what);
            fields.same("stage", expected.stage().wireName(), found.get().currentStage());
            fields.same("source", source(model, expected), found.get().source());
            fields.same(
                    "run",
                    expected.runId() == null ? "" : expected.runId(),
                    found.get().runId());
            fields.same("creation time", expected.creationTime(), found.get().creationTimestamp());
            fields.samePairs("tags", expected.tags(), found.get().tags());
        }
    }

    /** Returns the source that a version is to have: if artifacts were copied, it follows the copy. */
    private String source(String model, Version expected) {
        return options.artifactRoot() == null
                ? expected.source()
                : new VersionLocations(stores.relocations())
                        .sourceOf(expected, stores.registry().getStorageLocation(model, expected.version()));
    }
}
