package dev.kiroku.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.TransferResult;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import dev.kiroku.transfer.source.TransferSource;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Imports of folders: file stores, and what mlflow-export-import wrote. */
class FolderImportTest {
    @TempDir
    private Path folder;

    private static ImportSummary run(String source, Stores stores) throws URISyntaxException {
        Path path = Path.of(FolderImportTest.class.getResource(source).toURI());
        try (TransferSource opened = SourceFactory.open(path.toString())) {
            return new Importer(opened, stores.transfer(), ImportOptions.DEFAULT, ImportProgress.NONE).run();
        }
    }

    private Stores open() {
        return Stores.open(new StoreUri.Sqlite(folder.resolve("kiroku.db")), id -> "mlflow-artifacts:/" + id, 1);
    }

    @ParameterizedTest
    @CsvSource({
        "/mlruns/2.22.4, 5, 27, 0, 2, 2",
        "/mlruns/3.17.2, 5, 28, 1, 2, 3",
        "/export-import/1.2.0, 2, 10, 0, 1, 2"
    })
    void everythingIsImportedOnce(String source, int runs, int points, int loggedModels, int models, int versions)
            throws Exception {
        try (Stores stores = open()) {
            ImportSummary summary = run(source, stores);
            assertTrue(summary.isClean(), summary::toString);
            TransferResult result = summary.result();
            assertEquals(
                    List.of((long) runs, (long) points, (long) loggedModels, (long) models, (long) versions),
                    List.of(
                                    RecordKind.RUN,
                                    RecordKind.METRIC_POINT,
                                    RecordKind.LOGGED_MODEL,
                                    RecordKind.REGISTERED_MODEL,
                                    RecordKind.MODEL_VERSION)
                            .stream()
                            .map(result::added)
                            .toList());
            ImportSummary again = run(source, stores);
            for (TransferResult.Count count : again.result().counts()) {
                assertEquals(0, count.added() + count.updated(), "the second import changes nothing: " + count);
            }
        }
    }

    @Test
    void runsOfAFileStoreAreReadAsTheyWereLogged() throws Exception {
        try (Stores stores = open()) {
            run("/mlruns/3.17.2", stores);
            String parent = "1e8faab5d28c4bcd96ef04575ad8f67d";
            var run = stores.runs().get(parent);
            assertEquals("parent", run.info().runName());
            assertEquals(1_700_000_000_000L, run.info().startTime());
            assertEquals(
                    20,
                    stores.runs()
                            .getMetricHistory(parent, "loss", 0, null)
                            .items()
                            .size());
            assertEquals(
                    "iris", run.inputs().datasetInputs().getFirst().dataset().name());
            assertEquals(1, run.outputs().modelOutputs().size());
        }
    }
}
