package dev.kiroku.transfer.source.wandb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.MetricPoints;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.tracking.RunStatus;
import dev.kiroku.transfer.SourceFactory;
import dev.kiroku.transfer.source.tracker.SourceReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads the folders of offline runs that wandb 0.31.0 and 0.16.6 wrote, and damaged ones. */
class WandbSourceTest {
    @TempDir
    private Path folder;

    private static Path fixture() throws Exception {
        return Path.of(WandbSourceTest.class.getResource("/trackers/wandb").toURI());
    }

    private static Path log(String time) throws Exception {
        return fixture().resolve("offline-run-20261130_" + time + "-run1/run-run1.wandb");
    }

    @Test
    void readsARunThatWasResumed() throws Exception {
        try (var source = SourceFactory.open(fixture().toString())) {
            SourceReader reader = new SourceReader(source);
            assertEquals(
                    List.of("old", "speech", "vision"),
                    source.experiments().stream().map(ExperimentRecord::name).toList());
            RunRecord run = reader.runs().get("first of vision");
            assertEquals(
                    Map.of(
                            "lr", "1e-05",
                            "layers", "[1, 2]",
                            "opt.name", "adam",
                            "opt.betas.b1", "0.9",
                            "bias", "True",
                            "none", "None",
                            "text", "é",
                            "late", "5"),
                    SourceReader.map(run.params()));
            Map<String, String> tags = SourceReader.map(run.tags());
            assertEquals("team/vision/run1", tags.get("kiroku.import.id"));
            assertEquals("baseline, v1", tags.get("wandb.tags"));
            assertEquals("sweep-a", tags.get("wandb.group"));
            assertEquals("train", tags.get("wandb.job_type"));
            assertEquals("a note\nof two lines", tags.get("mlflow.note.content"));
            assertEquals("good", tags.get("wandb.summary.verdict"));
            assertEquals("0.001", tags.get("wandb.summary.sparse"), "it is not that of the last row");
            assertFalse(tags.containsKey("wandb.summary.val.acc"), tags::toString);
            assertEquals(RunStatus.FINISHED, run.status());
            assertTrue(run.artifactUri().endsWith("_200340-run1/files"), run.artifactUri());

            Map<String, MetricPoints> metrics = reader.metrics(run);
            assertEquals(Set.of("best/acc", "big _x_", "edge", "loss", "sparse", "val.acc"), metrics.keySet());
            MetricPoints loss = metrics.get("loss");
            assertEquals(201, loss.size());
            assertEquals(1.0 / 200, loss.values()[199]);
            assertEquals(2000, loss.steps()[200]);
            assertEquals(1000, metrics.get("sparse").steps()[0]);
            assertTrue(Double.isNaN(metrics.get("edge").values()[0]));
            assertEquals(Double.POSITIVE_INFINITY, metrics.get("big _x_").values()[0]);
            assertEquals(run.startTime(), metrics.get("best/acc").timestamps()[0]);
            assertEquals(loss.timestamps()[200], run.endTime());
            assertEquals(List.of(), source.problems());
            assertEquals(
                    List.of(
                            "folders with files of resumed runs, beside the first: 1",
                            "texts of histories: 2",
                            "values of histories of the type histogram: 2",
                            "values of histories of the type image-file: 1"),
                    source.left());
        }
    }

    @Test
    void readsOtherRuns() throws Exception {
        try (var source = SourceFactory.open(fixture().toString())) {
            SourceReader reader = new SourceReader(source);
            Map<String, RunRecord> runs = reader.runs();
            assertEquals(RunStatus.FAILED, runs.get("second of vision").status());
            assertEquals("run1", runs.get("run1 of speech").name(), "the ID, because it has no name");
            assertNotEquals(
                    runs.get("first of vision").id(), runs.get("run1 of speech").id());
            RunRecord old = runs.get("first of old");
            assertEquals(Map.of("lr", "1e-05", "opt.name", "adam"), SourceReader.map(old.params()));
            Map<String, MetricPoints> metrics = reader.metrics(old);
            assertEquals(2 / 30.0, metrics.get("val.acc").values()[2]);
            assertEquals(1, metrics.get("best").values()[0]);
            assertTrue(metrics.containsKey("system/cpu"), () -> metrics.keySet().toString());
        }
    }

    @Test
    void passesByWhatIsDamaged() throws Exception {
        byte[] bytes = Files.readAllBytes(log("200340"));
        byte[] wrong = bytes.clone();
        wrong[40_000] ^= 1;
        write("block", wrong);
        byte[] resumed = Files.readAllBytes(log("200344"));
        write("cut", Arrays.copyOf(resumed, resumed.length - 30));
        write("other", "not a log".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        write("empty", Arrays.copyOf(resumed, 7));
        try (var source = SourceFactory.open(folder.toString())) {
            SourceReader reader = new SourceReader(source);
            RunRecord run = reader.runs().get("first");
            assertEquals(RunStatus.RUNNING, run.status(), "the last file has no end");
            assertNull(run.endTime());
            int points = reader.metrics(run).get("loss").size();
            assertTrue(points > 100 && points < 200, () -> points + " points outside of the block");
            String problems = reader.problems();
            for (String part : List.of(
                    "block/run.wandb is left out from byte ",
                    " to 65536: it is damaged.",
                    "cut/run.wandb ends within a record, which is left out.",
                    "other/run.wandb is left out: it is not a file of Weights & Biases.",
                    "empty/run.wandb is left out: it does not say which run it is of.")) {
                assertTrue(problems.contains(part), part + " is not in\n" + problems);
            }
        }
    }

    @Test
    void survivesAnyDamage() throws Exception {
        byte[] bytes = Files.readAllBytes(log("200340"));
        Random random = new Random(7);
        for (int i = 0; i < 30; i++) {
            byte[] damaged = bytes.clone();
            // In the messages, with right checksums, and in the frames.
            for (int n = 0; n < 5; n++) {
                damaged[7 + random.nextInt(damaged.length - 7)] = (byte) random.nextInt();
            }
            write("run" + i, damaged);
        }
        try (var source = SourceFactory.open(folder.toString())) {
            SourceReader reader = new SourceReader(source);
            reader.runs().values().forEach(reader::metrics);
            assertFalse(source.problems().isEmpty());
        }
    }

    private void write(String run, byte[] bytes) throws IOException {
        Files.write(Files.createDirectories(folder.resolve(run)).resolve("run.wandb"), bytes);
    }
}
