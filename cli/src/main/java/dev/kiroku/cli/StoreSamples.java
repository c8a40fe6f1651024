package dev.kiroku.cli;

import dev.kiroku.server.load.Sample;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.tracking.Compactor;
import java.util.ArrayList;
import java.util.List;

/** What the stores know of themselves, for {@code /metrics}. */
final class StoreSamples {
    private StoreSamples() {}

    static List<Sample> of(Database database, Compactor compactor) {
        List<Sample> samples = new ArrayList<>();
        List<Database.Pool> pools = database.pools();
        pools.forEach(p -> samples.add(pool("kiroku_store_connections_active", "Connections in use.", p, p.active())));
        pools.forEach(p -> samples.add(
                pool("kiroku_store_connections_limit", "How many connections there may be.", p, p.limit())));
        pools.forEach(p -> samples.add(
                pool("kiroku_store_connections_awaited", "Threads that wait for a connection.", p, p.awaited())));
        Database.Writes writes = database.writes();
        samples.add(Sample.gauge("kiroku_store_writes_queued", "Writes that wait for a transaction.", writes.queued()));
        samples.add(Sample.counter("kiroku_store_writes_total", "Writes that were committed.", writes.committed()));
        samples.add(Sample.counter(
                "kiroku_store_transactions_total",
                "Transactions that they were committed in; fewer than writes: they share.",
                writes.transactions()));
        samples.add(Sample.counter(
                "kiroku_store_write_failures_total", "Writes that the database did not take.", writes.failures()));
        samples.addAll(of(compactor.progress()));
        return samples;
    }

    private static Sample pool(String name, String help, Database.Pool pool, int value) {
        return Sample.gauge(name, help, value).with("pool", pool.name());
    }

    private static List<Sample> of(Compactor.Progress p) {
        return List.of(
                Sample.gauge(
                        "kiroku_compaction_lease_held",
                        "1 on the server that compacts; one of all on a database does.",
                        p.holdsLease() ? 1 : 0),
                Sample.gauge(
                        "kiroku_compaction_waiting_runs", "Runs that were due when last looked at.", p.waitingRuns()),
                Sample.counter("kiroku_compaction_steps_total", "Transactions done.", p.steps()),
                Sample.counter("kiroku_compaction_points_total", "Metric points that left fresh blocks.", p.points()),
                Sample.counter("kiroku_compaction_blocks_read_total", "Blocks that were replaced.", p.blocksIn()),
                Sample.counter("kiroku_compaction_read_bytes_total", "Their size.", p.bytesIn()),
                Sample.counter("kiroku_compaction_blocks_written_total", "Blocks that replaced them.", p.blocksOut()),
                Sample.counter("kiroku_compaction_written_bytes_total", "Their size.", p.bytesOut()),
                Sample.counter("kiroku_compaction_seconds_total", "Time spent, rests not counted.", p.seconds()),
                Sample.counter("kiroku_compaction_failures_total", "Steps that are to be tried again.", p.failures()));
    }
}
