package dev.kiroku.bench;

import dev.kiroku.bench.load.LoadGenerator;
import dev.kiroku.bench.load.LoadResult;
import dev.kiroku.bench.report.BenchmarkReport;
import dev.kiroku.bench.report.LogLogChart;
import dev.kiroku.bench.report.ScenarioResult;
import dev.kiroku.bench.scenarios.BenchmarkScenario;
import dev.kiroku.bench.servers.BenchmarkServer;
import dev.kiroku.bench.servers.BenchmarkStore;
import dev.kiroku.reference.MlflowInstallation;
import dev.kiroku.stores.StoreUriParser;
import dev.kiroku.stores.Stores;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Starts both servers on one kind of store and runs scenarios against them. */
final class BenchmarkRun implements AutoCloseable {
    private static final int STARTS = 5;
    private static final String LIMIT = "bench_limit";
    private static final String SECURED = "bench_secured";

    private final BenchmarkOptions options;
    private final Path folder;
    private final BenchmarkStore store;
    private final MlflowInstallation mlflow;
    private final Map<String, BenchmarkReport.Fact> facts = new LinkedHashMap<>();

    BenchmarkRun(BenchmarkOptions options) throws IOException {
        this.options = options;
        this.folder = Files.createTempDirectory("kiroku-bench-");
        this.mlflow = options.kirokuAlone() && !options.imports() || options.growth() ? null : install(options.store());
        this.store = BenchmarkStore.start(options.store(), folder);
    }

    private static MlflowInstallation install(BenchmarkStore.Kind store) throws IOException {
        log("MLflow " + MlflowInstallation.VERSION + ": looking for it in ~/.cache/kiroku, or installing it");
        MlflowInstallation mlflow = MlflowInstallation.findOrInstall();
        if (store == BenchmarkStore.Kind.postgresql) {
            mlflow.addPostgresDriver();
        }
        return mlflow;
    }

    BenchmarkReport run(List<BenchmarkScenario> scenarios) throws IOException, SQLException, InterruptedException {
        List<ScenarioResult> results = new ArrayList<>();
        String limitUri = store.create(LIMIT);
        Stores.open(StoreUriParser.parse(limitUri), id -> "mlflow-artifacts:/" + id, 0)
                .close();
        BenchmarkServer other = null;
        BenchmarkServer secured = null;
        try (BenchmarkServer kiroku = startKiroku()) {
            other = mlflow == null ? null : startMlflow();
            facts.put(
                    "memory after the start, idle",
                    both(kiroku.residentMiB(), other == null ? Double.NaN : other.residentMiB(), "MiB"));
            for (BenchmarkScenario scenario : scenarios) {
                BenchmarkServer rival = scenario.bearableForMlflow() ? other : null;
                if (scenario.authenticates() && secured == null) {
                    secured = startSecured();
                }
                ScenarioResult result = measure(scenario, scenario.authenticates() ? secured : kiroku, rival);
                results.add(result);
                if (rival != null && result.mlflow().isEmpty()) { // it still processes the request
                    other = other.restarted();
                }
            }
            facts.put(
                    "memory after all scenarios",
                    both(kiroku.residentMiB(), other == null ? Double.NaN : other.residentMiB(), "MiB"));
            facts.put(
                    "memory at its highest",
                    both(kiroku.peakMiB(), other == null ? Double.NaN : other.peakMiB(), "MiB"));
        } finally {
            if (other != null) {
                other.close();
            }
            if (secured != null) {
                secured.close();
            }
        }
        return new BenchmarkReport(
                store.kind().name(), options.rounds(), options.time().toMillis() / 1000.0, facts, results);
    }

    /** Returns charts by file name. */
    Map<String, LogLogChart> runGrowth() throws IOException, SQLException, InterruptedException {
        try (BenchmarkServer kiroku = startKiroku()) {
            return new GrowthBenchmark(options, kiroku, store).measure();
        }
    }

    /** Returns a table of imports. */
    String runImports() throws IOException, SQLException, InterruptedException {
        return new ImportBenchmark(options, store, mlflow, folder).measure();
    }

    private static BenchmarkReport.Fact both(double kiroku, double mlflow, String unit) {
        return new BenchmarkReport.Fact(kiroku, mlflow, unit);
    }

    /** Starts Kiroku several times and records the time of the first start, which creates the schema, and the median of the others. */
    private BenchmarkServer startKiroku() throws IOException, SQLException, InterruptedException {
        String uri = store.create("bench_kiroku");
        List<String> command = List.of(
                options.home().resolve("kiroku").toString(),
                "server",
                "--backend-store-uri",
                uri,
                "--artifacts-destination",
                "./artifacts");
        return startRepeatedly(BenchmarkServer.Product.KIROKU, "bench_kiroku", command, STARTS);
    }

    /** Starts Kiroku with authentication, on a database of its own. */
    private BenchmarkServer startSecured() throws IOException, SQLException {
        log("starting Kiroku with authentication");
        List<String> command = List.of(
                options.home().resolve("kiroku").toString(),
                "server",
                "--backend-store-uri",
                store.create(SECURED),
                "--artifacts-destination",
                "./artifacts",
                "--auth",
                "BASIC",
                "--default-permission",
                "NO_PERMISSIONS");
        return BenchmarkServer.start(BenchmarkServer.Product.KIROKU, SECURED, command, folder.resolve(SECURED));
    }

    private BenchmarkServer startMlflow() throws IOException, SQLException, InterruptedException {
        return startRepeatedly(
                BenchmarkServer.Product.MLFLOW,
                "bench_mlflow",
                mlflow.serverCommand(store.create("bench_mlflow")),
                options.rounds() > 2 ? 3 : 1);
    }

    private BenchmarkServer startRepeatedly(
            BenchmarkServer.Product side, String database, List<String> command, int times)
            throws IOException, InterruptedException {
        log("starting " + side);
        Path place = folder.resolve(side.name());
        double[] millis = new double[Math.max(1, times - 1)];
        BenchmarkServer server = BenchmarkServer.start(side, database, command, place);
        addFact("start on an empty database", side, server.startMillis());
        millis[0] = server.startMillis();
        for (int i = 1; i < times; i++) {
            server = server.restarted();
            millis[i - 1] = server.startMillis();
        }
        java.util.Arrays.sort(millis);
        addFact("start to the first answer, median", side, ScenarioResult.median(millis));
        Thread.sleep(500); // background work of the start must not count as idle memory
        return server;
    }

    private void addFact(String name, BenchmarkServer.Product side, double value) {
        facts.merge(
                name,
                side == BenchmarkServer.Product.KIROKU ? both(value, Double.NaN, "ms") : both(Double.NaN, value, "ms"),
                (a, b) -> both(
                        Double.isNaN(a.kiroku()) ? b.kiroku() : a.kiroku(),
                        Double.isNaN(a.mlflow()) ? b.mlflow() : a.mlflow(),
                        "ms"));
    }

    private ScenarioResult measure(BenchmarkScenario scenario, BenchmarkServer kiroku, BenchmarkServer other)
            throws IOException, SQLException, InterruptedException {
        log(scenario.name() + ": preparing");
        BenchmarkScenario.PreparedScenario ours = scenario.prepare(kiroku, store);
        BenchmarkScenario.PreparedScenario theirs = other == null ? null : scenario.prepare(other, store);
        Boolean agrees = null;
        if (theirs != null) {
            try {
                agrees = agree(scenario, ours.answer().get(), theirs.answer().get());
            } catch (SocketTimeoutException e) {
                log("  MLflow has not answered within " + BenchmarkServer.RESPONSE_TIMEOUT.toSeconds()
                        + " s: Kiroku goes on alone");
                facts.put(
                        scenario.name() + ": no answer within",
                        both(Double.NaN, BenchmarkServer.RESPONSE_TIMEOUT.toSeconds(), "s"));
                theirs = null;
            }
        }
        List<LoadResult> kirokuSamples = new ArrayList<>();
        List<LoadResult> mlflowSamples = new ArrayList<>();
        List<LoadResult> limitSamples = new ArrayList<>();
        try (LoadGenerator our = new LoadGenerator(kiroku.port(), scenario.clients());
                LoadGenerator their = theirs == null ? null : new LoadGenerator(other.port(), scenario.clients())) {
            our.run(ours.work(), options.warmUp());
            if (their != null) {
                their.run(
                        theirs.work(),
                        Duration.ZERO); // Python does not compile at run time: one call per client fills its caches
            }
            double kirokuCpu = -kiroku.processorMillis();
            double mlflowCpu = theirs == null ? Double.NaN : -other.processorMillis();
            for (int round = 0; round < options.rounds(); round++) {
                kirokuSamples.add(our.run(ours.work(), options.time()));
                if (their != null) {
                    mlflowSamples.add(their.run(theirs.work(), options.time()));
                }
                if (scenario.limit() != null) {
                    limitSamples.add(scenario.limit().measure(store, LIMIT, options.time()));
                }
            }
            kirokuCpu = (kirokuCpu + kiroku.processorMillis()) / operations(kirokuSamples);
            mlflowCpu = theirs == null ? Double.NaN : (mlflowCpu + other.processorMillis()) / operations(mlflowSamples);
            ScenarioResult result = new ScenarioResult(
                    scenario.name(),
                    scenario.clients(),
                    kirokuSamples,
                    mlflowSamples,
                    limitSamples,
                    agrees,
                    new ScenarioResult.Cpu(kirokuCpu, mlflowCpu));
            logResult(result);
            return result;
        }
    }

    private static long operations(List<LoadResult> samples) {
        return samples.stream().mapToLong(LoadResult::operations).sum();
    }

    private static void logResult(ScenarioResult result) {
        log("%s: %.1f/s, MLflow %.2f/s, limit %.1f/s; CPU %.3f and %.3f ms"
                .formatted(
                        result.name(),
                        result.kirokuPerSecond(),
                        result.mlflowPerSecond(),
                        result.limitPerSecond(),
                        result.cpu().kiroku(),
                        result.cpu().mlflow()));
        logFirstError("Kiroku", result.kiroku());
        logFirstError("MLflow", result.mlflow());
        logFirstError("the store", result.limit());
    }

    private static void logFirstError(String of, List<LoadResult> samples) {
        samples.stream()
                .map(LoadResult::firstError)
                .filter(Objects::nonNull)
                .findFirst()
                .ifPresent(error -> log("  an error of " + of + ": " + error));
    }

    private static boolean agree(BenchmarkScenario scenario, Object ours, Object theirs) {
        if (!ours.equals(theirs)) {
            log(scenario.name() + ": the answers differ\n  Kiroku: " + shown(ours) + "\n  MLflow: " + shown(theirs));
            return false;
        }
        return true;
    }

    private static String shown(Object answer) {
        String text = answer.toString();
        return text.length() <= 600 ? text : text.substring(0, 600) + "…";
    }

    /** Prints progress to standard error, so that it does not mix with the result. */
    static void log(String line) {
        System.err.println(line);
    }

    @Override
    public void close() throws IOException {
        store.close();
        BenchmarkStore.delete(folder);
    }
}
