package dev.kiroku.bench.seed;

import dev.kiroku.bench.servers.BenchmarkServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.postgresql.PGConnection;

/** Fills the tables of MLflow 3.17.2. */
final class MlflowSeeder extends DatabaseSeeder {
    MlflowSeeder(BenchmarkServer server, Connection connection) {
        super(server, connection);
    }

    @Override
    void addRuns(long experiment, String size, int count) throws SQLException {
        String root = "mlflow-artifacts:/" + experiment;
        BulkLoader.load(
                connection,
                "runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time, source_version,"
                        + " lifecycle_stage, artifact_uri, experiment_id)",
                runs(size, count).map(run -> new Object[] {
                    run.runId(),
                    run.name(),
                    "UNKNOWN",
                    "",
                    "",
                    "bench",
                    "FINISHED",
                    run.start(),
                    run.start() + 500,
                    "",
                    "active",
                    root + "/" + run.runId() + "/artifacts",
                    experiment
                }));
        for (String table : List.of("metrics", "latest_metrics")) {
            BulkLoader.load(
                    connection,
                    table + " (key, value, timestamp, step, is_nan, run_uuid)",
                    runs(size, count)
                            .flatMap(run -> IntStream.range(0, SampleRun.METRICS)
                                    .mapToObj(k ->
                                            new Object[] {"m" + k, run.metric(k), run.start(), 1, no(), run.runId()})));
        }
        BulkLoader.load(
                connection,
                "params (key, value, run_uuid)",
                runs(size, count).flatMap(run -> pairs(SampleRun.PARAM_KEYS, run.params(), run)));
        BulkLoader.load(
                connection,
                "tags (key, value, run_uuid)",
                runs(size, count).flatMap(run -> pairs(SampleRun.TAG_KEYS, run.tags(), run)));
    }

    private static Stream<SampleRun> runs(String size, int count) {
        return IntStream.range(0, count).mapToObj(i -> new SampleRun(size, i));
    }

    private static Stream<Object[]> pairs(List<String> keys, List<String> values, SampleRun run) {
        List<Object[]> rows = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            rows.add(new Object[] {keys.get(i), values.get(i), run.runId()});
        }
        return rows.stream();
    }

    private Object no() {
        try {
            return connection.isWrapperFor(PGConnection.class) ? (Object) false : (Object) 0;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    void addModels(int count) throws SQLException {
        BulkLoader.load(
                connection,
                "registered_models (name, creation_time, last_updated_time)",
                IntStream.range(0, count).mapToObj(i -> new Object[] {modelName(i), timestamp(i), timestamp(i)}));
        BulkLoader.load(
                connection,
                "model_versions (name, version, creation_time, last_updated_time, current_stage, source, status, storage_location)",
                IntStream.range(0, count).mapToObj(i -> new Object[] {
                    modelName(i), 1, timestamp(i), timestamp(i), "None", "s3://models/" + i, "READY", "s3://models/" + i
                }));
        BulkLoader.load(
                connection,
                "registered_model_aliases (alias, version, name)",
                IntStream.range(0, count).mapToObj(i -> new Object[] {ALIAS, 1, modelName(i)}));
    }

    @Override
    void addPoints(String runId, String key, int from, int to) throws SQLException {
        BulkLoader.load(
                connection,
                "metrics (key, value, timestamp, run_uuid, step, is_nan)",
                IntStream.range(from, to).mapToObj(n -> new Object[] {key, value(n), timestamp(n), runId, n, no()}));
        int last = to - 1;
        BulkLoader.load(
                connection,
                "latest_metrics (key, value, timestamp, step, is_nan, run_uuid)",
                Stream.<Object[]>of(new Object[] {key, value(last), timestamp(last), last, no(), runId}));
    }
}
