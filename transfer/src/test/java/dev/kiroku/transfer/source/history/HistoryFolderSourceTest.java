package dev.kiroku.transfer.source.history;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.transfer.MetricPoints;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.tracking.RunStatus;
import dev.kiroku.transfer.SourceFactory;
import dev.kiroku.transfer.source.tracker.SourceReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads histories that pandas wrote, what the script for Aim made, and damaged files. */
class HistoryFolderSourceTest {
    @TempDir
    private Path folder;

    private static Path fixture(String name) throws Exception {
        return Path.of(
                HistoryFolderSourceTest.class.getResource("/trackers/" + name).toURI());
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "jsonl", "json", "parquet"})
    void readsHistoriesOfPandas(String format) throws Exception {
        try (var source = SourceFactory.open(fixture("history/" + format).toString())) {
            SourceReader reader = new SourceReader(source);
            assertEquals("vision", source.experiments().getFirst().name());
            RunRecord run = reader.runs().get(format);
            assertEquals(Map.of("lr", "1e-05", "opt.name", "adam"), SourceReader.map(run.params()));
            Map<String, String> tags = SourceReader.map(run.tags());
            assertEquals("team/vision/run-" + format, tags.get("kiroku.import.id"));
            assertEquals("https://wandb.ai/team/vision/runs/run-" + format, tags.get("kiroku.import.url"));
            assertEquals("b, a", tags.get("wandb.tags"));
            assertEquals("yes", tags.get("wandb.summary.best"));
            assertEquals("a note", tags.get("mlflow.note.content"));
            assertEquals("ann", run.userId());
            assertEquals(RunStatus.FAILED, run.status());
            assertEquals(1_700_000_000_000L, run.startTime());
            assertEquals(1_700_000_009_500L, run.endTime());
            Map<String, MetricPoints> metrics = reader.metrics(run);
            assertEquals(Set.of("flag", "loss", "val.acc"), metrics.keySet());
            assertArrayEquals(new long[] {0, 2, 4, 6, 8}, metrics.get("loss").steps());
            assertEquals(1 / 9.0, metrics.get("loss").values()[4], 1e-9);
            assertEquals(1_700_000_008_500L, metrics.get("loss").timestamps()[4]);
            assertEquals(0.9, metrics.get("val.acc").values()[9]);
            assertEquals(1, metrics.get("flag").values()[0]);
            assertEquals(List.of("texts of histories: 10"), source.left());
            assertEquals(List.of(), source.problems());
        }
    }

    @Test
    void readsWhatTheScriptForAimMade() throws Exception {
        try (var source = SourceFactory.open(fixture("aim").toString())) {
            SourceReader reader = new SourceReader(source);
            RunRecord run = reader.runs().get("first of vision");
            assertEquals(
                    Map.of("hparams.lr", "1e-05", "hparams.opt.name", "adam", "hparams.layers", "[1, 2]", "seed", "7"),
                    SourceReader.map(run.params()));
            assertEquals("baseline, v1", SourceReader.map(run.tags()).get("aim.tags"));
            Map<String, MetricPoints> metrics = reader.metrics(run);
            assertEquals(Set.of("acc", "loss subset:train", "loss subset:val"), metrics.keySet());
            assertEquals(50, metrics.get("loss subset:val").size());
            assertEquals(2 / 50.0, metrics.get("loss subset:val").values()[49]);
        }
    }

    @Test
    void passesByWhatIsDamaged() throws Exception {
        write(
                "cut",
                "{\"source\": \"x\", \"project\": \"p\", \"id\": \"cut\"}",
                "{\"loss\": 1}\n{\"loss\": NaN}\n{\"lo");
        write(
                "text",
                "{\"source\": \"x\", \"project\": \"p\", \"id\": \"text\", \"tags\": {\"k\": 1}}",
                "{\"a\": {\"b\": 2}}\n7\n");
        write("id", "{\"source\": \"x\", \"project\": \"p\"}", "");
        write("json", "{", "");
        write("nested", "[".repeat(100_000), "");
        write("names", "{\"source\": \"../x\", \"project\": \"p\", \"id\": \"../../etc\"}", "");
        Files.writeString(folder.resolve("names/history.csv"), "\"never ends\n");
        Files.delete(folder.resolve("names/history.jsonl"));
        try (var source = SourceFactory.open(folder.toString())) {
            SourceReader reader = new SourceReader(source);
            Map<String, RunRecord> runs = reader.runs();
            assertEquals(Set.of("../../etc", "cut", "text"), runs.keySet());
            MetricPoints loss = reader.metrics(runs.get("cut")).get("loss");
            assertArrayEquals(new double[] {1, Double.NaN}, loss.values());
            assertArrayEquals(new long[] {0, 1}, loss.steps(), "the numbers of the rows");
            assertEquals(2, reader.metrics(runs.get("text")).get("a.b").values()[0]);
            String problems = reader.problems();
            for (String part : List.of(
                    "cut/history.jsonl is left out from row 3 on: it is not valid JSON",
                    "text/history.jsonl is left out from row 2 on: it has values that are no JSON objects.",
                    "id/kiroku-run.json is left out: it has no id.",
                    "json/kiroku-run.json is left out: it is not valid JSON",
                    "nested/kiroku-run.json is left out: it is not valid JSON",
                    "names/history.csv is left out from row 1 on: it ends within quotes.")) {
                assertTrue(problems.contains(part), part + " is not in\n" + problems);
            }
        }
    }

    private void write(String name, String run, String history) throws IOException {
        Path target = Files.createDirectories(folder.resolve(name));
        Files.writeString(target.resolve("kiroku-run.json"), run);
        Files.writeString(target.resolve("history.jsonl"), history);
    }
}
