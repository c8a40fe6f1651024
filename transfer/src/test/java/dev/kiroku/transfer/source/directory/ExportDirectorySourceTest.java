package dev.kiroku.transfer.source.directory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.MetricPoints;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.tracking.ModelOutput;
import dev.kiroku.model.tracking.RunStatus;
import dev.kiroku.transfer.SourceFactory;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads what {@code export-all} of mlflow-export-import 1.2.0 wrote, and files in the form of its later version 2. */
class ExportDirectorySourceTest {
    private static final String FAILED = "5d17c363856a473cb65ea879b8838eee";

    @TempDir
    private Path folder;

    private static Path fixture() throws URISyntaxException {
        return Path.of(ExportDirectorySourceTest.class
                .getResource("/export-import/1.2.0")
                .toURI());
    }

    private static <R> List<R> all(Iterator<List<R>> pages) {
        List<R> all = new ArrayList<>();
        pages.forEachRemaining(all::addAll);
        return all;
    }

    private static Map<String, MetricPoints> metrics(ExportDirectorySource source, RunRecord run) {
        Map<String, MetricPoints> points = new HashMap<>();
        source.readMetrics(List.of(run), part -> part.series().forEach(each -> points.put(each.key(), each)));
        return points;
    }

    @Test
    void readsAllOfAServer() throws Exception {
        try (var source = assertInstanceOf(
                ExportDirectorySource.class, SourceFactory.open(fixture().toString()))) {
            List<ExperimentRecord> experiments = source.experiments();
            assertEquals(
                    List.of("Default", "uno", "empty"),
                    experiments.stream().map(ExperimentRecord::name).toList());
            assertEquals(1_796_049_202_566L, experiments.get(1).creationTime());
            List<RunRecord> runs = all(source.runs(List.of(1L)));
            assertEquals(2, runs.size());
            RunRecord failed = runs.stream()
                    .filter(run -> run.id().equals(FAILED))
                    .findFirst()
                    .orElseThrow();
            assertEquals(RunStatus.FAILED, failed.status());
            assertEquals(1_796_049_665_809L, failed.startTime());
            assertEquals(1_796_049_665_856L, failed.endTime());
            assertTrue(failed.params().contains(new KeyValue("p", "x,\"y\"\nz")));
            assertTrue(failed.artifactUri().endsWith("/" + FAILED + "/artifacts"), failed.artifactUri());
            assertTrue(failed.artifactUri().startsWith("file:"), failed.artifactUri());
            assertArrayEquals(
                    new double[] {1, 0.1, 1e-7, 1e22, Double.NaN},
                    metrics(source, failed).get("a").values());
            assertEquals(6, metrics(source, failed).size());

            RegisteredModelRecord iris = all(source.registeredModels()).getFirst();
            assertEquals("a model\nof irises", iris.description());
            assertEquals(List.of(new KeyValue("task", "classification")), iris.tags());
            assertEquals(2, iris.versions().size());
            assertEquals(Stage.PRODUCTION, iris.versions().getFirst().stage());
            assertEquals("first", iris.versions().getFirst().description());
            assertEquals(
                    List.of(new KeyValue("ok", "yes")),
                    iris.versions().getFirst().tags());
            assertEquals(FAILED, iris.versions().getFirst().runId());
            assertEquals(List.of(new RegisteredModelRecord.Alias("champion", 2)), iris.aliases());
            assertEquals(List.of(), source.problems());
            assertEquals(3L, source.inventory().counts().get(dev.kiroku.core.transfer.RecordKind.EXPERIMENT));
        }
    }

    @Test
    void readsASingleRunOfVersion2() throws Exception {
        Files.writeString(folder.resolve("run.json"), """
                {"system": {"export_file_version": "2"}, "mlflow": {
                  "info": {"run_id": "0123456789abcdef0123456789abcdef", "experiment_id": "7", "status": "FINISHED",
                    "start_time": 5, "end_time": 6, "user_id": "ann", "run_name": "r", "lifecycle_stage": "active",
                    "artifact_uri": "s3://b/7/0123456789abcdef0123456789abcdef/artifacts"},
                  "params": {"lr": "0.1"}, "tags": {"k": "v"},
                  "metrics": {"loss": [{"value": NaN, "timestamp": 1, "step": 0}, {"value": Infinity, "timestamp": 2, "step": -1}]},
                  "inputs": {"dataset_inputs": [{"dataset": {"name": "iris", "digest": "d", "source_type": "local", "source": "{}"},
                    "tags": [{"key": "mlflow.data.context", "value": "training"}]}], "model_inputs": [{"model_id": "m-1"}]},
                  "outputs": {"model_outputs": [{"model_id": "m-2", "step": 3}]}}}
                """);
        Files.writeString(Files.createDirectories(folder.resolve("m-2")).resolve("logged_model.json"), """
                {"mlflow": {"model_id": "m-2", "experiment_id": "7", "name": "net", "status": "READY", "creation_timestamp": 9,
                  "source_run_id": "0123456789abcdef0123456789abcdef", "tags": {"a": "b"}, "params": {"depth": "3"},
                  "artifact_location": "s3://b/models/m-2"}}
                """);
        Files.writeString(
                Files.createDirectories(folder.resolve("artifacts/model")).resolve("model.json"),
                "an artifact, no model");
        try (ExportDirectorySource source = new ExportDirectorySource(folder)) {
            assertEquals("experiment 7", source.experiments().getFirst().name());
            assertEquals("s3://b/7", source.experiments().getFirst().artifactLocation());
            RunRecord run = all(source.runs(List.of(7L))).getFirst();
            assertEquals("iris", run.datasets().getFirst().dataset().name());
            assertEquals("training", run.datasets().getFirst().tags().getFirst().value());
            assertEquals("m-1", run.modelInputs().getFirst().modelId());
            assertEquals(List.of(new ModelOutput("m-2", 3L)), run.modelOutputs());
            assertArrayEquals(
                    new double[] {Double.NaN, Double.POSITIVE_INFINITY},
                    metrics(source, run).get("loss").values());
            LoggedModelRecord model = all(source.loggedModels(List.of(7L))).getFirst();
            assertEquals("net", model.name());
            assertEquals("s3://b/models/m-2", model.artifactLocation());
            assertEquals(List.of(), source.problems());
        }
    }

    @Test
    void leavesOutWhatIsDamaged() throws Exception {
        Files.writeString(
                folder.resolve("experiment.json"),
                "{\"mlflow\": {\"experiment\": {\"experiment_id\": \"3\", \"name\": \"e\"}}}");
        Files.writeString(
                Files.createDirectories(folder.resolve("r1")).resolve("run.json"), "{\"mlflow\": {\"info\": {");
        Files.writeString(
                Files.createDirectories(folder.resolve("r2")).resolve("run.json"), "{\"mlflow\": {\"info\": {}}}");
        Files.writeString(
                Files.createDirectories(folder.resolve("r3")).resolve("run.json"),
                "{\"info\": {\"experiment_id\": \"3\", \"status\": \"FINISHED\"}}");
        try (ExportDirectorySource source = new ExportDirectorySource(folder)) {
            assertEquals(1, source.experiments().size());
            assertEquals("r3", all(source.runs(List.of(3L))).getFirst().id(), "of the first releases");
            String problems = String.join("\n", source.problems());
            assertTrue(problems.contains("r1/run.json is left out: it is not valid JSON"), problems);
            assertTrue(problems.contains("r2/run.json is left out: it has no experiment_id."), problems);
        }
    }

    @Test
    void refusesOtherFolders() {
        KirokuException refusal = assertThrows(KirokuException.class, () -> new ExportDirectorySource(folder));
        assertTrue(refusal.getMessage().contains("experiment.json"), refusal.getMessage());
    }
}
