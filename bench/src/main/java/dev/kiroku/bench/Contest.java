package dev.kiroku.bench;

import dev.kiroku.bench.load.Load;
import dev.kiroku.bench.load.Sample;
import dev.kiroku.bench.report.Chart;
import dev.kiroku.bench.report.Report;
import dev.kiroku.bench.report.Result;
import dev.kiroku.bench.scenarios.Scenario;
import dev.kiroku.bench.servers.Server;
import dev.kiroku.bench.servers.Store;
import dev.kiroku.conformance.reference.MlflowInstallation;
import dev.kiroku.stores.StoreUri;
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

/** Both servers on one store, and what they are put through. */
final class Contest implements AutoCloseable {
    private static final int STARTS = 5;
    private static final String LIMIT = "bench_limit";

    private final Options options;
    private final Path folder;
    private final Store store;
    private final MlflowInstallation mlflow;
    private final Map<String, Report.Fact> facts = new LinkedHashMap<>();

    Contest(Options options) throws IOException {
        this.options = options;
        this.folder = Files.createTempDirectory("kiroku-bench-");
        this.mlflow = options.kirokuAlone() || options.growth() ? null : install(options.store());
        this.store = Store.start(options.store(), folder);
    }

    private static MlflowInstallation install(Store.Kind store) throws IOException {
        say("MLflow " + MlflowInstallation.VERSION + ": looking for it in ~/.cache/kiroku, or installing it");
        MlflowInstallation mlflow = MlflowInstallation.findOrInstall();
        if (store == Store.Kind.postgresql) {
            mlflow.addPostgresDriver();
        }
        return mlflow;
    }

    Report run(List<Scenario> scenarios) throws IOException, SQLException, InterruptedException {
        List<Result> results = new ArrayList<>();
        String limitUri = store.create(LIMIT);
        Stores.open(StoreUri.parse(limitUri), id -> "mlflow-artifacts:/" + id, 0)
                .close();
        Server other = null;
        try (Server kiroku = startKiroku()) {
            other = mlflow == null ? null : startMlflow();
            facts.put(
                    "memory after the start, idle",
                    both(kiroku.residentMiB(), other == null ? Double.NaN : other.residentMiB(), "MiB"));
            for (Scenario scenario : scenarios) {
                Server rival = scenario.bearableForMlflow() ? other : null;
                Result result = measure(scenario, kiroku, rival);
                results.add(result);
                if (rival != null && result.mlflow().isEmpty()) { // it is still at it
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
        }
        return new Report(store.kind().name(), options.rounds(), options.time().toMillis() / 1000.0, facts, results);
    }

    /** @return charts by the names of their files */
    Map<String, Chart> grow() throws IOException, SQLException, InterruptedException {
        try (Server kiroku = startKiroku()) {
            return new Growth(options, kiroku, store).measure();
        }
    }

    private static Report.Fact both(double kiroku, double mlflow, String unit) {
        return new Report.Fact(kiroku, mlflow, unit);
    }

    /** Starts it several times; the first start, which makes the schema, and the median of the later ones are kept as facts. */
    private Server startKiroku() throws IOException, SQLException, InterruptedException {
        String uri = store.create("bench_kiroku");
        List<String> command = List.of(
                options.home().resolve("kiroku").toString(),
                "server",
                "--backend-store-uri",
                uri,
                "--artifacts-destination",
                "./artifacts");
        return startRepeatedly(Server.Side.KIROKU, "bench_kiroku", command, STARTS);
    }

    private Server startMlflow() throws IOException, SQLException, InterruptedException {
        return startRepeatedly(
                Server.Side.MLFLOW,
                "bench_mlflow",
                mlflow.serverCommand(store.create("bench_mlflow")),
                options.rounds() > 2 ? 3 : 1);
    }

    private Server startRepeatedly(Server.Side side, String database, List<String> command, int times)
            throws IOException, InterruptedException {
        say("starting " + side);
        Path place = folder.resolve(side.name());
        double[] millis = new double[Math.max(1, times - 1)];
        Server server = Server.start(side, database, command, place);
        note("start on an empty database", side, server.startMillis());
        millis[0] = server.startMillis();
        for (int i = 1; i < times; i++) {
            server = server.restarted();
            millis[i - 1] = server.startMillis();
        }
        java.util.Arrays.sort(millis);
        note("start to the first answer, median", side, Result.median(millis));
        Thread.sleep(500); // what a start still does in the background is no idle memory
        return server;
    }

    private void note(String name, Server.Side side, double value) {
        facts.merge(
                name,
                side == Server.Side.KIROKU ? both(value, Double.NaN, "ms") : both(Double.NaN, value, "ms"),
                (a, b) -> both(
                        Double.isNaN(a.kiroku()) ? b.kiroku() : a.kiroku(),
                        Double.isNaN(a.mlflow()) ? b.mlflow() : a.mlflow(),
                        "ms"));
    }

    private Result measure(Scenario scenario, Server kiroku, Server other)
            throws IOException, SQLException, InterruptedException {
        say(scenario.name() + ": preparing");
        Scenario.Prepared ours = scenario.prepare(kiroku, store);
        Scenario.Prepared theirs = other == null ? null : scenario.prepare(other, store);
        Boolean agrees = null;
        if (theirs != null) {
            try {
                agrees = agree(scenario, ours.answer().get(), theirs.answer().get());
            } catch (SocketTimeoutException e) {
                say("  MLflow has not answered within " + Server.PATIENCE.toSeconds() + " s: Kiroku goes on alone");
                facts.put(scenario.name() + ": no answer within", both(Double.NaN, Server.PATIENCE.toSeconds(), "s"));
                theirs = null;
            }
        }
        List<Sample> kirokuSamples = new ArrayList<>();
        List<Sample> mlflowSamples = new ArrayList<>();
        List<Sample> limitSamples = new ArrayList<>();
        try (Load our = new Load(kiroku.port(), scenario.clients());
                Load their = theirs == null ? null : new Load(other.port(), scenario.clients())) {
            our.run(ours.work(), options.warmUp());
            if (their != null) {
                their.run(
                        theirs.work(),
                        Duration.ZERO); // Python compiles nothing meanwhile: one call each fills its caches
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
            Result result = new Result(
                    scenario.name(),
                    scenario.clients(),
                    kirokuSamples,
                    mlflowSamples,
                    limitSamples,
                    agrees,
                    new Result.Cpu(kirokuCpu, mlflowCpu));
            tell(result);
            return result;
        }
    }

    private static long operations(List<Sample> samples) {
        return samples.stream().mapToLong(Sample::operations).sum();
    }

    private static void tell(Result result) {
        say("%s: %.1f/s, MLflow %.2f/s, limit %.1f/s; CPU %.3f and %.3f ms"
                .formatted(
                        result.name(),
                        result.kirokuPerSecond(),
                        result.mlflowPerSecond(),
                        result.limitPerSecond(),
                        result.cpu().kiroku(),
                        result.cpu().mlflow()));
        tellErrors("Kiroku", result.kiroku());
        tellErrors("MLflow", result.mlflow());
        tellErrors("the store", result.limit());
    }

    private static void tellErrors(String of, List<Sample> samples) {
        samples.stream()
                .map(Sample::firstError)
                .filter(Objects::nonNull)
                .findFirst()
                .ifPresent(error -> say("  an error of " + of + ": " + error));
    }

    private static boolean agree(Scenario scenario, Object ours, Object theirs) {
        if (!ours.equals(theirs)) {
            say(scenario.name() + ": the answers differ\n  Kiroku: " + shown(ours) + "\n  MLflow: " + shown(theirs));
            return false;
        }
        return true;
    }

    private static String shown(Object answer) {
        String text = answer.toString();
        return text.length() <= 600 ? text : text.substring(0, 600) + "…";
    }

    /** Progress, to where it does not mix with the result. */
    static void say(String line) {
        System.err.println(line);
    }

    @Override
    public void close() throws IOException {
        store.close();
        Store.delete(folder);
    }
}
