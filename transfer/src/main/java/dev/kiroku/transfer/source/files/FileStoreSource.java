package dev.kiroku.transfer.source.files;

import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.KirokuException;
import dev.kiroku.transfer.source.ArtifactFolder;
import dev.kiroku.transfer.source.ArtifactRoot;
import dev.kiroku.transfer.source.ArtifactSource;
import dev.kiroku.transfer.source.Inventory;
import dev.kiroku.transfer.source.LocalArtifactFolder;
import dev.kiroku.transfer.source.PointCollector;
import dev.kiroku.transfer.source.TransferSource;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The folder {@code mlruns} of MLflow's file store: a folder for each experiment, run and model, and a file for each param, tag and metric.
 * Deleted experiments are in {@code .trash}. Everything is read when it is asked for; folders and files that are damaged or half-written are left
 * out.
 */
public final class FileStoreSource implements TransferSource {
    private static final String TRASH = ".trash";
    private static final String MODELS = "models";
    private static final Set<String> NOT_RUNS = Set.of("tags", "datasets", "traces", MODELS, TRASH);
    private static final int PAGE = 200;

    private final Path root;
    private final Problems problems = new Problems();
    private final Map<Long, Path> folders = new LinkedHashMap<>();
    private final Map<String, Path> runFolders = new LinkedHashMap<>();

    /**
     * Opens a folder.
     *
     * @throws KirokuException with {@code INVALID_PARAMETER_VALUE} if it is not the folder of a file store
     */
    public FileStoreSource(Path root) {
        this.root = root.toAbsolutePath().normalize();
        if (!isFileStore(this.root)) {
            throw KirokuException.invalid(
                    "%s is not a folder of MLflow's file store: it has no folder with a %s. Name the folder mlruns itself.",
                    root, MetaFile.NAME);
        }
    }

    /** Returns whether a folder looks like {@code mlruns}. */
    public static boolean isFileStore(Path folder) {
        return Stream.of(folder, folder.resolve(MODELS), folder.resolve(TRASH))
                .flatMap(parent -> Folders.children(parent).stream())
                .anyMatch(child -> Files.exists(child.resolve(MetaFile.NAME)));
    }

    @Override
    public String description() {
        return "MLflow file store " + root;
    }

    @Override
    public Inventory inventory() {
        Map<RecordKind, Long> counts = new EnumMap<>(RecordKind.class);
        List<Path> experiments = experimentFolders();
        long runs = 0;
        long models = 0;
        long traces = 0;
        for (Path experiment : experiments) {
            runs += runFolders(experiment).size();
            models += Folders.children(experiment.resolve(MODELS)).size();
            traces += Folders.children(experiment.resolve("traces")).size();
        }
        List<Path> registered = Folders.children(root.resolve(MODELS));
        counts.put(RecordKind.EXPERIMENT, (long) experiments.size());
        counts.put(RecordKind.RUN, runs);
        counts.put(RecordKind.LOGGED_MODEL, models);
        counts.put(RecordKind.REGISTERED_MODEL, (long) registered.size());
        return new Inventory(counts, traces == 0 ? List.of() : List.of(traces + (traces == 1 ? " trace" : " traces")));
    }

    private List<Path> experimentFolders() {
        return Stream.of(root, root.resolve(TRASH))
                .flatMap(parent -> Folders.children(parent).stream())
                .filter(folder ->
                        !Set.of(TRASH, MODELS).contains(folder.getFileName().toString()))
                .toList();
    }

    private static List<Path> runFolders(Path experiment) {
        return Folders.children(experiment).stream()
                .filter(folder -> !NOT_RUNS.contains(folder.getFileName().toString()))
                .toList();
    }

    @Override
    public List<ExperimentRecord> experiments() {
        List<ExperimentRecord> experiments = new ArrayList<>();
        for (Path folder : experimentFolders()) {
            readExperiment(folder).ifPresent(experiment -> {
                experiments.add(experiment);
                folders.put(experiment.id(), folder);
            });
        }
        return experiments;
    }

    private Optional<ExperimentRecord> readExperiment(Path folder) {
        return MetaFile.read(folder, problems).flatMap(meta -> {
            try {
                long created = meta.number("creation_time", 0);
                String id = Objects.requireNonNullElse(
                        meta.text("experiment_id"), folder.getFileName().toString());
                return Optional.of(new ExperimentRecord(
                        parseId(id),
                        meta.require("name"),
                        Objects.requireNonNullElse(
                                meta.text("artifact_location"), folder.toUri().toString()),
                        RunFolder.stage(meta),
                        created,
                        meta.number("last_update_time", created),
                        Folders.values(folder.resolve("tags"), problems)));
            } catch (MetaFile.DamagedFile e) {
                problems.add(folder + " is left out: " + e.getMessage() + ".");
                return Optional.empty();
            }
        });
    }

    private static long parseId(String id) {
        try {
            return Long.parseLong(id);
        } catch (NumberFormatException e) {
            throw new MetaFile.DamagedFile("its experiment_id is '" + id + "', which is not a number");
        }
    }

    private Path folder(long experimentId) {
        if (folders.isEmpty()) {
            experiments();
        }
        return folders.getOrDefault(experimentId, root.resolve(Long.toString(experimentId)));
    }

    @Override
    public Iterator<List<RunRecord>> runs(Collection<Long> experimentIds) {
        return pages(experimentIds, id -> runFolders(folder(id)), (id, run) -> {
            Optional<RunRecord> record = new RunFolder(id, folder(id), problems).readRun(run);
            record.ifPresent(each -> runFolders.put(each.id(), run));
            return record;
        });
    }

    private interface Reader<R> {
        Optional<R> read(long experimentId, Path folder);
    }

    private interface Lister {
        List<Path> list(long experimentId);
    }

    /** Returns the records of folders in pages, each read when it is asked for. */
    private <R> Iterator<List<R>> pages(Collection<Long> experimentIds, Lister lister, Reader<R> reader) {
        record Item(long experimentId, Path folder) {}
        Iterator<Item> items = experimentIds.stream()
                .flatMap(id -> lister.list(id).stream().map(folder -> new Item(id, folder)))
                .iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return items.hasNext();
            }

            @Override
            public List<R> next() {
                List<R> page = new ArrayList<>();
                while (page.size() < PAGE && items.hasNext()) {
                    Item item = items.next();
                    try {
                        reader.read(item.experimentId, item.folder).ifPresent(page::add);
                    } catch (UncheckedIOException e) {
                        problems.add(item.folder + " is left out: " + e.getMessage() + ".");
                    }
                }
                return page;
            }
        };
    }

    @Override
    public void readMetrics(List<RunRecord> runs, Consumer<RunMetrics> consumer) {
        PointCollector points = new PointCollector(consumer);
        for (RunRecord run : runs) {
            Path folder = runFolders
                    .getOrDefault(run.id(), folder(run.experimentId()).resolve(run.id()))
                    .resolve(RunFolder.METRICS);
            for (Path file : Folders.files(folder)) {
                new MetricFile(Folders.key(folder, file), file, problems).read(run.id(), points);
            }
        }
        points.end();
    }

    @Override
    public Iterator<List<LoggedModelRecord>> loggedModels(Collection<Long> experimentIds) {
        return pages(
                experimentIds,
                id -> Folders.children(folder(id).resolve(MODELS)),
                (id, model) -> new RunFolder(id, folder(id), problems).readModel(model));
    }

    @Override
    public Iterator<List<RegisteredModelRecord>> registeredModels() {
        return pages(
                List.of(0L),
                id -> Folders.children(root.resolve(MODELS)),
                (id, model) -> new ModelFolder(model, problems).read());
    }

    @Override
    public List<ArtifactRoot> artifactRoots() {
        ArtifactFolder folder = new LocalArtifactFolder(root);
        Set<String> places = new LinkedHashSet<>(List.of(root.toString()));
        for (ExperimentRecord experiment : experiments()) {
            // Where the folder was before it was copied: what was there is in it.
            ArtifactSource.findPath(experiment.artifactLocation())
                    .filter(location -> location.endsWith(Long.toString(experiment.id())))
                    .ifPresent(
                            location -> places.add(location.resolveSibling("").toString()));
        }
        return places.stream().map(place -> new ArtifactRoot(place, folder)).toList();
    }

    @Override
    public List<String> problems() {
        return problems.all();
    }

    @Override
    public void close() {
        runFolders.clear();
    }
}
