package dev.kiroku.core.transfer;

import dev.kiroku.core.tracking.ArtifactLocations;
import dev.kiroku.core.tracking.LoggedModelStore;
import dev.kiroku.core.tracking.Validation;
import dev.kiroku.core.transfer.TransferStore.StoredRun;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.Action;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.tracking.Experiment;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.LoggedModel;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.transfer.TransferApi.ImportedLoggedModel;
import dev.kiroku.model.transfer.TransferApi.Refused;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The logged models of one request to add records to an experiment: which of them are taken, and with what. A model may name runs of other
 * experiments only as far as the caller could have done so when it was logged.
 */
final class LoggedModelImports {
    private final Experiment experiment;
    private final LoggedModelStore store;
    private final ExperimentRights rights;
    private final Set<String> newRuns;
    private final List<Refused> refused = new ArrayList<>();

    /** @param newRuns the runs of the same request */
    LoggedModelImports(
            Experiment experiment, LoggedModelStore store, ExperimentRights rights, Collection<String> newRuns) {
        this.experiment = experiment;
        this.store = store;
        this.rights = rights;
        this.newRuns = Set.copyOf(newRuns);
    }

    /** Returns what was not taken. */
    List<Refused> refused() {
        return refused;
    }

    /**
     * Returns the models that are taken.
     *
     * @param findRuns returns the runs that the store has
     */
    List<LoggedModelRecord> validated(
            List<ImportedLoggedModel> models, Function<Set<String>, Map<String, StoredRun>> findRuns) {
        ImportedRecords.requireDistinct(models, ImportedLoggedModel::modelId, "logged model", "logged_models");
        List<LoggedModelRecord> records = new ArrayList<>();
        Set<String> named = new HashSet<>();
        for (ImportedLoggedModel model : models) {
            LoggedModelRecord record = validated(model);
            records.add(record);
            record.metrics().forEach(metric -> named.add(orEmpty(metric.runId())));
            named.add(orEmpty(record.sourceRunId()));
        }
        named.remove("");
        Map<String, StoredRun> runs = named.isEmpty() ? Map.of() : findRuns.apply(named);
        List<LoggedModelRecord> taken = new ArrayList<>();
        for (LoggedModelRecord record : records) {
            Optional<String> refusal = findRefusal(record, runs);
            refusal.ifPresent(reason -> refused.add(new Refused(null, record.id(), reason)));
            if (refusal.isEmpty()) {
                taken.add(withEditableMetrics(record, runs));
            }
        }
        return taken;
    }

    private LoggedModelRecord validated(ImportedLoggedModel model) {
        Validation.requireLoggedModelName(model.name());
        return ImportedRecords.loggedModel(
                model,
                experimentId(),
                ArtifactLocations.append(experiment.artifactLocation(), "models/" + model.modelId() + "/artifacts"));
    }

    private long experimentId() {
        return Long.parseLong(experiment.experimentId());
    }

    private Optional<String> findRefusal(LoggedModelRecord record, Map<String, StoredRun> runs) {
        if (record.sourceRunId() != null && !mayUse(record.sourceRunId(), Action.READ, runs)) {
            return Optional.of(
                    "You may not read the run %s, which it names as its source.".formatted(record.sourceRunId()));
        }
        LoggedModel stored = find(record.id());
        if (stored == null || !stored.info().experimentId().equals(experiment.experimentId())) {
            return Optional.empty(); // the store refuses models of other experiments
        }
        boolean deletes = record.stage() == LifecycleStage.DELETED;
        boolean deleted = isDeleted(record.id());
        if (deleted && !deletes) {
            return Optional.of("The logged model is deleted. Nothing more is added to it.");
        }
        return deletes
                        && !deleted
                        && !rights.allow(Action.DELETE, ResourceType.LOGGED_MODEL, experimentId(), record.id())
                ? Optional.of("The logged model is deleted in the source. You may not delete it here.")
                : Optional.empty();
    }

    private @Nullable LoggedModel find(String id) {
        return get(id, true);
    }

    private boolean isDeleted(String id) {
        return get(id, false) == null;
    }

    private @Nullable LoggedModel get(String id, boolean deleted) {
        try {
            return store.get(id, deleted);
        } catch (KirokuException e) {
            if (e.code() == ErrorCode.RESOURCE_DOES_NOT_EXIST) {
                return null;
            }
            throw e;
        }
    }

    /** Returns whether the caller may do something to a run. Nothing forbids to name a run that does not exist. */
    private boolean mayUse(String runId, Action action, Map<String, StoredRun> runs) {
        StoredRun run = runs.get(runId);
        return run == null
                || newRuns.contains(runId)
                || run.experimentId() == experimentId()
                || rights.allow(action, ResourceType.RUN, run.experimentId(), runId);
    }

    private LoggedModelRecord withEditableMetrics(LoggedModelRecord record, Map<String, StoredRun> runs) {
        Map<String, Boolean> editable = new HashMap<>();
        List<Metric> metrics = record.metrics().stream()
                .filter(metric ->
                        editable.computeIfAbsent(orEmpty(metric.runId()), id -> mayUse(id, Action.UPDATE, runs)))
                .toList();
        int left = record.metrics().size() - metrics.size();
        if (left > 0) {
            refused.add(new Refused(
                    null,
                    record.id(),
                    "%d metrics are left out: you may not edit the runs of other experiments that logged them."
                            .formatted(left)));
        }
        return record.withDetails(record.params(), record.tags(), metrics);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
