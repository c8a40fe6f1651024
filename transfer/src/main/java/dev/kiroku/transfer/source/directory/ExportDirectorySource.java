package dev.kiroku.transfer.source.directory;

import static java.util.Objects.requireNonNull;

import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.KirokuException;
import dev.kiroku.transfer.source.ArtifactRoot;
import dev.kiroku.transfer.source.Inventory;
import dev.kiroku.transfer.source.LocalArtifactFolder;
import dev.kiroku.transfer.source.TransferSource;
import dev.kiroku.transfer.source.files.Problems;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * A folder that mlflow-export-import wrote, of one of its layouts: all of a server, experiments, a single run or a single model. The kind of a file
 * is its name; artifacts are beside it. Files that are damaged are left out.
 */
public final class ExportDirectorySource implements TransferSource {
    private static final int PAGE = 200;
    private static final int MAX_DEPTH = 8;
    private static final String ARTIFACTS = "artifacts";

    private final Path root;
    private final Problems problems = new Problems();
    private final List<Path> experimentFiles = new ArrayList<>();
    private final Map<String, Path> runFiles = new TreeMap<>();
    private final Map<String, Path> loggedModelFiles = new TreeMap<>();
    private final List<Path> modelFiles = new ArrayList<>();
    private long traces;

    /**
     * Opens a folder.
     *
     * @throws KirokuException with {@code INVALID_PARAMETER_VALUE} if it is not such a folder, or cannot be read
     */
    public ExportDirectorySource(Path root) {
        this.root = root.toAbsolutePath().normalize();
        try {
            Files.walkFileTree(this.root, Set.of(), MAX_DEPTH, new Finder());
        } catch (IOException e) {
            throw KirokuException.invalid("%s cannot be read: %s", root, e.getMessage());
        }
        if (experimentFiles.isEmpty() && runFiles.isEmpty() && modelFiles.isEmpty() && loggedModelFiles.isEmpty()) {
            throw KirokuException.invalid(
                    "%s is not a folder of mlflow-export-import: it has no experiment.json, run.json or model.json.",
                    root);
        }
    }

    /** Returns whether a folder looks like one of mlflow-export-import. */
    public static boolean isExport(Path folder) {
        return List.of(
                        "experiments/experiments.json",
                        "experiments.json",
                        "experiment.json",
                        "run.json",
                        "model.json",
                        "models/models.json",
                        "models.json",
                        "logged_model.json")
                .stream()
                .anyMatch(file -> Files.isRegularFile(folder.resolve(file)));
    }

    private final class Finder extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            // A run can have artifacts with the names of these files.
            return folder.endsWith(ARTIFACTS) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String folder = folder(file).getFileName().toString();
            switch (file.getFileName().toString()) {
                case "experiment.json" -> experimentFiles.add(file);
                // The run of a model version is in the folders of its experiment and of its model.
                case "run.json" -> runFiles.putIfAbsent(folder, file);
                case "logged_model.json" -> loggedModelFiles.putIfAbsent(folder, file);
                case "model.json" -> modelFiles.add(file);
                case "trace.json" -> traces++;
                default -> {}
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (file.equals(root)) {
                throw e;
            }
            problems.add(file + " is left out: " + e.getMessage() + ".");
            return FileVisitResult.CONTINUE;
        }
    }

    @Override
    public String description() {
        return "folder of mlflow-export-import " + root;
    }

    @Override
    public Inventory inventory() {
        Map<RecordKind, Long> counts = Map.of(
                RecordKind.EXPERIMENT, (long) experiments().size(),
                RecordKind.RUN, (long) runFiles.size(),
                RecordKind.LOGGED_MODEL, (long) loggedModelFiles.size(),
                RecordKind.REGISTERED_MODEL, (long) modelFiles.size());
        return new Inventory(counts, traces == 0 ? List.of() : List.of(traces + (traces == 1 ? " trace" : " traces")));
    }

    private interface Converter<R> {
        R convert(JsonNode fields, Path folder);
    }

    private <R> Optional<R> read(Path file, Converter<R> converter) {
        try {
            return Optional.of(converter.convert(new ExportedFile(file).read(), folder(file)));
        } catch (IOException | IllegalArgumentException | KirokuException e) {
            problems.add(file + " is left out: " + e.getMessage() + ".");
            return Optional.empty();
        }
    }

    /** Returns the exported experiments, and one without a name for each experiment of which there are only runs. */
    @Override
    public List<ExperimentRecord> experiments() {
        Map<Long, ExperimentRecord> experiments = new TreeMap<>();
        for (Path file : experimentFiles) {
            read(file, (fields, folder) -> ExportedRecords.experiment(fields))
                    .ifPresent(experiment -> experiments.put(experiment.id(), experiment));
        }
        for (Path file : runFiles.values()) {
            if (!isBelowExperiment(file)) {
                read(file, (fields, folder) -> ExportedRecords.experimentOfRun(fields))
                        .ifPresent(experiment -> experiments.putIfAbsent(experiment.id(), experiment));
            }
        }
        return List.copyOf(experiments.values());
    }

    private static boolean isBelowExperiment(Path runFile) {
        Path run = folder(runFile);
        // The folder of the experiment has those of its runs, or a folder with them.
        return Files.exists(run.resolveSibling("experiment.json"))
                || Files.exists(folder(run).resolveSibling("experiment.json"));
    }

    private static Path folder(Path file) {
        return requireNonNull(file.toAbsolutePath().getParent());
    }

    @Override
    public Iterator<List<RunRecord>> runs(Collection<Long> experimentIds) {
        Set<Long> wanted = new HashSet<>(experimentIds);
        return pages(runFiles.values().iterator(), ExportedRecords::run, run -> wanted.contains(run.experimentId()));
    }

    private interface Filter<R> {
        boolean matches(R record);
    }

    private <R> Iterator<List<R>> pages(Iterator<Path> files, Converter<R> converter, Filter<R> filter) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return files.hasNext();
            }

            @Override
            public List<R> next() {
                List<R> page = new ArrayList<>();
                while (page.size() < PAGE && files.hasNext()) {
                    read(files.next(), converter).filter(filter::matches).ifPresent(page::add);
                }
                return page;
            }
        };
    }

    @Override
    public void readMetrics(List<RunRecord> runs, Consumer<RunMetrics> consumer) {
        for (RunRecord run : runs) {
            // The folder of a run that was exported alone has any name.
            Path file = runFiles.size() == 1 ? runFiles.values().iterator().next() : runFiles.get(run.id());
            if (file != null) {
                try {
                    new ExportedFile(file).readMetrics(run.id(), consumer);
                } catch (IOException e) {
                    problems.add("Metrics of " + file + " are left out: " + e.getMessage() + ".");
                }
            }
        }
    }

    @Override
    public Iterator<List<LoggedModelRecord>> loggedModels(Collection<Long> experimentIds) {
        Set<Long> wanted = new HashSet<>(experimentIds);
        return pages(
                loggedModelFiles.values().iterator(),
                ExportedRecords::loggedModel,
                model -> wanted.contains(model.experimentId()));
    }

    @Override
    public Iterator<List<RegisteredModelRecord>> registeredModels() {
        return pages(modelFiles.iterator(), (fields, folder) -> ExportedRecords.registeredModel(fields), _ -> true);
    }

    @Override
    public List<ArtifactRoot> artifactRoots() {
        return List.of(new ArtifactRoot(root.toString(), new LocalArtifactFolder(root)));
    }

    /** Returns false: a run without a folder of artifacts had none when it was exported. */
    @Override
    public boolean hasArtifactsElsewhere() {
        return false;
    }

    @Override
    public List<String> problems() {
        return problems.all();
    }

    @Override
    public void close() {}
}
