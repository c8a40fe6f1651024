package dev.kiroku.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.TransferResult;
import dev.kiroku.model.KirokuException;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import dev.kiroku.transfer.source.TransferSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Imports of databases that real releases of MLflow made. */
class ImportTest {
    @TempDir
    private Path folder;

    private Path target;
    private Stores stores;

    @BeforeEach
    void open() {
        target = folder.resolve("kiroku.db");
        stores = Stores.open(new StoreUri.Sqlite(target), id -> "mlflow-artifacts:/" + id, 1);
    }

    @AfterEach
    void close() {
        stores.close();
    }

    private ImportSummary run(String uri, ImportOptions options) {
        try (TransferSource source = SourceFactory.open(uri)) {
            return new Importer(source, stores.transfer(), options, ImportProgress.NONE).run();
        }
    }

    private static Connection connect(String sqliteUri) throws Exception {
        return DriverManager.getConnection(sqliteUri.replace("sqlite:///", "jdbc:sqlite:"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.9.2", "2.22.4", "3.1.4", "3.10.1", "3.17.2", "3.18.0"})
    void everyRecordOfEachGeneration(String release) throws Exception {
        String uri = MlflowDatabases.unpack(release, folder);
        ImportSummary counted = run(uri, new ImportOptions(Map.of(), false, Map.of(), "", true));
        assertEquals(Map.of(0L, "Default"), stores.transfer().findExperiments(), "a dry run writes nothing");
        ImportSummary summary = run(uri, ImportOptions.DEFAULT);
        assertTrue(summary.isClean(), summary::toString);
        assertTrue(
                summary.source().contains("schema of MLflow " + release.replaceFirst("\\.\\d+$", "")), summary::source);
        assertEquals(counted.result(), summary.result(), "the dry run counts what is imported");
        boolean loggedModels = release.startsWith("3");
        try (Connection mlflow = connect(uri);
                Connection kiroku = connect("sqlite:///" + target)) {
            new RecordComparison(mlflow, kiroku, stores).assertEqualRecords(loggedModels);
        }
        if (!release.startsWith("2.9")) {
            assertTrue(summary.left().contains("1 traces"), summary::toString);
        }

        ImportSummary again = run(uri, ImportOptions.DEFAULT);
        for (TransferResult.Count count : again.result().counts()) {
            assertEquals(0, count.added() + count.updated(), "the second import changes nothing: " + count);
        }
    }

    @Test
    void everyRecordOfPostgresql() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                Connection mlflow = postgres.getPostgresDatabase().getConnection();
                Connection kiroku = connect("sqlite:///" + target)) {
            try (var statement = mlflow.createStatement();
                    var script = MlflowDatabases.open("mlflow-3.17.2.sql.gz")) {
                statement.execute(new String(script.readAllBytes(), StandardCharsets.UTF_8));
            }
            String uri = "postgresql+psycopg2://postgres:p%40ss@127.0.0.1:" + postgres.getPort() + "/postgres";
            ImportSummary summary = run(uri, ImportOptions.DEFAULT);
            assertTrue(summary.isClean(), summary::toString);
            assertTrue(summary.source().contains("postgres:***@127.0.0.1"), summary::source);
            new RecordComparison(mlflow, kiroku, stores).assertEqualRecords(true);
        }
    }

    @Test
    void webhooksComeWithoutTheirSecrets() throws Exception {
        run(MlflowDatabases.unpack("3.10.1", folder), ImportOptions.DEFAULT);
        try (Connection kiroku = connect("sqlite:///" + target);
                var statement = kiroku.createStatement();
                var rows = statement.executeQuery(
                        "select w.name, w.active, w.secret, group_concat(e.event) from webhooks w join webhook_events e on e.webhook_key = w.webhook_key"
                                + " group by w.webhook_key order by w.name")) {
            assertTrue(rows.next());
            assertEquals("notify", rows.getString(1));
            assertEquals(0, rows.getInt(2), "a webhook that signed its messages waits for a new secret");
            assertEquals(null, rows.getString(3));
            assertEquals("model_version.created,registered_model.created", rows.getString(4));
            assertTrue(rows.next());
            assertEquals(1, rows.getInt(2));
        }
    }

    private RecordDifferences verify(String uri) {
        try (TransferSource source = SourceFactory.open(uri)) {
            var imported = new ImportedStores(
                    stores.transfer(),
                    stores.experiments(),
                    stores.runs(),
                    stores.loggedModels(),
                    stores.registry(),
                    stores.relocations());
            return new ImportVerifier(source, imported, ImportOptions.DEFAULT, ImportProgress.NONE).run();
        }
    }

    @Test
    void verifyFindsEachDifference() throws Exception {
        String uri = MlflowDatabases.unpack("3.17.2", folder);
        assertTrue(verify(uri).differences() > 15, "nothing is imported yet");
        run(uri, ImportOptions.DEFAULT);
        assertEquals(List.of(), verify(uri).first());
        try (Connection mlflow = connect(uri);
                var statement = mlflow.createStatement()) {
            statement.executeUpdate("update runs set status = 'FAILED' where name = 'parent'");
            statement.executeUpdate("update tags set value = 'other' where key = 'phase'");
            statement.executeUpdate("update metrics set value = 0.75 where key = 'loss' and step = 7");
            statement.executeUpdate("update registered_model_aliases set version = 4 where alias = 'champion'");
            statement.executeUpdate("update logged_model_params set param_value = '101'");
            statement.executeUpdate(
                    "update model_versions set current_stage = 'Staging' where name = 'iris' and version = 4");
        }
        List<String> differences = verify(uri).first();
        for (String expected : List.of(
                "status is FAILED in the source, FINISHED here",
                "tags is",
                "of the metric loss is missing",
                "the metric loss has 1 points that are not in the source",
                "aliases is",
                "params is",
                "stage is Staging in the source, None here")) {
            assertEquals(
                    1,
                    differences.stream().filter(line -> line.contains(expected)).count(),
                    () -> expected + " in " + differences);
        }
    }

    @Test
    void aSecondImportBringsOnlyWhatIsNew() throws Exception {
        String uri = MlflowDatabases.unpack("3.1.4", folder);
        run(uri, ImportOptions.DEFAULT);
        try (Connection mlflow = connect(uri);
                var statement = mlflow.createStatement()) {
            statement.executeUpdate("insert into metrics (key, value, timestamp, step, is_nan, run_uuid)"
                    + " select 'loss', 0.125, 1, 1, 0, run_uuid from runs where name = 'still running'");
            statement.executeUpdate(
                    "update runs set status = 'FINISHED', end_time = 1700000009999 where name = 'still running'");
            statement.executeUpdate(
                    "insert into runs (run_uuid, name, experiment_id, user_id, status, start_time, lifecycle_stage, artifact_uri)"
                            + " values ('" + "f".repeat(32) + "', 'new', 1, 'bob', 'FINISHED', 5, 'active', 's3://x')");
        }
        ImportSummary rest = run(uri, ImportOptions.DEFAULT);
        assertEquals(
                new TransferResult.Count(RecordKind.RUN, 1, 1, 7), rest.result().count(RecordKind.RUN));
        assertEquals(
                new TransferResult.Count(RecordKind.METRIC_POINT, 1, 0, 1),
                rest.result().count(RecordKind.METRIC_POINT));
        assertEquals("bob", stores.runs().get("f".repeat(32)).info().userId());
    }

    @Test
    void conflictsAreNamedAndCanBeMapped() throws Exception {
        String uri = MlflowDatabases.unpack("2.22.4", folder);
        run(uri, ImportOptions.DEFAULT);
        String other = MlflowDatabases.unpack("2.9.2", folder);
        try (Connection mlflow = connect(other);
                var statement = mlflow.createStatement()) {
            statement.executeUpdate("update experiments set name = 'other vision' where name = 'vision'");
        }
        ImportSummary refused = run(other, new ImportOptions(Map.of(), false, Map.of(), "", true));
        List<String> conflicts = refused.result().conflicts().stream()
                .map(conflict -> conflict.kind() + " " + conflict.id())
                .toList();
        assertEquals(List.of("EXPERIMENT 1", "REGISTERED_MODEL iris", "REGISTERED_MODEL without versions"), conflicts);
        assertEquals(2, refused.result().added(RecordKind.RUN), "the runs of the other experiments");

        ImportSummary mapped =
                run(other, new ImportOptions(Map.of(), true, Map.of("iris", "iris of 2.9"), "old ", false));
        assertTrue(mapped.isClean(), mapped::toString);
        assertEquals(8, mapped.result().added(RecordKind.RUN));
        var names = stores.transfer().findExperiments();
        long id = names.entrySet().stream()
                .filter(entry -> entry.getValue().equals("old other vision"))
                .findFirst()
                .orElseThrow()
                .getKey();
        assertTrue(id > 3);
    }

    @Test
    void schemasThatAreNotKnownAreRefused() throws Exception {
        String uri = MlflowDatabases.unpack("3.18.0", folder);
        for (Map.Entry<String, String> revision : Map.of(
                        "0123456789ab", "newer than MLflow 3.18", "7f2a7d5fae7d", "mlflow db upgrade")
                .entrySet()) {
            try (Connection mlflow = connect(uri);
                    var statement = mlflow.createStatement()) {
                statement.executeUpdate("update alembic_version set version_num = '" + revision.getKey() + "'");
            }
            String message = assertThrows(KirokuException.class, () -> SourceFactory.open(uri))
                    .getMessage();
            assertTrue(message.contains(revision.getValue()), message);
        }
        String own = assertThrows(KirokuException.class, () -> SourceFactory.open("sqlite:///" + target))
                .getMessage();
        assertTrue(own.contains("database of Kiroku"), own);
        assertThrows(KirokuException.class, () -> SourceFactory.open("sqlite:////nowhere/mlflow.db"));
        assertThrows(KirokuException.class, () -> SourceFactory.open("mssql://host/db"));
        assertThrows(KirokuException.class, () -> SourceFactory.open("mlflow.db"));
    }
}
