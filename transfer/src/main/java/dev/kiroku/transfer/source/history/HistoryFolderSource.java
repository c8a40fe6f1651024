package dev.kiroku.transfer.source.history;

import static java.util.Objects.requireNonNull;

import dev.kiroku.model.KirokuException;
import dev.kiroku.transfer.source.TransferSource;
import dev.kiroku.transfer.source.files.Problems;
import dev.kiroku.transfer.source.tracker.FileFinder;
import dev.kiroku.transfer.source.tracker.JsonParams;
import dev.kiroku.transfer.source.tracker.LeftRecords;
import dev.kiroku.transfer.source.tracker.TrackerSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Opens a folder of which each run has a folder with {@code kiroku-run.json}, which describes it, and {@code history.jsonl}, {@code history.csv} or
 * {@code history.parquet}, with a row for each step. Scripts make it from the API of other trackers.
 */
public final class HistoryFolderSource {
    private static final String RUN_FILE = "kiroku-run.json";
    private static final long MAX_RUN_FILE = 16 << 20;

    private HistoryFolderSource() {}

    /** Returns whether there are such folders in a folder or below it. */
    public static boolean accepts(Path folder) {
        return FileFinder.contains(folder, RUN_FILE::equals);
    }

    /**
     * Opens a folder.
     *
     * @throws KirokuException with {@code INVALID_PARAMETER_VALUE} if it has no such folders
     */
    public static TransferSource open(Path folder) {
        Path root = folder.toAbsolutePath().normalize();
        Problems problems = new Problems();
        LeftRecords left = new LeftRecords();
        List<Path> files = FileFinder.find(root, RUN_FILE::equals, problems);
        if (files.isEmpty()) {
            throw KirokuException.invalid("%s has no folders with a file %s.", folder, RUN_FILE);
        }
        List<HistoryRun> runs = new ArrayList<>();
        for (Path file : files) {
            try {
                RunKey key = RunKey.of(read(file));
                runs.add(new HistoryRun(key, requireNonNull(file.getParent()), problems, left));
            } catch (IOException e) {
                problems.add(file + " is left out: " + e.getMessage() + ".");
            }
        }
        return new TrackerSource("folder of runs " + root, List.of(root), runs, problems, left);
    }

    /**
     * What identifies a run.
     *
     * @param source the tracker, such as {@code aim}
     * @param entity the owner of the project; may be empty
     */
    record RunKey(String source, String entity, String project, String id) {
        static RunKey of(JsonNode run) throws IOException {
            return new RunKey(
                    require(run, "source"),
                    run.path("entity").asString(""),
                    require(run, "project"),
                    require(run, "id"));
        }

        private static String require(JsonNode run, String field) throws IOException {
            String text = run.path(field).isValueNode() ? run.path(field).asString("") : "";
            if (text.isEmpty()) {
                throw new IOException("it has no " + field);
            }
            return text;
        }
    }

    /** Reads the description of the run in a folder. */
    static JsonNode readRun(Path folder) throws IOException {
        return read(folder.resolve(RUN_FILE));
    }

    private static JsonNode read(Path file) throws IOException {
        if (Files.size(file) > MAX_RUN_FILE) {
            throw new IOException("it has more than " + (MAX_RUN_FILE >> 20) + " MiB");
        }
        try {
            JsonNode node = JsonParams.JSON.readTree(Files.readAllBytes(file));
            if (!node.isObject()) {
                throw new IOException("it is not a JSON object");
            }
            return node;
        } catch (JacksonException e) {
            throw new IOException("it is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }
}
