package dev.kiroku.transfer.source.neptune;

import static java.util.Objects.requireNonNull;

import dev.kiroku.model.KirokuException;
import dev.kiroku.transfer.source.TransferSource;
import dev.kiroku.transfer.source.files.Problems;
import dev.kiroku.transfer.source.tracker.FileFinder;
import dev.kiroku.transfer.source.tracker.LeftRecords;
import dev.kiroku.transfer.source.tracker.TrackerSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Opens an archive that neptune-exporter made: a folder for each project with Parquet files {@code RUN_part_0.parquet} and so on, and beside it
 * {@code files} with the files of runs.
 */
public final class NeptuneSource {
    private static final Pattern PART = Pattern.compile("(.+)_part_(\\d{1,9})\\.parquet");
    private static final Set<String> MODELS = Set.of("models", "model_versions");

    private NeptuneSource() {}

    /** Returns whether there are files of an archive in a folder or below it. */
    public static boolean accepts(Path folder) {
        return FileFinder.contains(folder, NeptuneSource::isPart);
    }

    private static boolean isPart(String name) {
        return PART.matcher(name).matches();
    }

    /**
     * Opens an archive: the folder with the Parquet files, or the one above it.
     *
     * @throws KirokuException with {@code INVALID_PARAMETER_VALUE} if there are no Parquet files
     */
    public static TransferSource open(Path folder) {
        Path root = folder.toAbsolutePath().normalize();
        Problems problems = new Problems();
        LeftRecords left = new LeftRecords();
        Map<Path, SortedMap<Integer, Path>> parts = new TreeMap<>();
        for (Path file : FileFinder.find(root, NeptuneSource::isPart, problems)) {
            Matcher name = PART.matcher(FileFinder.name(file));
            if (name.matches()) {
                parts.computeIfAbsent(file.resolveSibling(name.group(1)), _ -> new TreeMap<>())
                        .put(Integer.valueOf(name.group(2)), file);
            }
        }
        if (parts.isEmpty()) {
            throw KirokuException.invalid(
                    "%s is not an archive of neptune-exporter: it has no files *_part_0.parquet.", folder);
        }
        List<NeptuneRun> runs = new ArrayList<>();
        Set<Path> folders = new LinkedHashSet<>();
        folders.add(root);
        parts.forEach((run, files) -> {
            Path project = requireNonNull(run.getParent());
            if (MODELS.contains(FileFinder.name(project))) {
                left.add("models and model versions of Neptune", 1);
            } else if (!files.containsKey(0)) {
                problems.add(run
                        + "_part_*.parquet are left out: there is no part 0, so the run was not exported to its end.");
            } else {
                Path filesOfProject = filesOf(project);
                if (Files.isDirectory(filesOfProject) && !filesOfProject.startsWith(root)) {
                    folders.add(filesOfProject);
                }
                List<Path> inOrder = List.copyOf(files.values());
                NeptuneRun.open(inOrder, filesOfProject, problems, left).ifPresent(runs::add);
            }
        });
        return new TrackerSource("archive of neptune-exporter " + root, List.copyOf(folders), runs, problems, left);
    }

    /** Returns where neptune-exporter puts the files of a project, beside the folder with the Parquet files of all projects. */
    private static Path filesOf(Path project) {
        Path data = requireNonNull(project.getParent(), "a project is in a folder");
        return data.resolveSibling("files").resolve(FileFinder.name(project));
    }
}
