package dev.kiroku.cli.wiring;

import dev.kiroku.http.prometheus.PrometheusSample;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.tracking.Compactor;
import java.util.ArrayList;
import java.util.List;

/** The metrics of the stores for {@code /metrics}. */
public final class StoreMetrics {
    private StoreMetrics() {}

    static List<PrometheusSample> of(Database database, Compactor compactor) {
        List<PrometheusSample> samples = new ArrayList<>();
        List<Database.PoolStats> pools = database.poolStats();
        pools.forEach(p -> samples.add(pool("kiroku_store_connections_active", "Connections in use.", p, p.active())));
        pools.forEach(p ->
                samples.add(pool("kiroku_store_connections_limit", "Maximum number of connections.", p, p.maxSize())));
        pools.forEach(p -> samples.add(
                pool("kiroku_store_connections_awaited", "Threads that wait for a connection.", p, p.waiting())));
        Database.WriteStats writes = database.writeStats();
        samples.add(PrometheusSample.gauge(
                "kiroku_store_writes_queued", "Writes that wait for a transaction.", writes.queued()));
        samples.add(PrometheusSample.counter("kiroku_store_writes_total", "Committed writes.", writes.committed()));
        samples.add(PrometheusSample.counter(
                "kiroku_store_transactions_total",
                "Committed transactions; fewer than writes, because writes share transactions.",
                writes.transactions()));
        samples.add(PrometheusSample.counter(
                "kiroku_store_write_failures_total", "Writes that the database rejected.", writes.failures()));
        samples.addAll(of(compactor.progress()));
        return samples;
    }

    private static PrometheusSample pool(String name, String help, Database.PoolStats pool, int value) {
        return PrometheusSample.gauge(name, help, value).withLabel("pool", pool.name());
    }

    private static List<PrometheusSample> of(Compactor.Progress p) {
        return List.of(
                PrometheusSample.gauge(
                        "kiroku_compaction_lease_held",
                        "1 on the server that compacts; one server per database does.",
                        p.holdsLease() ? 1 : 0),
                PrometheusSample.gauge(
                        "kiroku_compaction_waiting_runs", "Runs that were due at the last check.", p.waitingRuns()),
                PrometheusSample.counter("kiroku_compaction_steps_total", "Compaction transactions.", p.steps()),
                PrometheusSample.counter(
                        "kiroku_compaction_points_total", "Metric points moved out of uncompacted blocks.", p.points()),
                PrometheusSample.counter(
                        "kiroku_compaction_blocks_read_total", "Blocks read and replaced.", p.blocksIn()),
                PrometheusSample.counter("kiroku_compaction_read_bytes_total", "Size of the blocks read.", p.bytesIn()),
                PrometheusSample.counter("kiroku_compaction_blocks_written_total", "Blocks written.", p.blocksOut()),
                PrometheusSample.counter(
                        "kiroku_compaction_written_bytes_total", "Size of the blocks written.", p.bytesOut()),
                PrometheusSample.counter(
                        "kiroku_compaction_seconds_total", "Time spent compacting, pauses excluded.", p.seconds()),
                PrometheusSample.counter(
                        "kiroku_compaction_failures_total", "Failed steps, which are retried.", p.failures()));
    }
}
