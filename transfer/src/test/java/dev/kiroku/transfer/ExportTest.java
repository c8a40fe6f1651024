package dev.kiroku.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.MetricPoints;
import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.KirokuException;
import dev.kiroku.transfer.destination.TransferTarget;
import dev.kiroku.transfer.destination.database.MlflowDatabaseTarget;
import dev.kiroku.transfer.source.TransferSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports into databases that real releases of MLflow made, of which the records were deleted. */
class ExportTest {
    private static final List<String> TABLES = List.of(
            "latest_metrics",
            "metrics",
            "params",
            "tags",
            "input_tags",
            "inputs",
            "datasets",
            "logged_model_metrics",
            "logged_model_params",
            "logged_model_tags",
            "logged_models",
            "runs",
            "experiment_tags",
            "experiments",
            "model_version_tags",
            "registered_model_tags",
            "registered_model_aliases",
            "model_versions",
            "registered_models");

    @TempDir
    private Path folder;

    private static Connection connect(String sqliteUri) throws SQLException {
        return DriverManager.getConnection(sqliteUri.replace("sqlite:///", "jdbc:sqlite:"));
    }

    private String emptyDatabase() throws Exception {
        String uri = MlflowDatabases.unpack("3.18.0", folder);
        try (Connection connection = connect(uri);
                var statement = connection.createStatement()) {
            for (String table : TABLES) {
                statement.executeUpdate("delete from " + table);
            }
        }
        return uri;
    }

    private static Map<RecordKind, Long> export(String source, Connection target, Exporter.Selection selection) {
        try (TransferSource opened = SourceFactory.open(source);
                TransferTarget database = new MlflowDatabaseTarget(target, "sqlite:///target.db")) {
            return new Exporter(opened, database, selection).run();
        }
    }

    private static <R> List<R> all(Iterator<List<R>> pages) {
        List<R> all = new ArrayList<>();
        pages.forEachRemaining(all::addAll);
        return all;
    }

    /** Returns all records by kind and id, as texts. */
    private static Map<String, String> describe(String uri) {
        Map<String, String> records = new TreeMap<>();
        try (TransferSource source = SourceFactory.open(uri)) {
            List<ExperimentRecord> experiments = source.experiments();
            experiments.forEach(each -> records.put("experiment " + each.id(), each.toString()));
            List<Long> ids = experiments.stream().map(ExperimentRecord::id).toList();
            List<RunRecord> runs = all(source.runs(ids));
            runs.forEach(run -> records.put("run " + run.id(), run.toString()));
            Map<String, TreeSet<String>> points = new TreeMap<>();
            source.readMetrics(runs, part -> {
                for (MetricPoints series : part.series()) {
                    TreeSet<String> ofSeries =
                            points.computeIfAbsent("metric " + part.runId() + " " + series.key(), _ -> new TreeSet<>());
                    for (int i = 0; i < series.size(); i++) {
                        ofSeries.add(series.steps()[i] + " " + series.timestamps()[i] + " " + series.values()[i]);
                    }
                }
            });
            points.forEach((key, values) -> records.put(key, values.toString()));
            for (LoggedModelRecord model : all(source.loggedModels(ids))) {
                records.put("logged model " + model.id(), model.toString());
            }
            for (RegisteredModelRecord model : all(source.registeredModels())) {
                records.put("model " + model.name(), model.toString());
            }
        }
        return records;
    }

    private static void assertSame(Map<String, String> expected, Map<String, String> actual) {
        assertTrue(expected.size() > 20, expected.keySet()::toString);
        assertEquals(lines(expected), lines(actual));
    }

    private static String lines(Map<String, String> records) {
        return records.entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining("\n"));
    }

    private static List<String> query(Connection connection, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            while (result.next()) {
                rows.add(result.getString(1));
            }
        }
        return rows;
    }

    private static final String LATEST =
            "select run_uuid || ' ' || \"key\" || ' ' || step || ' ' || timestamp || ' ' || is_nan from latest_metrics"
                    + " order by run_uuid, \"key\"";

    @Test
    void everyRecordArrivesOnceInSqlite() throws Exception {
        String source = MlflowDatabases.unpack("3.17.2", folder);
        String target = emptyDatabase();
        Map<RecordKind, Long> counts = export(source, connect(target), Exporter.Selection.ALL);
        assertTrue(counts.get(RecordKind.RUN) > 3, counts::toString);
        assertSame(describe(source), describe(target));
        assertEquals(counts, export(source, connect(target), Exporter.Selection.ALL));
        assertSame(describe(source), describe(target));
        try (Connection expected = connect(source);
                Connection actual = connect(target)) {
            assertEquals(query(expected, LATEST), query(actual, LATEST));
            assertEquals(query(expected, "select count(*) from inputs"), query(actual, "select count(*) from inputs"));
        }
    }

    @Test
    void everyRecordArrivesOnceInPostgresql() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            try (Connection admin = postgres.getPostgresDatabase().getConnection();
                    var statement = admin.createStatement()) {
                statement.execute("create database target");
            }
            for (String database : List.of("postgres", "target")) {
                try (Connection connection =
                                postgres.getDatabase("postgres", database).getConnection();
                        var statement = connection.createStatement();
                        var script = MlflowDatabases.open("mlflow-3.17.2.sql.gz")) {
                    statement.execute(new String(script.readAllBytes(), StandardCharsets.UTF_8));
                    if (database.equals("target")) {
                        statement.execute("truncate " + String.join(", ", TABLES) + " restart identity cascade");
                    }
                }
            }
            String uri = "postgresql://postgres@127.0.0.1:" + postgres.getPort() + "/";
            for (int i = 0; i < 2; i++) {
                export(uri + "postgres", target(postgres), Exporter.Selection.ALL);
                assertSame(describe(uri + "postgres"), describe(uri + "target"));
            }
            try (Connection connection = target(postgres)) {
                long greatest = Long.parseLong(query(connection, "select max(experiment_id) from experiments")
                        .getFirst());
                assertEquals(
                        List.of(Long.toString(greatest + 1)),
                        query(connection, "select nextval(pg_get_serial_sequence('experiments', 'experiment_id'))"));
            }
        }
    }

    private static Connection target(EmbeddedPostgres postgres) throws SQLException {
        return postgres.getDatabase("postgres", "target").getConnection();
    }

    @Test
    void aSelectionIsExportedAlone() throws Exception {
        String source = MlflowDatabases.unpack("3.17.2", folder);
        String target = emptyDatabase();
        export(source, connect(target), new Exporter.Selection(List.of("0"), List.of("iris"), true));
        Map<String, String> records = describe(target);
        assertEquals(
                List.of("experiment 0", "model iris"),
                records.keySet().stream().filter(key -> !key.startsWith("run")).toList());
        KirokuException refusal = assertThrows(
                KirokuException.class,
                () -> export(source, connect(target), new Exporter.Selection(List.of("nope"), List.of(), false)));
        assertEquals("There is no experiment 'nope'.", refusal.getMessage());
        assertThrows(
                KirokuException.class,
                () -> export(source, connect(target), new Exporter.Selection(List.of(), List.of("nope"), true)));
    }

    @Test
    void refusesWhatDoesNotFit() throws Exception {
        String source = MlflowDatabases.unpack("3.17.2", folder);
        KirokuException noTables = assertThrows(
                KirokuException.class,
                () -> export(source, connect("sqlite:///" + folder.resolve("new.db")), Exporter.Selection.ALL));
        assertTrue(noTables.getMessage().contains("mlflow db upgrade"), noTables.getMessage());
        String target = emptyDatabase();
        try (Connection connection = connect(target);
                var statement = connection.createStatement()) {
            statement.executeUpdate("insert into experiments (experiment_id, name, lifecycle_stage)"
                    + " values (77, 'Default', 'active')");
        }
        KirokuException taken =
                assertThrows(KirokuException.class, () -> export(source, connect(target), Exporter.Selection.ALL));
        assertTrue(taken.getMessage().contains("'Default' already, with the id 77"), taken.getMessage());
        assertEquals(1, describe(target).size());
    }
}
