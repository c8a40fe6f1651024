package dev.kiroku.bench;

import dev.kiroku.bench.http.BenchmarkRequest;
import dev.kiroku.bench.seed.BulkLoader;
import dev.kiroku.bench.seed.DatabaseSeeder;
import dev.kiroku.bench.servers.BenchmarkServer;
import dev.kiroku.bench.servers.BenchmarkStore;
import dev.kiroku.reference.MlflowInstallation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures {@code kiroku import} from a database that MLflow made, into a database on the same kind of store, each time in a process of its own
 * with the default heap; and mlflow-export-import on a smaller one.
 */
final class ImportBenchmark {
    /** The figures of one import. */
    private record Result(
            String what,
            String tool,
            long runs,
            long points,
            double seconds,
            double peakMiB,
            double sourceMiB,
            double targetMiB) {
        String row() {
            return "| %s | %s | %,d | %,d | %.1f | %,.0f | %,.0f | %.0f | %.1f | %.1f |"
                    .formatted(
                            what,
                            tool,
                            runs,
                            points,
                            seconds,
                            runs / seconds,
                            points / seconds,
                            peakMiB,
                            sourceMiB,
                            targetMiB);
        }
    }

    /** The figures of one command. */
    private record Spent(double seconds, double peakMiB) {}

    private static final double MIB = 1 << 20;
    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");
    private static final int KEYS = 10;
    private static final int STEPS = 1000;
    private static final int RUNS = 30_000;
    /** What MLflow's API can be asked for within minutes. */
    private static final int FEW_RUNS = 50;

    private static final int FEW_STEPS = 100;

    private final BenchmarkOptions options;
    private final BenchmarkStore store;
    private final MlflowInstallation mlflow;
    private final Path folder;
    private final List<Result> results = new ArrayList<>();

    ImportBenchmark(BenchmarkOptions options, BenchmarkStore store, MlflowInstallation mlflow, Path folder) {
        this.options = options;
        this.store = store;
        this.mlflow = mlflow;
        this.folder = folder;
    }

    /** Returns a table of the figures. */
    String measure() throws IOException, SQLException, InterruptedException {
        try (BenchmarkServer source = startMlflow("source_points")) {
            int count = Math.max(1, options.points().getLast() / (KEYS * STEPS));
            BenchmarkRun.log("creating " + count * KEYS * STEPS + " points in the database of MLflow");
            DatabaseSeeder.runsWithHistories(source, store, "points", count, KEYS, STEPS);
        }
        measureImport("long histories", "source_points");
        try (BenchmarkServer source = startMlflow("source_runs")) {
            BenchmarkRun.log("creating " + RUNS + " runs in the database of MLflow");
            DatabaseSeeder.runs(source, store, "runs", RUNS);
        }
        measureImport("many runs", "source_runs");
        try (BenchmarkServer source = startMlflow("source_few")) {
            DatabaseSeeder.runsWithHistories(source, store, "few", FEW_RUNS, KEYS, FEW_STEPS);
            measureExportImport(source);
        }
        measureImport("few runs", "source_few");
        return """
                %s

                | source | tool | runs | points | s | runs/s | points/s | peak MiB | source MiB | target MiB |
                |---|---|--:|--:|--:|--:|--:|--:|--:|--:|
                %s
                """.formatted(
                        store.kind(),
                        String.join("\n", results.stream().map(Result::row).toList()));
    }

    private BenchmarkServer startMlflow(String database) throws IOException, SQLException {
        return BenchmarkServer.start(
                BenchmarkServer.Product.MLFLOW,
                database,
                mlflow.serverCommand(store.create(database)),
                folder.resolve(database));
    }

    private void measureImport(String what, String source) throws IOException, SQLException, InterruptedException {
        String target = source.replace("source", "target");
        Spent spent = run(
                List.of(
                        options.home().resolve("kiroku").toString(),
                        "import",
                        store.uri(source),
                        "--backend-store-uri",
                        store.create(target)),
                Map.of());
        add(what, "kiroku import", source, target, spent);
    }

    /** {@code export-all} from one server and {@code import-all} into another. */
    private void measureExportImport(BenchmarkServer source) throws IOException, SQLException, InterruptedException {
        mlflow.addPackages(
                List.of("mlflow_export_import", "tabulate"), List.of("mlflow-export-import==1.2.0", "tabulate"));
        // The tool reads experiments through registered models.
        source.call(BenchmarkRequest.post("/api/2.0/mlflow/registered-models/create", "{\"name\": \"m\"}"));
        String exported = folder.resolve("exported").toString();
        try (BenchmarkServer target = startMlflow("target_tool")) {
            Spent export = run(tool("export_all", "--output-dir", exported), tracking(source));
            Spent load = run(tool("import_models", "--input-dir", exported), tracking(target));
            add(
                    "few runs",
                    "mlflow-export-import",
                    source.database(),
                    target.database(),
                    new Spent(
                            export.seconds() + load.seconds(),
                            target.peakMiB() + Math.max(export.peakMiB(), load.peakMiB())));
        }
    }

    private List<String> tool(String module, String option, String path) {
        return List.of(mlflow.python().toString(), "-m", "mlflow_export_import.bulk." + module, option, path);
    }

    private static Map<String, String> tracking(BenchmarkServer server) {
        return Map.of("MLFLOW_TRACKING_URI", "http://127.0.0.1:" + server.port());
    }

    private void add(String what, String tool, String source, String target, Spent spent)
            throws IOException, SQLException {
        long runs;
        long points;
        try (Connection connection = store.connect(source)) {
            runs = BulkLoader.number(connection, "select count(*) from runs");
            points = BulkLoader.number(connection, "select count(*) from metrics");
        }
        try (Connection connection = store.connect(target)) {
            long moved = BulkLoader.number(connection, "select count(*) from runs");
            if (moved != runs) {
                throw new IOException(tool + " has moved " + moved + " of " + runs + " runs");
            }
        }
        Result result = new Result(
                what,
                tool,
                runs,
                points,
                spent.seconds(),
                spent.peakMiB(),
                store.size(source) / MIB,
                store.size(target) / MIB);
        results.add(result);
        BenchmarkRun.log(result.row());
    }

    /** Runs a command to its end. */
    private Spent run(List<String> command, Map<String, String> environment) throws IOException, InterruptedException {
        Path output = folder.resolve("command.log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("MLFLOW_DISABLE_TELEMETRY", "true");
        builder.environment().putAll(environment);
        long begin = System.nanoTime();
        Process process = builder.start();
        double peak = 0;
        while (process.isAlive()) {
            peak = Math.max(peak, peakMiB(process.pid()));
            Thread.sleep(20);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + " exited with " + process.exitValue() + ":\n"
                    + Files.readString(output));
        }
        return new Spent(seconds, peak);
    }

    private static double peakMiB(long pid) {
        try {
            Matcher line = PEAK.matcher(Files.readString(Path.of("/proc", Long.toString(pid), "status")));
            return line.find() ? Long.parseLong(line.group(1)) / 1024.0 : 0;
        } catch (IOException e) {
            return 0; // it has just ended
        }
    }
}
