package dev.kiroku.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.cli.Cli;
import dev.kiroku.cli.command.CommandContext;
import dev.kiroku.client.ClientSettings;
import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.MetricPoints;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.reference.MlflowInstallation;
import dev.kiroku.transfer.SourceFactory;
import dev.kiroku.transfer.source.TransferSource;
import dev.kiroku.transfer.source.rest.RestSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Moves what an MLflow server holds to Kiroku, from its database and over its API, and back into a database that MLflow created, and compares
 * the answers of MLflow on both databases.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MlflowExportTest {
    @TempDir
    private static Path folder;

    private PythonFixture python;
    private String source;
    private String target;
    private CompletableFuture<ServerProcess> mlflow;

    @BeforeAll
    void fill() throws Exception {
        python = PythonFixture.withMlflow(folder);
        source = "sqlite:///" + folder.resolve("source.db");
        target = "sqlite:///" + folder.resolve("target.db");
        python.runScript("clients/round_trip.py", "fill", source, target);
        mlflow = CompletableFuture.supplyAsync(
                () -> startMlflow(source), task -> Thread.ofVirtual().start(task));
    }

    @AfterAll
    void stop() {
        if (mlflow != null) {
            mlflow.join().close();
        }
    }

    private static ServerProcess startMlflow(String database) {
        try {
            return ServerProcess.start(
                    "MLflow", MlflowInstallation.findOrInstall().serverCommand(database));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void everyRecordReturnsToMlflowAsItWas() throws Exception {
        String kiroku = "sqlite:///" + folder.resolve("kiroku.db");
        run("import", source, "--backend-store-uri", kiroku);
        run("export", target, "--backend-store-uri", kiroku);
        run("export", target, "--backend-store-uri", kiroku); // again: nothing is doubled
        run("export", folder.resolve("parquet").toString(), "--backend-store-uri", kiroku);
        python.runScript(
                "clients/round_trip.py",
                "compare",
                source,
                target,
                folder.resolve("parquet").toString());
    }

    /** All fields of all records, but the times of deletion and the numbers of metric points, which the API does not tell. */
    @Test
    void theApiTellsWhatTheDatabaseHas() {
        String server = mlflow.join().uri();
        try (TransferSource database = SourceFactory.open(source);
                TransferSource api = RestSource.open(ClientSettings.fromEnvironment(server, Map.of()))) {
            assertEquals(database.experiments(), api.experiments());
            List<Long> ids =
                    api.experiments().stream().map(ExperimentRecord::id).toList();
            List<RunRecord> runs = sorted(database.runs(ids), RunRecord::id);
            assertEquals(
                    runs.stream().map(MlflowExportTest::asOverTheApi).toList(), sorted(api.runs(ids), RunRecord::id));
            Map<String, List<String>> points = points(database, runs);
            assertTrue(points.size() > 3, points::toString);
            assertEquals(points, points(api, runs));
            assertEquals(
                    sorted(database.loggedModels(ids), LoggedModelRecord::id),
                    sorted(api.loggedModels(ids), LoggedModelRecord::id));
            List<RegisteredModelRecord> models = sorted(database.registeredModels(), RegisteredModelRecord::name);
            assertEquals(3, models.size(), models::toString);
            assertEquals(models, sorted(api.registeredModels(), RegisteredModelRecord::name));
            assertEquals(database.webhooks(), api.webhooks());
            assertEquals(List.of(), api.problems());
        }
        String copy = "sqlite:///" + folder.resolve("copy.db");
        run("import", server, "--backend-store-uri", copy);
        run("import", "verify", source, "--backend-store-uri", copy);
    }

    private static <T> List<T> sorted(Iterator<List<T>> pages, Function<T, String> key) {
        List<T> all = new ArrayList<>();
        pages.forEachRemaining(all::addAll);
        all.sort(Comparator.comparing(key));
        return all;
    }

    private static RunRecord asOverTheApi(RunRecord run) {
        return new RunRecord(
                run.id(),
                run.experimentId(),
                run.name(),
                run.userId(),
                run.status(),
                run.startTime(),
                run.endTime(),
                run.stage(),
                null,
                run.artifactUri(),
                run.params(),
                run.tags(),
                run.datasets(),
                run.modelInputs(),
                run.modelOutputs(),
                RunRecord.UNKNOWN);
    }

    private static Map<String, List<String>> points(TransferSource source, List<RunRecord> runs) {
        Map<String, List<String>> points = new TreeMap<>();
        source.readMetrics(runs, metrics -> {
            for (MetricPoints series : metrics.series()) {
                List<String> lines =
                        points.computeIfAbsent(metrics.runId() + " " + series.key(), _ -> new ArrayList<>());
                for (int i = 0; i < series.size(); i++) {
                    lines.add(series.timestamps()[i] + " " + series.steps()[i] + " " + (series.values()[i] + 0.0));
                }
            }
        });
        points.values().forEach(lines -> lines.sort(null));
        return points;
    }

    private static void run(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        int status = new Cli(new CommandContext(stream, stream, Map.of())).run(words);
        assertEquals(0, status, () -> out.toString(StandardCharsets.UTF_8));
    }
}
