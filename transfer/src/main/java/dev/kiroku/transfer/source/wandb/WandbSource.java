package dev.kiroku.transfer.source.wandb;

import dev.kiroku.model.KirokuException;
import dev.kiroku.transfer.source.TransferSource;
import dev.kiroku.transfer.source.files.Problems;
import dev.kiroku.transfer.source.tracker.FileFinder;
import dev.kiroku.transfer.source.tracker.LeftRecords;
import dev.kiroku.transfer.source.tracker.ProtobufReader;
import dev.kiroku.transfer.source.tracker.TrackerSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Opens a folder with run folders of Weights &amp; Biases, which have a {@code .wandb} file each: those of offline runs, or of others. */
public final class WandbSource {
    private static final String EXTENSION = ".wandb";
    private static final int RUN = 17;

    private WandbSource() {}

    /** Returns whether there are such run folders in a folder or below it. */
    public static boolean accepts(Path folder) {
        return FileFinder.contains(folder, WandbSource::isLog);
    }

    private static boolean isLog(String name) {
        return name.endsWith(EXTENSION);
    }

    private record RunKey(String entity, String project, String id) {}

    /**
     * Opens a folder.
     *
     * @throws KirokuException with {@code INVALID_PARAMETER_VALUE} if it has no run folders
     */
    public static TransferSource open(Path folder) {
        Path root = folder.toAbsolutePath().normalize();
        Problems problems = new Problems();
        LeftRecords left = new LeftRecords();
        List<Path> files = FileFinder.find(root, WandbSource::isLog, problems);
        if (files.isEmpty()) {
            throw KirokuException.invalid("%s has no run folders of Weights & Biases (*.wandb).", folder);
        }
        Map<RunKey, WandbRun> runs = new LinkedHashMap<>();
        for (Path file : files) {
            RunFields fields = findRun(file, problems);
            if (fields == null) {
                problems.add(file + " is left out: it does not say which run it is of.");
            } else {
                runs.computeIfAbsent(
                                new RunKey(fields.entity(), fields.project(), fields.id()),
                                _ -> new WandbRun(fields, new ArrayList<>(), problems, left))
                        .files()
                        .add(file);
            }
        }
        return new TrackerSource(
                "Weights & Biases folder " + root, List.of(root), List.copyOf(runs.values()), problems, left);
    }

    /** Returns the first record of the run, which is the second or third of the file; null if there is none. */
    private static @Nullable RunFields findRun(Path file, Problems problems) {
        AtomicReference<RunFields> found = new AtomicReference<>();
        new LogFile(file, problems).read(data -> {
            ProtobufReader record = new ProtobufReader(data);
            while (record.next()) {
                if (record.field() == RUN) {
                    found.set(RunFields.parse(record.asMessage()));
                }
            }
            return found.get() == null;
        });
        RunFields fields = found.get();
        return fields == null || fields.id().isEmpty() ? null : fields;
    }
}
