package dev.kiroku.bench.seed;

import dev.kiroku.bench.http.BenchmarkClient;
import dev.kiroku.bench.http.BenchmarkRequest;
import dev.kiroku.bench.servers.BenchmarkServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.postgresql.PGConnection;

/** Fills the tables of Kiroku. */
final class KirokuSeeder extends DatabaseSeeder {
    private static final int BATCH = 1000;

    KirokuSeeder(BenchmarkServer server, Connection connection) {
        super(server, connection);
    }

    @Override
    void addRuns(long experiment, String size, int count) throws SQLException {
        long firstRun = next("runs", "run_key");
        long firstName = next("texts", "id");
        String root = "mlflow-artifacts:/" + experiment;
        // Every run name is a distinct text; the other texts are few.
        load("texts (id, hash, value)", count, i -> {
            String name = new SampleRun(size, i).name();
            return new Object[] {firstName + i, hash(name), name};
        });
        restart("texts", "id");
        Map<String, Long> texts = intern(
                "texts",
                IntStream.range(0, Math.min(count, 5000))
                        .boxed()
                        .flatMap(i -> Stream.concat(
                                new SampleRun(size, i).params().subList(0, 2).stream(),
                                new SampleRun(size, i).tags().subList(1, 3).stream())));
        Map<String, Long> keys = intern(
                "keys",
                Stream.concat(
                        Stream.concat(SampleRun.PARAM_KEYS.stream(), SampleRun.TAG_KEYS.stream()),
                        IntStream.range(0, SampleRun.METRICS).mapToObj(k -> "m" + k)));

        load(
                "runs (run_key, run_id, experiment_id, name, user_id, status, start_time, end_time, stage, artifact_uri)",
                count,
                i -> {
                    SampleRun run = new SampleRun(size, i);
                    return new Object[] {
                        firstRun + i,
                        run.runId(),
                        experiment,
                        run.name(),
                        "bench",
                        2,
                        run.start(),
                        run.start() + 500,
                        0,
                        root + "/" + run.runId() + "/artifacts"
                    };
                });
        restart("runs", "run_key");
        for (int k = 0; k < SampleRun.METRICS; k++) { // key by key, in the order of the index on values
            int key = k;
            long keyId = keys.get("m" + k);
            load(
                    "latest_metrics (run_key, key_id, experiment_id, is_nan, value, step, timestamp, least, greatest)",
                    count,
                    i -> {
                        SampleRun run = new SampleRun(size, i);
                        return new Object[] {
                            firstRun + i,
                            keyId,
                            experiment,
                            0,
                            run.metric(key),
                            1,
                            run.start(),
                            run.metric(key),
                            run.metric(key)
                        };
                    });
        }
        texts("params", SampleRun.PARAM_KEYS, experiment, size, count, firstRun, firstName, keys, texts);
        texts("tags", SampleRun.TAG_KEYS, experiment, size, count, firstRun, firstName, keys, texts);
    }

    private void texts(
            String table,
            List<String> names,
            long experiment,
            String size,
            int count,
            long firstRun,
            long firstName,
            Map<String, Long> keys,
            Map<String, Long> texts)
            throws SQLException {
        for (int k = 0; k < names.size(); k++) {
            int key = k;
            long keyId = keys.get(names.get(k));
            load(table + " (run_key, key_id, experiment_id, value_id)", count, i -> {
                SampleRun run = new SampleRun(size, i);
                String value = (table.equals("params") ? run.params() : run.tags()).get(key);
                return new Object[] {
                    firstRun + i, keyId, experiment, value.equals(run.name()) ? firstName + i : texts.get(value)
                };
            });
        }
    }

    private interface RowOf {
        Object[] row(int i);
    }

    private void load(String table, int count, RowOf rows) throws SQLException {
        BulkLoader.load(connection, table, IntStream.range(0, count).mapToObj(rows::row));
    }

    private long next(String table, String key) throws SQLException {
        return BulkLoader.number(connection, "select coalesce(max(" + key + "), 0) + 1 from " + table);
    }

    /** Advances PostgreSQL's sequence past the inserted keys. SQLite does that by itself. */
    private void restart(String table, String key) throws SQLException {
        if (connection.isWrapperFor(PGConnection.class)) {
            BulkLoader.number(
                    connection,
                    "select setval(pg_get_serial_sequence('" + table + "', '" + key + "'), (select max(" + key
                            + ") from " + table + "))");
        }
    }

    private Map<String, Long> intern(String table, Stream<String> values) throws SQLException {
        Map<String, Long> ids = new HashMap<>();
        List<String> distinct = values.distinct().toList();
        try (var insert = connection.prepareStatement(
                        "insert into " + table + " (hash, value) values (?, ?) on conflict (hash) do nothing");
                var select = connection.prepareStatement("select id from " + table + " where hash = ?")) {
            for (String value : distinct) {
                insert.setBytes(1, hash(value));
                insert.setString(2, value);
                insert.executeUpdate();
                select.setBytes(1, hash(value));
                try (var rows = select.executeQuery()) {
                    rows.next();
                    ids.put(value, rows.getLong(1));
                }
            }
        }
        return ids;
    }

    private static byte[] hash(String text) {
        try {
            return Arrays.copyOf(
                    MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)), 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    void addModels(int count) throws SQLException {
        long first = next("registered_models", "model_key");
        load("registered_models (model_key, name, creation_time, last_update_time, last_version)", count, i ->
                new Object[] {first + i, modelName(i), timestamp(i), timestamp(i), 1});
        load(
                "model_versions (model_key, version, creation_time, last_update_time, stage, source, storage_location)",
                count,
                i -> new Object[] {first + i, 1, timestamp(i), timestamp(i), 0, "s3://models/" + i, "s3://models/" + i
                });
        load("registered_model_aliases (model_key, alias, version)", count, i -> new Object[] {first + i, ALIAS, 1});
        restart("registered_models", "model_key");
    }

    /** Uses the API: SQL is not faster, and the format of the blocks is internal to Kiroku. */
    @Override
    void addPoints(String runId, String key, int first, int to) throws IOException {
        try (BenchmarkClient client = new BenchmarkClient(server.port())) {
            for (int from = first; from < to; from += BATCH) {
                StringBuilder json = new StringBuilder("{\"run_id\": \"" + runId + "\", \"metrics\": [");
                for (int n = from; n < Math.min(to, from + BATCH); n++) {
                    json.append(n == from ? "" : ",")
                            .append("{\"key\":\"")
                            .append(key)
                            .append("\",\"value\":")
                            .append(value(n))
                            .append(",\"timestamp\":")
                            .append(timestamp(n))
                            .append(",\"step\":")
                            .append(n)
                            .append('}');
                }
                client.sendAndDiscard(BenchmarkRequest.post(
                        "/api/2.0/mlflow/runs/log-batch", json.append("]}").toString()));
            }
        }
    }
}
