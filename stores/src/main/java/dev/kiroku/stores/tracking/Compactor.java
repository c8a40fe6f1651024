package dev.kiroku.stores.tracking;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.Lease;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Background thread that compacts the metric points of runs: the run that waits longest first, each step in a transaction of its own (see
 * {@link CompactionPlan}). Its state is in the database, so that it continues after a crash. Of all servers on a database, only the holder of
 * the {@link Lease} compacts. After each step it pauses three times as long as the step took, so that it uses at most a quarter of a core.
 */
public final class Compactor implements AutoCloseable {
    private static final int REST_FACTOR = 3;
    private static final int RUNS_PER_QUERY = 64;
    private static final Duration LEASE_DURATION = Duration.ofSeconds(30);
    private static final Duration RETRY_DELAY = Duration.ofHours(1);
    private static final long MIN_PAUSE_MILLIS = 50;
    private static final long MAX_PAUSE_MILLIS = 5_000;

    /**
     * What was compacted since the start.
     *
     * @param holdsLease whether this server is the one that compacts
     * @param waitingRuns the runs that were due at the last query
     * @param steps transactions that were committed
     * @param points of uncompacted blocks that were compacted
     * @param blocksIn blocks that were deleted
     * @param bytesIn the size of the deleted blocks
     * @param blocksOut blocks that were inserted
     * @param bytesOut the size of the inserted blocks
     * @param seconds the time of all steps, without pauses
     * @param failures steps that failed, including those that another server took over
     */
    public record Progress(
            boolean holdsLease,
            long waitingRuns,
            long steps,
            long points,
            long blocksIn,
            long bytesIn,
            long blocksOut,
            long bytesOut,
            double seconds,
            long failures) {}

    /** The sums over all steps. */
    private record Totals(long steps, CompactionPlan.CompactionStats stats, double seconds) {
        Totals plus(CompactionPlan.CompactionStats more, long nanos) {
            return new Totals(steps + 1, stats.plus(more), seconds + nanos / 1e9);
        }
    }

    private final Logger log = LoggerFactory.getLogger(Compactor.class);
    private final Database database;
    private final LatestMetrics latestMetrics;
    private final Lease lease = new Lease("compaction", UUID.randomUUID().toString(), LEASE_DURATION);
    private final long ageMillis;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    // Written by the compactor thread only.
    private volatile long leaseExpiresNanos = System.nanoTime();
    private volatile long waitingRuns;
    private volatile long failures;
    private volatile Totals totals = new Totals(0, CompactionPlan.CompactionStats.NONE, 0);

    /**
     * Starts the thread.
     *
     * @param age how long a run has uncompacted blocks before it is compacted
     */
    public Compactor(Database database, Duration age) {
        this.database = database;
        this.latestMetrics = new LatestMetrics(database.dialect());
        this.ageMillis = age.toMillis();
        this.thread = Thread.ofPlatform()
                .daemon()
                .name("compactor")
                .priority(Thread.MIN_PRIORITY)
                .start(this::run);
    }

    /** Returns what was compacted since the start. */
    public Progress progress() {
        CompactionPlan.CompactionStats stats = totals.stats;
        return new Progress(
                holdsLease(),
                waitingRuns,
                totals.steps,
                stats.points(),
                stats.blocksIn(),
                stats.bytesIn(),
                stats.blocksOut(),
                stats.bytesOut(),
                totals.seconds,
                failures);
    }

    private void run() {
        long pause = Math.clamp(ageMillis / 10, MIN_PAUSE_MILLIS, MAX_PAUSE_MILLIS);
        try {
            while (!closing.await(pause, TimeUnit.MILLISECONDS)) {
                try {
                    compactDueRuns();
                } catch (RuntimeException | Error e) {
                    // The run stays due and is found again.
                    leaseExpiresNanos = System.nanoTime();
                    failures = failures + 1;
                    logFailure(e);
                }
            }
            if (holdsLease()) {
                database.run(lease.name(), lease::release);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (KirokuException e) {
            log.debug("The compaction lease was not released and will expire", e);
        }
    }

    /** Compacts runs until none is due, the lease is lost, or the compactor is closed. */
    private void compactDueRuns() throws InterruptedException {
        List<Long> due = findDueRuns();
        if (due.isEmpty()) {
            return;
        }
        long requested = System.nanoTime();
        leaseExpiresNanos = requested + (database.write(lease.name(), lease::acquire) ? LEASE_DURATION.toNanos() : 0);
        while (holdsLease() && !due.isEmpty()) {
            for (long runKey : due) {
                long start = System.nanoTime();
                tryCompact(runKey);
                long elapsed = System.nanoTime() - start;
                if (closing.await(REST_FACTOR * elapsed, TimeUnit.NANOSECONDS)) {
                    return;
                }
            }
            due = findDueRuns();
        }
    }

    /** Returns whether the lease is held. It expires here before it expires in the database, since the time counts from before the request. */
    private boolean holdsLease() {
        return leaseExpiresNanos - System.nanoTime() > 0;
    }

    private List<Long> findDueRuns() {
        return database.read(tx -> {
            String where = " from fresh_runs where since <= " + tx.dialect().currentTimeMillis() + " - ?";
            waitingRuns =
                    tx.queryLong(Sql.of("select count(*)" + where, ageMillis)).orElse(0L);
            return tx.queryList(
                    Sql.of("select run_key" + where + " order by since, run_key limit " + RUNS_PER_QUERY, ageMillis),
                    row -> row.getLong("run_key"));
        });
    }

    /** Compacts a run, or postpones it if it cannot be compacted, for example because a block is damaged, so that others need not wait. */
    private void tryCompact(long runKey) {
        try {
            compact(runKey);
        } catch (RuntimeException e) {
            if (isTransient(e)) {
                throw e;
            }
            failures = failures + 1;
            log.error(
                    "The metrics of the run with run_key {} could not be compacted. They stay readable; the next attempt is in {} minutes",
                    runKey,
                    RETRY_DELAY.toMinutes(),
                    e);
            database.write(
                    lease.name(),
                    tx -> tx.update(Sql.of(
                            "update fresh_runs set since = " + tx.dialect().currentTimeMillis()
                                    + " + ? where run_key = ?",
                            RETRY_DELAY.toMillis(),
                            runKey)));
        }
    }

    private static boolean isTransient(Throwable e) {
        return e instanceof KirokuException k
                && (k.code() == ErrorCode.TEMPORARILY_UNAVAILABLE
                        || k.code() == ErrorCode.RESOURCE_EXHAUSTED
                        || k.code() == ErrorCode.RESOURCE_CONFLICT);
    }

    private void logFailure(Throwable e) {
        if (isTransient(e)) {
            log.debug("Compaction was interrupted and will be continued", e);
        } else {
            log.error("Compaction failed and will be repeated", e);
        }
    }

    private void compact(long runKey) {
        long start = System.nanoTime();
        CompactionPlan plan = database.read(tx -> CompactionPlan.plan(tx, runKey));
        // Ordered by run id, as the writes of the run itself, which otherwise would wait for the lock.
        String runId = database.read(tx -> findRunId(tx, runKey));
        long requested = System.nanoTime();
        database.run(runId, tx -> {
            lease.renew(tx);
            plan.apply(tx, latestMetrics);
        });
        leaseExpiresNanos = requested + LEASE_DURATION.toNanos();
        totals = totals.plus(plan.stats(), System.nanoTime() - start);
    }

    private static String findRunId(Transaction tx, long runKey) throws SQLException {
        return tx.queryFirst(
                        Sql.of("select run_id from runs where run_key = ?", runKey), row -> row.getString("run_id"))
                .orElse("");
    }

    /** Finishes the current step and releases the lease. */
    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
