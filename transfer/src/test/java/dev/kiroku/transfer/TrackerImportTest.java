package dev.kiroku.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.TransferResult;
import dev.kiroku.model.api.Caller;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import dev.kiroku.transfer.source.TransferSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Imports of what real releases of other trackers wrote: all of it, once, and as it is in the source. */
class TrackerImportTest {
    private static final ImportOptions DRY_RUN = new ImportOptions(Map.of(), false, Map.of(), "", true);

    @TempDir
    private Path folder;

    private static TransferSource source(String name) throws Exception {
        return SourceFactory.open(
                Path.of(TrackerImportTest.class.getResource("/trackers/" + name).toURI())
                        .toString());
    }

    private static ImportSummary run(String name, Stores stores, ImportOptions options) throws Exception {
        try (TransferSource opened = source(name)) {
            return new Importer(opened, stores.transfer(), options, ImportProgress.NONE).run();
        }
    }

    private Stores open() {
        return Stores.open(new StoreUri.Sqlite(folder.resolve("kiroku.db")), id -> "mlflow-artifacts:/" + id, 1);
    }

    @ParameterizedTest
    @CsvSource({
        "tensorboard, 1, 3, 49",
        "wandb, 3, 4, 430",
        "neptune, 1, 2, 3003",
        "aim, 2, 2, 102",
        "history, 1, 4, 100"
    })
    void everythingIsImportedOnce(String name, int experiments, int runs, int points) throws Exception {
        try (Stores stores = open()) {
            List<Long> expected = List.of((long) experiments, (long) runs, (long) points);
            assertEquals(expected, counts(run(name, stores, DRY_RUN)));
            ImportSummary summary = run(name, stores, ImportOptions.DEFAULT);
            assertTrue(summary.isClean(), summary::toString);
            assertEquals(expected, counts(summary));
            for (TransferResult.Count count :
                    run(name, stores, ImportOptions.DEFAULT).result().counts()) {
                assertEquals(0, count.added() + count.updated(), "the second import changes nothing: " + count);
            }
            var imported = new ImportedStores(
                    stores.transfer(),
                    stores.experiments(),
                    stores.runs(),
                    stores.loggedModels(),
                    stores.registry(),
                    stores.relocations());
            try (TransferSource opened = source(name)) {
                RecordDifferences differences =
                        new ImportVerifier(opened, imported, ImportOptions.DEFAULT, ImportProgress.NONE).run();
                assertEquals(List.of(), differences.first());
                assertTrue(differences.compared() > points, () -> "compared " + differences.compared());
            }
        }
    }

    private static List<Long> counts(ImportSummary summary) {
        TransferResult result = summary.result();
        return List.of(
                result.added(RecordKind.EXPERIMENT),
                result.added(RecordKind.RUN),
                result.added(RecordKind.METRIC_POINT));
    }

    @Test
    void runsGoIntoTheExperimentOfTheirName() throws Exception {
        try (Stores stores = open()) {
            stores.experiments()
                    .create("mine", id -> "mlflow-artifacts:/" + id, List.of(), Caller.anonymous("test"), 5);
            ImportOptions renamed = new ImportOptions(Map.of(), false, Map.of("tensorboard", "mine"), "", false);
            ImportSummary summary = run("tensorboard", stores, renamed);
            assertTrue(summary.isClean(), summary::toString);
            assertEquals(0, summary.result().added(RecordKind.EXPERIMENT));
            assertEquals(2, stores.transfer().findExperiments().size(), "Default and mine");
            assertEquals(5, stores.experiments().get(1).creationTime());
            run("tensorboard", stores, ImportOptions.DEFAULT);
            assertEquals("mlflow-artifacts:/2", stores.experiments().get(2).artifactLocation());
        }
    }

    @Test
    void runsWithoutFilesGetAPlaceForArtifacts() throws Exception {
        try (Stores stores = open()) {
            run("aim", stores, ImportOptions.DEFAULT);
            try (TransferSource opened = source("aim")) {
                String id = opened.runs(List.of(1L)).next().getFirst().id();
                assertEquals(
                        "mlflow-artifacts:/1/" + id + "/artifacts",
                        stores.runs().get(id).info().artifactUri());
            }
        }
    }
}
