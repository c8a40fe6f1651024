package dev.kiroku.transfer.source.tensorboard;

import dev.kiroku.model.KirokuException;
import dev.kiroku.transfer.source.TransferSource;
import dev.kiroku.transfer.source.files.Problems;
import dev.kiroku.transfer.source.tracker.FileFinder;
import dev.kiroku.transfer.source.tracker.LeftRecords;
import dev.kiroku.transfer.source.tracker.TrackerSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Opens a folder with event files of TensorBoard, at any depth. Scalars become metrics and what the hparams plug-in recorded becomes params. The
 * folder is the experiment.
 */
public final class TensorBoardSource {
    private static final String EVENTS = "tfevents";

    private TensorBoardSource() {}

    /** Returns whether there are event files in a folder or below it. */
    public static boolean accepts(Path folder) {
        return FileFinder.contains(folder, TensorBoardSource::isEventFile);
    }

    private static boolean isEventFile(String name) {
        return name.contains(EVENTS);
    }

    /**
     * Opens a folder.
     *
     * @throws KirokuException with {@code INVALID_PARAMETER_VALUE} if it has no event files
     */
    public static TransferSource open(Path folder) {
        Path root = folder.toAbsolutePath().normalize();
        Problems problems = new Problems();
        LeftRecords left = new LeftRecords();
        Map<Path, List<Path>> folders = FileFinder.find(root, TensorBoardSource::isEventFile, problems).stream()
                .collect(Collectors.groupingBy(Path::getParent, TreeMap::new, Collectors.toList()));
        if (folders.isEmpty()) {
            throw KirokuException.invalid("%s has no event files of TensorBoard (*tfevents*).", folder);
        }
        String project = FileFinder.name(root);
        List<EventRun> runs = new ArrayList<>();
        folders.forEach((path, files) -> {
            String relative = root.relativize(path).toString().replace('\\', '/');
            runs.add(new EventRun(project, relative.isEmpty() ? project : relative, path, files, problems, left));
        });
        return new TrackerSource("TensorBoard folder " + root, List.of(root), runs, problems, left);
    }
}
