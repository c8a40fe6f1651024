package dev.kiroku.transfer.source.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.LoggedModelStatus;
import dev.kiroku.model.tracking.ModelOutput;
import dev.kiroku.model.tracking.RunStatus;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads folders that MLflow's client wrote: {@code make.py} in the resources says what is in them. */
class FileStoreSourceTest {
    @TempDir
    private Path folder;

    private static Path fixture(String release) throws URISyntaxException {
        return Path.of(
                FileStoreSourceTest.class.getResource("/mlruns/" + release).toURI());
    }

    private Path copy(String release) throws IOException, URISyntaxException {
        Path source = fixture(release);
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path target = folder.resolve(source.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
        return folder;
    }

    private static <R> List<R> all(Iterator<List<R>> pages) {
        List<R> all = new ArrayList<>();
        pages.forEachRemaining(all::addAll);
        return all;
    }

    private static List<RunRecord> runs(FileStoreSource source) {
        return all(source.runs(
                source.experiments().stream().map(ExperimentRecord::id).toList()));
    }

    private static RunRecord run(FileStoreSource source, String name) {
        return runs(source).stream()
                .filter(run -> run.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, MetricPoints> metrics(FileStoreSource source, RunRecord run) {
        Map<String, MetricPoints> points = new HashMap<>();
        source.readMetrics(List.of(run), part -> {
            for (MetricPoints each : part.series()) {
                points.put(each.key(), each);
            }
        });
        return points;
    }

    private static String value(List<KeyValue> values, String key) {
        return values.stream()
                .filter(each -> each.key().equals(key))
                .map(KeyValue::value)
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.22.4", "3.17.2"})
    void readsExperimentsAndRuns(String release) throws Exception {
        try (FileStoreSource source = new FileStoreSource(fixture(release))) {
            Map<String, ExperimentRecord> experiments =
                    source.experiments().stream().collect(Collectors.toMap(ExperimentRecord::name, each -> each));
            assertEquals(3, experiments.size());
            ExperimentRecord first = experiments.get("first");
            assertEquals("vision", value(first.tags(), "team"));
            assertEquals("two\nlines: 'quoted'", value(first.tags(), "mlflow.note.content"));
            assertEquals(LifecycleStage.DELETED, experiments.get("gone").stage());
            assertEquals(0, experiments.get("Default").id());
            assertTrue(first.creationTime() > 1_700_000_000_000L);

            assertEquals(5, runs(source).size());
            RunRecord parent = run(source, "parent");
            assertEquals(first.id(), parent.experimentId());
            assertEquals(RunStatus.FINISHED, parent.status());
            assertEquals("ann", parent.userId());
            assertEquals(1_700_000_000_000L, parent.startTime());
            assertEquals(1_700_000_005_000L, parent.endTime());
            assertEquals("two\nlines é", value(parent.params(), "text"));
            assertEquals("sgd", value(parent.params(), "opt/name"));
            assertEquals("", value(parent.params(), "empty"));
            assertEquals("slash", value(parent.tags(), "a/b"));
            assertEquals("iris", parent.datasets().getFirst().dataset().name());
            assertEquals(
                    "training", parent.datasets().getFirst().tags().getFirst().value());
            assertTrue(
                    parent.artifactUri().startsWith("file:")
                            && parent.artifactUri().contains("/mlruns/" + release),
                    "the folder beside the record, as the recorded one does not exist: " + parent.artifactUri());
            assertEquals(parent.id(), value(run(source, "child").tags(), "mlflow.parentRunId"));
            assertEquals(RunStatus.FAILED, run(source, "child").status());
            assertEquals(LifecycleStage.DELETED, run(source, "deleted").stage());
            assertTrue(run(source, "deleted").deletedTime() > 1_700_000_000_000L);
            assertEquals(RunStatus.RUNNING, run(source, "running").status());
            assertEquals(List.of(), source.problems());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.22.4", "3.17.2"})
    void readsAllMetricPoints(String release) throws Exception {
        try (FileStoreSource source = new FileStoreSource(fixture(release))) {
            Map<String, MetricPoints> metrics = metrics(source, run(source, "parent"));
            assertEquals(20, metrics.get("loss").size());
            assertEquals(0.025, metrics.get("loss").values()[19]);
            assertEquals(19, metrics.get("loss").steps()[19]);
            assertEquals(1_700_000_000_019L, metrics.get("loss").timestamps()[19]);
            assertEquals(
                    List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1.0, 1.0, 2.0),
                    java.util.Arrays.stream(metrics.get("odd").values()).boxed().toList());
            assertEquals(-1, metrics.get("odd").steps()[5]);
            assertEquals(0.75, metrics.get("val/acc").values()[0]);
            assertEquals(release.startsWith("3") ? 2 : 1, metrics.get("val/acc").size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.22.4", "3.17.2"})
    void readsRegisteredModels(String release) throws Exception {
        try (FileStoreSource source = new FileStoreSource(fixture(release))) {
            List<RegisteredModelRecord> models = all(source.registeredModels());
            models.sort(Comparator.comparing(RegisteredModelRecord::name));
            assertEquals(2, models.size());
            RegisteredModelRecord iris = models.getFirst();
            int versions = release.startsWith("3") ? 3 : 2;
            assertEquals("a model\nof irises", iris.description());
            assertEquals("classification", value(iris.tags(), "task"));
            assertEquals(versions, iris.versions().size(), "without the deleted one");
            assertEquals(versions + 1, iris.lastVersion());
            assertEquals(List.of(new RegisteredModelRecord.Alias("champion", 2)), iris.aliases());
            assertEquals(Stage.PRODUCTION, iris.versions().get(1).stage());
            assertEquals("first", iris.versions().getFirst().description());
            assertEquals("yes", value(iris.versions().getFirst().tags(), "ok"));
            assertEquals(run(source, "parent").id(), iris.versions().getFirst().runId());
        }
    }

    @Test
    void readsLoggedModels() throws Exception {
        try (FileStoreSource source = new FileStoreSource(fixture("3.17.2"))) {
            RunRecord parent = run(source, "parent");
            List<LoggedModelRecord> models = all(source.loggedModels(List.of(parent.experimentId())));
            LoggedModelRecord net = models.getFirst();
            assertEquals(1, models.size());
            assertEquals("net", net.name());
            assertEquals("Agent", net.modelType());
            assertEquals(parent.id(), net.sourceRunId());
            assertEquals(LoggedModelStatus.LOGGED_MODEL_READY, net.status());
            assertEquals(List.of(new KeyValue("depth", "3")), net.params());
            assertEquals(List.of(new KeyValue("k", "v")), net.tags());
            assertEquals(0.8, net.metrics().getFirst().value());
            assertEquals(parent.id(), net.metrics().getFirst().runId());
            assertEquals("iris", net.metrics().getFirst().datasetName());
            assertEquals(List.of(new ModelOutput(net.id(), 1L)), parent.modelOutputs());
        }
    }

    @Test
    void leavesOutWhatIsDamaged() throws Exception {
        Path root = copy("3.17.2");
        Path runFolder;
        try (FileStoreSource source = new FileStoreSource(root)) {
            RunRecord parent = run(source, "parent");
            runFolder = root.resolve(parent.experimentId() + "/" + parent.id());
        }
        Files.writeString(runFolder.resolve("metrics/loss"), "1 0.5 0\n2 x 1\n3 0.25 2\n4 0.1 1");
        Files.write(runFolder.resolve("params/lr"), new byte[] {(byte) 0xC3, 0x28});
        Files.createDirectories(root.resolve("12/abc"));
        Files.createDirectories(runFolder.resolveSibling("0123456789abcdef0123456789abcdef"));
        Files.writeString(
                Files.createDirectories(runFolder.resolveSibling("1123456789abcdef0123456789abcdef"))
                        .resolve("meta.yaml"),
                "run_id: '11");
        Files.writeString(root.resolve("models/unused/meta.yaml"), "");
        try (FileStoreSource source = new FileStoreSource(root)) {
            assertEquals(3, source.experiments().size());
            assertEquals(5, runs(source).size());
            RunRecord parent = run(source, "parent");
            assertFalse(parent.params().stream().anyMatch(param -> param.key().equals("lr")));
            MetricPoints loss = metrics(source, parent).get("loss");
            assertEquals(2, loss.size());
            assertEquals(0.25, loss.values()[1]);
            assertEquals(1, all(source.registeredModels()).size());
            String problems = String.join("\n", source.problems());
            for (String part : List.of(
                    "metrics/loss, line 2 is left out: it is damaged.",
                    "metrics/loss, line 4 is left out: it is incomplete.",
                    "params/lr is left out: it is not UTF-8.",
                    "12 is left out: it has no meta.yaml.",
                    "0123456789abcdef0123456789abcdef is left out: it has no meta.yaml.",
                    "1123456789abcdef0123456789abcdef is left out: ",
                    "unused is left out: meta.yaml is empty or damaged.")) {
                assertTrue(problems.contains(part), problems);
            }
        }
    }

    @Test
    void readsTheFirstReleases() throws Exception {
        Path run = Files.createDirectories(folder.resolve("0/0123456789abcdef0123456789abcdef/metrics"));
        Files.writeString(run.resolve("m"), "1540000000 0.5\n1540000001 0.25\n");
        Files.writeString(
                folder.resolve("0/meta.yaml"),
                "artifact_location: ./mlruns/0\nexperiment_id: 0\nlifecycle_stage: active\nname: Default\n");
        Files.writeString(run.resolveSibling("meta.yaml"), """
                artifact_uri: ./mlruns/0/0123456789abcdef0123456789abcdef/artifacts
                end_time: null
                entry_point_name: ''
                experiment_id: 0
                name: old
                run_uuid: 0123456789abcdef0123456789abcdef
                source_type: 4
                start_time: 1540000000000
                status: 1
                tags: []
                user_id: ann
                """);
        try (FileStoreSource source = new FileStoreSource(folder)) {
            RunRecord old = run(source, "old");
            assertEquals("0123456789abcdef0123456789abcdef", old.id());
            assertEquals(2, metrics(source, old).get("m").size());
            assertEquals(0, metrics(source, old).get("m").steps()[1]);
        }
    }

    @Test
    void largeMetricFilesComeInParts() throws Exception {
        Path run = Files.createDirectories(folder.resolve("0/0123456789abcdef0123456789abcdef/metrics"));
        Files.writeString(folder.resolve("0/meta.yaml"), "experiment_id: '0'\nname: Default\n");
        Files.writeString(run.resolveSibling("meta.yaml"), "run_id: 0123456789abcdef0123456789abcdef\nstatus: 3\n");
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < FileStoreSource.MAX_POINTS + 5; i++) {
            lines.append(i).append(" 0.5 ").append(i).append('\n');
        }
        Files.writeString(run.resolve("m"), lines);
        try (FileStoreSource source = new FileStoreSource(folder)) {
            List<Long> sizes = new ArrayList<>();
            source.readMetrics(runs(source), part -> sizes.add(part.size()));
            assertEquals(List.of((long) FileStoreSource.MAX_POINTS, 5L), sizes);
        }
    }

    @Test
    void refusesOtherFolders() {
        KirokuException refusal = assertThrows(KirokuException.class, () -> new FileStoreSource(folder));
        assertTrue(refusal.getMessage().contains("mlruns"), refusal.getMessage());
    }

    @Test
    void countsAreThoseOfTheFolders() throws Exception {
        try (FileStoreSource source = new FileStoreSource(fixture("3.17.2"))) {
            var counts = source.inventory().counts();
            assertEquals("{EXPERIMENT=3, RUN=5, LOGGED_MODEL=1, REGISTERED_MODEL=2}", counts.toString());
        }
    }
}
