package dev.kiroku.bench.seed;

import dev.kiroku.bench.http.BenchmarkRequest;
import dev.kiroku.bench.servers.BenchmarkServer;
import dev.kiroku.bench.servers.BenchmarkStore;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Fills a server's database through SQL, because its API would take too long. The rows are those that the API would have
 * written, except for metric histories: searches read latest values only.
 */
public abstract class DatabaseSeeder {
    /** Each registered model has one version, which has this alias. */
    public static final String ALIAS = "champion";

    final BenchmarkServer server;
    final Connection connection;

    DatabaseSeeder(BenchmarkServer server, Connection connection) {
        this.server = server;
        this.connection = connection;
    }

    /** Returns the seeder for a server's database. */
    private static DatabaseSeeder of(BenchmarkServer server, Connection connection) {
        return server.product() == BenchmarkServer.Product.KIROKU
                ? new KirokuSeeder(server, connection)
                : new MlflowSeeder(server, connection);
    }

    /** Creates an experiment with {@code count} runs and returns its id. */
    public static String runs(BenchmarkServer server, BenchmarkStore store, String size, int count)
            throws IOException, SQLException {
        String id = server.call(BenchmarkRequest.post(
                        "/api/2.0/mlflow/experiments/create", "{\"name\": \"size-" + size + "\"}"))
                .get("experiment_id")
                .asString();
        try (Connection connection = store.connect(server.database())) {
            of(server, connection).addRuns(Long.parseLong(id), size, count);
            gatherStatistics(store, connection);
        }
        return id;
    }

    /**
     * Creates an experiment with {@code count} runs and returns its id. Beside the metrics of {@link #runs}, each run has histories
     * {@code h0}, {@code h1} and so on.
     *
     * @param histories the number of metrics with a history
     * @param steps the points of each history
     */
    public static String runsWithHistories(
            BenchmarkServer server, BenchmarkStore store, String size, int count, int histories, int steps)
            throws IOException, SQLException {
        String id = runs(server, store, size, count);
        try (Connection connection = store.connect(server.database())) {
            DatabaseSeeder seeder = of(server, connection);
            for (int run = 0; run < count; run++) {
                for (int key = 0; key < histories; key++) {
                    seeder.addPoints(runId(size, run), "h" + key, 0, steps);
                }
            }
            gatherStatistics(store, connection);
        }
        return id;
    }

    /** Creates the registered models {@code model-00000} and so on. */
    public static void models(BenchmarkServer server, BenchmarkStore store, int count) throws SQLException {
        try (Connection connection = store.connect(server.database())) {
            of(server, connection).addModels(count);
            gatherStatistics(store, connection);
        }
    }

    /** Logs points of one metric, one for each step of a range, one second apart. On MLflow the run must have no points yet. */
    public static void points(BenchmarkServer server, BenchmarkStore store, String runId, String key, int from, int to)
            throws IOException, SQLException {
        try (Connection connection = store.connect(server.database())) {
            of(server, connection).addPoints(runId, key, from, to);
        }
    }

    /** Runs vacuum and analyze, which autovacuum would do later. */
    private static void gatherStatistics(BenchmarkStore store, Connection connection) throws SQLException {
        if (store.kind() == BenchmarkStore.Kind.postgresql) {
            BulkLoader.execute(connection, List.of("vacuum analyze"));
        }
    }

    /** Returns the id of the i-th run of {@link #runs}. */
    public static String runId(String size, int i) {
        return new SampleRun(size, i).runId();
    }

    /** Returns the name of the {@code i}th registered model. */
    public static String modelName(int i) {
        return "model-%05d".formatted(i);
    }

    /** Returns the value of the n-th point: a noisy curve like a loss. */
    static double value(int n) {
        return 1.0 / (1 + n * 0.001) + (Integer.reverse(n * 0x9E3779B9) >>> 8) * 0x1.0p-34;
    }

    static long timestamp(int n) {
        return 1_700_000_000_000L + n * 1000L;
    }

    abstract void addRuns(long experiment, String size, int count) throws IOException, SQLException;

    abstract void addModels(int count) throws SQLException;

    abstract void addPoints(String runId, String key, int from, int to) throws IOException, SQLException;
}
