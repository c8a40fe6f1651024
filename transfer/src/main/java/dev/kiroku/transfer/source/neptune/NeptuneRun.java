package dev.kiroku.transfer.source.neptune;

import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.tracking.RunStatus;
import dev.kiroku.transfer.source.PointCollector;
import dev.kiroku.transfer.source.files.Problems;
import dev.kiroku.transfer.source.parquet.ParquetReader;
import dev.kiroku.transfer.source.tracker.LeftRecords;
import dev.kiroku.transfer.source.tracker.MetricWriter;
import dev.kiroku.transfer.source.tracker.RunBuilder;
import dev.kiroku.transfer.source.tracker.RunIds;
import dev.kiroku.transfer.source.tracker.TrackedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A run of Neptune.
 *
 * @param project {@code workspace/project}
 * @param id of the run in the project
 * @param parts Parquet files with a row for each attribute, or for each point of a series
 * @param files the folder with the files of the project, which need not exist
 */
record NeptuneRun(String project, String id, List<Path> parts, Path files, Problems problems, LeftRecords left)
        implements TrackedRun {
    private static final String TRACKER = "neptune";
    private static final List<String> KEY_COLUMNS = List.of("project_id", "run_id");
    private static final Map<String, String> LEFT_TYPES = Map.of(
            "string_series", "values of text series (they are in the Parquet files)",
            "histogram_series", "histograms (they are in the Parquet files)",
            "file", "files (in the artifact location of the run, if they were exported)",
            "file_set", "files (in the artifact location of the run, if they were exported)",
            "artifact", "files (in the artifact location of the run, if they were exported)",
            "file_series", "files (in the artifact location of the run, if they were exported)");

    /** Ends the reading of a file after its first row. */
    private static final class FirstRow extends IOException {
        private static final long serialVersionUID = 1;
    }

    /** Finds out which run files are of, from their first row. Reports files that do not say it. */
    static Optional<NeptuneRun> open(List<Path> parts, Path files, Problems problems, LeftRecords left) {
        String[] key = new String[2];
        try (ParquetReader reader = new ParquetReader(parts.getFirst())) {
            reader.read(KEY_COLUMNS, values -> {
                key[0] = values[0] instanceof String project ? project : "";
                key[1] = values[1] instanceof String run ? run : "";
                throw new FirstRow();
            });
        } catch (FirstRow e) {
            // read
        } catch (IOException e) {
            problems.add(parts.getFirst() + " is left out: " + e.getMessage() + ".");
            return Optional.empty();
        }
        if (key[0] == null || key[0].isEmpty() || key[1].isEmpty()) {
            problems.add(parts.getFirst() + " is left out: it does not say which run it is of.");
            return Optional.empty();
        }
        return Optional.of(new NeptuneRun(key[0], key[1], parts, files, problems, left));
    }

    @Override
    public Optional<RunRecord> read(long experimentId) {
        Attributes attributes = new Attributes(id, left, this::runId);
        FileFolders folders = new FileFolders();
        long[] points = {0};
        read(row -> {
            if (row.isPoint()) {
                points[0]++;
                attributes.onTime(row.timestamp());
                if (row.step() != Math.rint(row.step())) {
                    left.add("points whose step is no whole number (it is rounded down)", 1);
                }
            } else if (LEFT_TYPES.containsKey(row.type())) {
                left.add(LEFT_TYPES.get(row.type()), 1);
                folders.add(row.file());
            } else if (row.value() != null) {
                attributes.add(row.path(), row.type(), row.value());
            } else {
                left.add("attributes without a value, or of unknown types", 1);
            }
        });
        RunBuilder run = attributes.build();
        run.origin(TRACKER, project + "/" + id);
        run.status(attributes.isFailed() ? RunStatus.FAILED : RunStatus.FINISHED);
        folders.find().ifPresent(run::artifactUri);
        return Optional.of(run.build(experimentId, points[0]));
    }

    private String runId(String someId) {
        return RunIds.of(TRACKER, project, someId);
    }

    private void read(AttributeRow.Consumer consumer) {
        for (Path part : parts) {
            try (ParquetReader reader = new ParquetReader(part)) {
                reader.read(AttributeRow.COLUMNS, values -> consumer.accept(AttributeRow.of(values)));
            } catch (IOException e) {
                problems.add(part + " is left out from some row on: " + e.getMessage() + ".");
            }
        }
    }

    @Override
    public void readMetrics(String runId, PointCollector points) {
        MetricWriter metrics = new MetricWriter(runId, points, problems);
        read(row -> {
            if (row.isPoint() && row.value() instanceof Double value) {
                metrics.add(row.path(), row.timestamp(), (long) Math.floor(row.step()), value);
            }
        });
    }

    @Override
    public String toString() {
        return parts.getFirst().toString();
    }

    /** Finds the folder that has all files of the run. */
    private final class FileFolders {
        private final Set<String> names = new HashSet<>();

        /** @param path of a file below the folder of the project */
        void add(@Nullable String path) {
            if (path == null || names.size() > 1) {
                return;
            }
            try {
                Path relative = Path.of(path.replace('\\', '/')).normalize();
                if (!relative.isAbsolute() && !relative.startsWith("..") && relative.getNameCount() > 0) {
                    names.add(relative.getName(0).toString());
                }
            } catch (InvalidPathException e) {
                problems.add("A file of " + NeptuneRun.this + " has a path that cannot be.");
            }
        }

        Optional<String> find() {
            Path folder = names.size() == 1 ? files.resolve(names.iterator().next()) : files;
            return !names.isEmpty() && Files.isDirectory(folder)
                    ? Optional.of(folder.toUri().toString().replaceAll("/$", ""))
                    : Optional.empty();
        }
    }
}
