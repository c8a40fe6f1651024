package dev.kiroku.transfer.source.tracker;

import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.transfer.source.ArtifactRoot;
import dev.kiroku.transfer.source.Inventory;
import dev.kiroku.transfer.source.LocalArtifactFolder;
import dev.kiroku.transfer.source.PointCollector;
import dev.kiroku.transfer.source.TransferSource;
import dev.kiroku.transfer.source.files.Problems;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Runs of another tracker. Each project is an experiment, which has no ID in the source. There are no models.
 */
public final class TrackerSource implements TransferSource {
    private static final int PAGE = 100;

    private final String description;
    private final List<Path> folders;
    private final List<? extends TrackedRun> runs;
    private final Problems problems;
    private final LeftRecords left;
    private final List<String> projects;
    private final Map<String, TrackedRun> read = new HashMap<>();

    /**
     * Creates a source.
     *
     * @param folders that belong to the source; artifacts of its runs may be there
     * @param runs read when they are needed
     * @param problems to which the runs report
     * @param left counted by the runs while they are read
     */
    public TrackerSource(
            String description,
            List<Path> folders,
            List<? extends TrackedRun> runs,
            Problems problems,
            LeftRecords left) {
        this.description = description;
        this.folders = folders;
        this.runs = runs;
        this.problems = problems;
        this.left = left;
        left.mark();
        this.projects =
                runs.stream().map(TrackedRun::project).distinct().sorted().toList();
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public boolean hasExperimentIds() {
        return false;
    }

    @Override
    public Inventory inventory() {
        return new Inventory(
                Map.of(RecordKind.EXPERIMENT, (long) projects.size(), RecordKind.RUN, (long) runs.size()), List.of());
    }

    /** Returns the experiments with the numbers 1, 2, and so on as IDs. */
    @Override
    public List<ExperimentRecord> experiments() {
        long now = Clock.systemUTC().millis();
        List<ExperimentRecord> experiments = new ArrayList<>();
        for (String project : projects) {
            experiments.add(new ExperimentRecord(
                    experiments.size() + 1L, project, "", LifecycleStage.ACTIVE, now, now, List.of()));
        }
        return experiments;
    }

    @Override
    public Iterator<List<RunRecord>> runs(Collection<Long> experimentIds) {
        read.clear();
        left.reset();
        Set<Long> wanted = new HashSet<>(experimentIds);
        Iterator<? extends TrackedRun> all = runs.iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return all.hasNext();
            }

            @Override
            public List<RunRecord> next() {
                List<RunRecord> page = new ArrayList<>();
                while (page.size() < PAGE && all.hasNext()) {
                    TrackedRun run = all.next();
                    long experimentId = Collections.binarySearch(projects, run.project()) + 1L;
                    if (wanted.contains(experimentId)) {
                        readRun(run, experimentId).ifPresent(page::add);
                    }
                }
                return page;
            }
        };
    }

    private Optional<RunRecord> readRun(TrackedRun run, long experimentId) {
        Optional<RunRecord> record = run.read(experimentId);
        if (record.isPresent()) {
            TrackedRun same = read.putIfAbsent(record.get().id(), run);
            if (same != null) {
                problems.add(run + " is left out: it is a copy of " + same + ".");
                return Optional.empty();
            }
        }
        return record;
    }

    @Override
    public void readMetrics(List<RunRecord> some, Consumer<RunMetrics> consumer) {
        PointCollector points = new PointCollector(consumer);
        for (RunRecord run : some) {
            TrackedRun source = read.get(run.id());
            if (source != null) {
                source.readMetrics(run.id(), points);
            }
        }
        points.end();
    }

    @Override
    public Iterator<List<LoggedModelRecord>> loggedModels(Collection<Long> experimentIds) {
        return Collections.emptyIterator();
    }

    @Override
    public Iterator<List<RegisteredModelRecord>> registeredModels() {
        return Collections.emptyIterator();
    }

    @Override
    public List<ArtifactRoot> artifactRoots() {
        return folders.stream()
                .map(folder -> new ArtifactRoot(folder.toString(), new LocalArtifactFolder(folder)))
                .toList();
    }

    @Override
    public List<String> left() {
        return left.all();
    }

    @Override
    public List<String> problems() {
        return problems.all();
    }

    @Override
    public void close() {
        read.clear();
    }
}
