package dev.kiroku.transfer;

import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.KirokuException;
import dev.kiroku.transfer.destination.TransferTarget;
import dev.kiroku.transfer.source.TransferSource;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Copies the records of a source to a target, page by page, so that memory does not depend on their number. */
public final class Exporter {
    private final TransferSource source;
    private final TransferTarget target;
    private final Selection selection;
    private final Map<RecordKind, Long> counts = new EnumMap<>(RecordKind.class);

    /**
     * What is exported.
     *
     * @param experiments names or ids; empty for all
     * @param models names of registered models; empty for all
     * @param registry false for experiments and runs only
     */
    public record Selection(List<String> experiments, List<String> models, boolean registry) {
        /** Everything. */
        public static final Selection ALL = new Selection(List.of(), List.of(), true);
    }

    /** Creates an export. */
    public Exporter(TransferSource source, TransferTarget target, Selection selection) {
        this.source = source;
        this.target = target;
        this.selection = selection;
    }

    /**
     * Copies everything that is selected.
     *
     * @return the numbers of records
     * @throws KirokuException with {@code RESOURCE_DOES_NOT_EXIST} if a selected experiment or model does not exist
     */
    public Map<RecordKind, Long> run() {
        List<ExperimentRecord> experiments = selectedExperiments();
        target.experiments(experiments);
        count(RecordKind.EXPERIMENT, experiments.size());
        if (!experiments.isEmpty()) {
            List<Long> ids = experiments.stream().map(ExperimentRecord::id).toList();
            copyRuns(source.runs(ids));
            copyLoggedModels(source.loggedModels(ids));
        }
        if (selection.registry) {
            copyRegisteredModels(source.registeredModels());
        }
        target.finish();
        return counts;
    }

    private List<ExperimentRecord> selectedExperiments() {
        List<ExperimentRecord> all = source.experiments();
        if (selection.experiments.isEmpty()) {
            return all;
        }
        requireAll(
                "experiment",
                selection.experiments,
                all.stream()
                        .flatMap(each -> List.of(each.name(), Long.toString(each.id())).stream())
                        .toList());
        return all.stream()
                .filter(each -> selection.experiments.contains(each.name())
                        || selection.experiments.contains(Long.toString(each.id())))
                .toList();
    }

    private static void requireAll(String what, List<String> wanted, Collection<String> present) {
        for (String each : wanted) {
            if (!present.contains(each)) {
                throw KirokuException.notFound("There is no %s '%s'.", what, each);
            }
        }
    }

    private void copyRuns(Iterator<List<RunRecord>> pages) {
        while (pages.hasNext()) {
            List<RunRecord> page = pages.next();
            target.runs(page);
            source.readMetrics(page, metrics -> {
                target.metrics(metrics);
                count(RecordKind.METRIC_POINT, metrics.size());
            });
            target.endRuns();
            count(RecordKind.RUN, page.size());
        }
    }

    private void copyLoggedModels(Iterator<List<LoggedModelRecord>> pages) {
        while (pages.hasNext()) {
            List<LoggedModelRecord> page = pages.next();
            target.loggedModels(page);
            count(RecordKind.LOGGED_MODEL, page.size());
        }
    }

    private void copyRegisteredModels(Iterator<List<RegisteredModelRecord>> pages) {
        Set<String> missing = new TreeSet<>(selection.models);
        while (pages.hasNext()) {
            List<RegisteredModelRecord> page = pages.next().stream()
                    .filter(model -> selection.models.isEmpty() || selection.models.contains(model.name()))
                    .toList();
            target.registeredModels(page);
            for (RegisteredModelRecord model : page) {
                missing.remove(model.name());
                count(RecordKind.MODEL_VERSION, model.versions().size());
            }
            count(RecordKind.REGISTERED_MODEL, page.size());
        }
        if (!missing.isEmpty()) {
            throw KirokuException.notFound("There is no registered model '%s'.", String.join("', '", missing));
        }
    }

    private void count(RecordKind kind, long number) {
        counts.merge(kind, number, Long::sum);
    }
}
