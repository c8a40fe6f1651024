package dev.kiroku.transfer.source.neptune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.transfer.MetricPoints;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.tracking.RunStatus;
import dev.kiroku.transfer.SourceFactory;
import dev.kiroku.transfer.source.tracker.SourceReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads an archive that the writer of neptune-exporter 0.1.0 made. */
class NeptuneSourceTest {
    private static final String PROJECT = "team_vision-0ce73ce3d1ac9290";
    private static final long START = 1_740_830_400_000L;

    @TempDir
    private Path folder;

    private static Path fixture() throws Exception {
        return Path.of(NeptuneSourceTest.class.getResource("/trackers/neptune").toURI());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "data"})
    void readsRuns(String below) throws Exception {
        try (var source = SourceFactory.open(fixture().resolve(below).toString())) {
            SourceReader reader = new SourceReader(source);
            assertEquals("team/vision", source.experiments().getFirst().name());
            Map<String, RunRecord> runs = reader.runs();
            assertEquals(Set.of("resnet", "RUN-2"), runs.keySet());
            RunRecord run = runs.get("resnet");
            assertEquals(
                    Map.of(
                            "config/lr", "1e-05",
                            "config/layers", "3",
                            "config/bias", "True",
                            "config/opt", "adam é",
                            "data/date", "2025-03-01T12:00:00Z"),
                    SourceReader.map(run.params()));
            Map<String, String> tags = SourceReader.map(run.tags());
            assertEquals("team/vision/RUN-1", tags.get("kiroku.import.id"));
            assertEquals("baseline, v1", tags.get("neptune.sys/tags"));
            assertEquals("a note", tags.get("mlflow.note.content"));
            assertEquals("ann", run.userId());
            assertEquals(RunStatus.FAILED, run.status());
            assertEquals(START, run.startTime());
            assertEquals(START + 2_999_000, run.endTime());
            assertTrue(run.artifactUri().endsWith("/neptune/files/" + PROJECT + "/RUN-1"), run.artifactUri());
            assertTrue(source.artifactRoots().stream()
                    .anyMatch(root -> run.artifactUri().startsWith("file://" + root.uri())));

            Map<String, MetricPoints> metrics = reader.metrics(run);
            assertEquals(Set.of("metrics/edge", "metrics/loss"), metrics.keySet());
            MetricPoints loss = metrics.get("metrics/loss");
            assertEquals(3000, loss.size());
            assertEquals(1 / 3000.0, loss.values()[2999]);
            assertEquals(2999, loss.steps()[2999]);
            assertEquals(START + 500, metrics.get("metrics/edge").timestamps()[0]);
            assertTrue(Double.isNaN(metrics.get("metrics/edge").values()[0]));
            assertEquals(Double.NEGATIVE_INFINITY, metrics.get("metrics/edge").values()[2]);

            assertEquals(
                    run.id(), SourceReader.map(runs.get("RUN-2").tags()).get("mlflow.parentRunId"), "it was forked");
            assertEquals(List.of(), source.problems());
            assertEquals(
                    List.of(
                            "attributes without a value, or of unknown types: 1",
                            "files (in the artifact location of the run, if they were exported): 2",
                            "histograms (they are in the Parquet files): 1",
                            "models and model versions of Neptune: 1",
                            "points whose step is no whole number (it is rounded down): 1",
                            "values of text series (they are in the Parquet files): 2"),
                    source.left());
        }
    }

    @Test
    void passesByWhatIsDamaged() throws Exception {
        Path data = fixture().resolve("data/" + PROJECT);
        Path target = Files.createDirectories(folder.resolve("data/" + PROJECT));
        try (var files = Files.list(data)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                String name = file.getFileName().toString();
                boolean cut = name.contains("part_1");
                boolean incomplete = name.startsWith("RUN-2");
                Files.write(
                        target.resolve(incomplete ? name.replace("part_0", "part_1") : name),
                        cut ? Arrays.copyOf(bytes, bytes.length / 2) : bytes);
            }
        }
        Files.writeString(target.resolve("other_part_0.parquet"), "not a Parquet file");
        try (var source = SourceFactory.open(folder.toString())) {
            SourceReader reader = new SourceReader(source);
            RunRecord run = reader.runs().get("resnet");
            assertNull(SourceReader.map(run.tags()).get("mlflow.parentRunId"));
            assertTrue(reader.metrics(run).isEmpty());
            assertTrue(run.artifactUri().isEmpty(), "there are no files");
            String problems = reader.problems();
            for (String part : List.of(
                    "part_1.parquet is left out from some row on: it is not a Parquet file, or cut.",
                    "RUN-2-54f5930fff19cfbd_part_*.parquet are left out: there is no part 0",
                    "other_part_0.parquet is left out: it is not a Parquet file")) {
                assertTrue(problems.contains(part), part + " is not in\n" + problems);
            }
        }
    }
}
