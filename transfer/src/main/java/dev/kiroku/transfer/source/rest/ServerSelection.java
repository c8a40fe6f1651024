package dev.kiroku.transfer.source.rest;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.transfer.source.ArtifactRoot;
import dev.kiroku.transfer.source.Inventory;
import dev.kiroku.transfer.source.TransferSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A part of a tracking server: some active runs with the logged models that they used and made, and a registered model. A tag of the runs and logged
 * models says which server they come from. Closes the server's source.
 */
public final class ServerSelection implements TransferSource {
    private static final int IDS_PER_SEARCH = 50;
    private static final Pattern ID = Pattern.compile("[a-zA-Z0-9][\\w-]{0,255}");

    private final RestSource server;
    private final Criteria criteria;
    private final KeyValue originTag;
    private final Set<String> selectedRuns = new HashSet<>();
    private final Set<String> selectedModels;

    /**
     * What is selected.
     *
     * @param experiments names of experiments; empty for those of the runs, or all if there are no runs
     * @param runIds runs; empty for all of the experiments
     * @param filter a search filter that runs also must match; null for none
     * @param modelIds logged models, besides those of the runs
     * @param registeredModel with the versions and aliases that are selected; null for none
     */
    public record Criteria(
            Set<String> experiments,
            List<String> runIds,
            @Nullable String filter,
            List<String> modelIds,
            @Nullable RegisteredModelRecord registeredModel) {
        public Criteria {
            experiments = Set.copyOf(experiments);
            runIds = runIds.stream().distinct().toList();
            modelIds = List.copyOf(modelIds);
            for (String id : runIds) {
                if (!ID.matcher(id).matches()) {
                    throw invalid("'%s' is not the ID of a run.", id);
                }
            }
        }
    }

    /** @param originTag is added to runs and logged models */
    public ServerSelection(RestSource server, Criteria criteria, KeyValue originTag) {
        this.server = server;
        this.criteria = criteria;
        this.originTag = originTag;
        this.selectedModels = new HashSet<>(criteria.modelIds);
    }

    @Override
    public String description() {
        return server.description();
    }

    @Override
    public Inventory inventory() {
        return new Inventory(Map.of(), List.of());
    }

    /** Returns the experiments; throws RESOURCE_DOES_NOT_EXIST if a run or logged model does not exist. */
    @Override
    public List<ExperimentRecord> experiments() {
        if (isModelWithoutFiles()) {
            return List.of();
        }
        List<ExperimentRecord> all = server.experiments();
        Set<Long> ids = new TreeSet<>();
        criteria.runIds.forEach(id -> ids.add(server.requireRun(id).experimentId()));
        criteria.modelIds.forEach(id -> ids.add(server.requireLoggedModel(id).experimentId()));
        boolean byRecords = !criteria.runIds.isEmpty() || !criteria.modelIds.isEmpty();
        return all.stream()
                .filter(each -> !byRecords || ids.contains(each.id()))
                .filter(each -> criteria.experiments.isEmpty() || criteria.experiments.contains(each.name()))
                .toList();
    }

    @Override
    public Iterator<List<RunRecord>> runs(Collection<Long> experimentIds) {
        if (criteria.runIds.isEmpty() && (criteria.registeredModel != null || !criteria.modelIds.isEmpty())) {
            return List.<List<RunRecord>>of().iterator();
        }
        List<Iterator<List<RunRecord>>> searches = new ArrayList<>();
        List<String> ids = criteria.runIds;
        for (int from = 0; from == 0 || from < ids.size(); from += IDS_PER_SEARCH) {
            String filter = filter(ids.subList(from, Math.min(ids.size(), from + IDS_PER_SEARCH)));
            searches.add(server.runs(experimentIds, filter));
        }
        return new MappedPages<>(new JoinedPages<>(searches.iterator()), this::select);
    }

    /** Returns whether the selection is a registered model whose versions have neither runs nor logged models, such as a prompt. */
    private boolean isModelWithoutFiles() {
        return criteria.registeredModel != null && criteria.runIds.isEmpty() && criteria.modelIds.isEmpty();
    }

    private @Nullable String filter(List<String> ids) {
        if (ids.isEmpty()) {
            return criteria.filter;
        }
        String anyOf = "attributes.run_id IN ('" + String.join("', '", ids) + "')";
        return criteria.filter == null ? anyOf : criteria.filter + " AND " + anyOf;
    }

    private List<RunRecord> select(List<RunRecord> page) {
        List<RunRecord> runs = new ArrayList<>();
        for (RunRecord run : page) {
            if (run.stage() == LifecycleStage.ACTIVE) {
                runs.add(run.withTags(withOrigin(run.tags())));
                selectedRuns.add(run.id());
                run.modelInputs().forEach(input -> selectedModels.add(input.modelId()));
                run.modelOutputs().forEach(output -> selectedModels.add(output.modelId()));
            }
        }
        return runs;
    }

    private List<KeyValue> withOrigin(List<KeyValue> tags) {
        List<KeyValue> all = new ArrayList<>(tags);
        all.removeIf(tag -> tag.key().equals(originTag.key()));
        all.add(originTag);
        all.sort(Comparator.comparing(KeyValue::key));
        return all;
    }

    @Override
    public void readMetrics(List<RunRecord> runs, Consumer<RunMetrics> consumer) {
        server.readMetrics(runs, consumer);
    }

    /** Returns the logged models of the runs that were read before, and those that were named. */
    @Override
    public Iterator<List<LoggedModelRecord>> loggedModels(Collection<Long> experimentIds) {
        if (selectedRuns.isEmpty() && selectedModels.isEmpty()) {
            return List.<List<LoggedModelRecord>>of().iterator();
        }
        return new MappedPages<>(
                server.loggedModels(experimentIds),
                page -> page.stream()
                        .filter(model -> selectedModels.contains(model.id())
                                || model.sourceRunId() != null && selectedRuns.contains(model.sourceRunId()))
                        .map(model -> model.withDetails(model.params(), withOrigin(model.tags()), model.metrics()))
                        .toList());
    }

    @Override
    public Iterator<List<RegisteredModelRecord>> registeredModels() {
        RegisteredModelRecord model = criteria.registeredModel;
        return (model == null ? List.<List<RegisteredModelRecord>>of() : List.of(List.of(model))).iterator();
    }

    @Override
    public List<ArtifactRoot> artifactRoots() {
        return server.artifactRoots();
    }

    @Override
    public List<String> problems() {
        return server.problems();
    }

    @Override
    public void close() {
        server.close();
    }

    /** Pages that are changed when they are read. */
    private record MappedPages<T>(Iterator<List<T>> pages, UnaryOperator<List<T>> change) implements Iterator<List<T>> {
        @Override
        public boolean hasNext() {
            return pages.hasNext();
        }

        @Override
        public List<T> next() {
            return change.apply(pages.next());
        }
    }
}
