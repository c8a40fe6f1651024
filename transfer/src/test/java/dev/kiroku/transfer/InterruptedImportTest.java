package dev.kiroku.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import dev.kiroku.transfer.source.TransferSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An import in a process of its own, which is killed again and again, and then completed. */
class InterruptedImportTest {
    private static final int RUNS = 900;
    private static final int POINTS = 300;

    @TempDir
    private Path folder;

    /** The process: imports a database into another one. */
    public static final class Program {
        /** @param arguments the URI of the source and the file of the target */
        public static void main(String[] arguments) {
            try (TransferSource source = SourceFactory.open(arguments[0]);
                    Stores stores = open(Path.of(arguments[1]))) {
                new Importer(source, stores.transfer(), ImportOptions.DEFAULT, ImportProgress.NONE).run();
            }
        }
    }

    private static Stores open(Path file) {
        return Stores.open(new StoreUri.Sqlite(file), id -> "mlflow-artifacts:/" + id, 1);
    }

    @Test
    void killedAtAnyMomentItGoesOnAndDoublesNothing() throws Exception {
        String uri = MlflowDatabases.unpack("3.17.2", folder);
        try (Connection mlflow = DriverManager.getConnection(uri.replace("sqlite:///", "jdbc:sqlite:"));
                var statement = mlflow.createStatement()) {
            statement.executeUpdate(
                    "with recursive n(i) as (select 1 union all select i + 1 from n where i < " + RUNS + ")"
                            + " insert into runs (run_uuid, name, experiment_id, user_id, status, start_time, lifecycle_stage, artifact_uri)"
                            + " select printf('%032x', i), 'run ' || i, 1, 'ann', 'FINISHED', i, 'active', 's3://b/' || i from n");
            statement.executeUpdate(
                    "with recursive n(i) as (select 0 union all select i + 1 from n where i < " + (POINTS - 1) + ")"
                            + " insert into metrics (key, value, timestamp, step, is_nan, run_uuid)"
                            + " select 'm' || (i % 3), i * 0.5, i, i, 0, r.run_uuid from runs r, n where r.run_uuid like '000000%'");
        }
        Path target = folder.resolve("kiroku.db");
        open(target).close();
        int kills = 0;
        long before = 0;
        while (kills < 4) {
            Process process = start(uri, target);
            boolean moved = waitForMoreRuns(process, target, before);
            process.destroyForcibly().waitFor();
            kills++;
            before = countRuns(target);
            if (!moved) {
                break;
            }
        }
        assertTrue(kills > 1, "the import was not interrupted");
        Program.main(new String[] {uri, target.toString()});
        try (TransferSource source = SourceFactory.open(uri);
                Stores stores = open(target);
                Connection kiroku = DriverManager.getConnection("jdbc:sqlite:" + target);
                var statement = kiroku.createStatement();
                var points = statement.executeQuery("select sum(points) from metric_blocks")) {
            var imported = new ImportedStores(
                    stores.transfer(),
                    stores.experiments(),
                    stores.runs(),
                    stores.loggedModels(),
                    stores.registry(),
                    stores.relocations());
            RecordDifferences differences =
                    new ImportVerifier(source, imported, ImportOptions.DEFAULT, ImportProgress.NONE).run();
            assertEquals(List.of(), differences.first());
            assertTrue(differences.compared() > RUNS * (long) POINTS, "compares every point");
            assertEquals(
                    source.inventory().count(RecordKind.METRIC_POINT), points.getLong(1), "no point is stored twice");
        }
    }

    private static Process start(String uri, Path target) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName(),
                        uri,
                        target.toString())
                .redirectErrorStream(true)
                .redirectOutput(target.resolveSibling("import.log").toFile())
                .start();
    }

    /** Returns whether the process has written more, and had not ended. */
    private static boolean waitForMoreRuns(Process process, Path target, long before) throws Exception {
        while (!process.waitFor(5, TimeUnit.MILLISECONDS)) {
            if (countRuns(target) > before) {
                return true;
            }
        }
        assertEquals(0, process.exitValue(), () -> read(target.resolveSibling("import.log")));
        return false;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static long countRuns(Path target) throws Exception {
        try (Connection kiroku = DriverManager.getConnection("jdbc:sqlite:" + target);
                var statement = kiroku.createStatement();
                var count = statement.executeQuery("select count(*) from runs")) {
            return count.getLong(1);
        }
    }
}
