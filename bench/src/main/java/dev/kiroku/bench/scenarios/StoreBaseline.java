package dev.kiroku.bench.scenarios;

import dev.kiroku.bench.load.LoadGenerator;
import dev.kiroku.bench.load.LoadResult;
import dev.kiroku.bench.servers.BenchmarkStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The rate at which the store itself can write a scenario's rows: prepared batches on plain connections into the same tables, one
 * transaction per operation, without JSON and validation. Uses a database of its own with Kiroku's schema.
 *
 * @param newRun whether an operation creates and finishes a run
 * @param blockBytes size of the encoded points
 * @param metrics how many latest values are updated: at once for a new run, otherwise every 64 operations
 * @param texts how many params and tags are written
 */
public record StoreBaseline(boolean newRun, int blockBytes, int metrics, int texts) {
    /** A run that logs repeatedly gets its latest values updated once per this number of blocks. */
    private static final int LATEST_EVERY = 64;

    private static final AtomicLong NEXT = new AtomicLong(1_000_000_000L);

    /**
     * Writes as fast as possible for a time.
     *
     * @param database a database with Kiroku's schema
     */
    public LoadResult measure(BenchmarkStore store, String database, Duration time)
            throws SQLException, IOException, InterruptedException {
        List<Connection> connections = new ArrayList<>();
        try {
            List<Writer> writers = new ArrayList<>();
            for (int i = 0; i < store.writers(); i++) {
                Connection connection = store.connect(database);
                connections.add(connection);
                connection.setAutoCommit(false);
                writers.add(new Writer(connection));
            }
            try (LoadGenerator load = new LoadGenerator(0, writers.size())) {
                return load.run(
                        (client, worker, n) -> {
                            try {
                                writers.get(worker).write(n);
                            } catch (SQLException e) {
                                throw new IOException(e);
                            }
                        },
                        time);
            }
        } finally {
            for (Connection connection : connections) {
                connection.close();
            }
        }
    }

    private final class Writer {
        private final Connection connection;
        private final PreparedStatement run;
        private final PreparedStatement finish;
        private final PreparedStatement block;
        private final PreparedStatement latest;
        private final PreparedStatement param;
        private final byte[] bytes = new byte[Math.max(blockBytes, 8)];
        private long runKey;

        Writer(Connection connection) throws SQLException {
            this.connection = connection;
            run = connection.prepareStatement(
                    "insert into runs (run_key, run_id, experiment_id, name, user_id, status, start_time, stage, artifact_uri)"
                            + " values (?, ?, 0, 'limit', '', 0, 1700000000000, 1, 'mlflow-artifacts:/0/limit/artifacts')");
            finish = connection.prepareStatement(
                    "update runs set status = 2, end_time = 1700000000001 where run_key = ?");
            block = connection.prepareStatement(
                    "insert into metric_blocks (run_key, key_id, seq, points, data) values (?, 0, ?, 1, ?)");
            latest = connection.prepareStatement(
                    "insert into latest_metrics (run_key, key_id, experiment_id, is_nan, value, step, timestamp, least, greatest)"
                            + " values (?, ?, 0, 0, ?, ?, 1700000000000, ?, ?) on conflict (run_key, key_id) do update set is_nan = excluded.is_nan,"
                            + " value = excluded.value, step = excluded.step, timestamp = excluded.timestamp, least = excluded.least, greatest = excluded.greatest where (excluded.step, excluded.timestamp,"
                            + " excluded.value) > (latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)");
            param = connection.prepareStatement(
                    "insert into params (run_key, key_id, experiment_id, value_id) values (?, ?, 0, 1)");
            newRun();
            connection.commit();
        }

        private void newRun() throws SQLException {
            runKey = NEXT.incrementAndGet();
            run.setLong(1, runKey);
            run.setString(2, "%032x".formatted(runKey));
            run.executeUpdate();
        }

        void write(long n) throws SQLException {
            if (newRun) {
                newRun();
            }
            for (int i = 0; i < texts; i++) {
                param.setLong(1, runKey);
                param.setLong(2, i);
                param.addBatch();
            }
            if (texts > 0) {
                param.executeBatch();
            }
            ByteBuffer.wrap(bytes).putLong(n);
            block.setLong(1, runKey);
            block.setLong(2, n);
            block.setBytes(3, bytes);
            block.executeUpdate();
            for (int i = 0; (newRun || n % LATEST_EVERY == 0) && i < metrics; i++) {
                latest.setLong(1, runKey);
                latest.setLong(2, i);
                latest.setDouble(3, n * 0.001 + i);
                latest.setLong(4, n);
                latest.setDouble(5, i);
                latest.setDouble(6, n * 0.001 + i);
                latest.addBatch();
            }
            latest.executeBatch();
            if (newRun) {
                finish.setLong(1, runKey);
                finish.executeUpdate();
            }
            connection.commit();
        }
    }
}
