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
 * Compacts, in the background, what runs have logged: run after run, the longest waiting first, each step of a run in a transaction of its own.
 * It can be killed at any time and goes on where the database says that it stopped. Of all servers on a database one does it, for as long as
 * it holds the {@link Lease}. It rests three times as long as it works, so that it never takes more than a quarter of a core.
 */
public final class Compactor implements AutoCloseable {
    private static final int REST_FACTOR = 3;
    private static final int RUNS_PER_QUERY = 64;
    private static final Duration LEASE_DURATION = Duration.ofSeconds(30);
    private static final Duration RETRY_DELAY = Duration.ofHours(1);
    private static final long MIN_PAUSE_MILLIS = 50;
    private static final long MAX_PAUSE_MILLIS = 5_000;

    /**
     * What has been done since the start.
     *
     * @param holdsLease whether this server is the one that compacts
     * @param waitingRuns how many runs were due when last looked at
     * @param steps how many times a run was worked at
     * @param points how many have left fresh blocks
     * @param seconds of work, rests not counted
     * @param failures times when the database was away, the work was another's, or something was wrong with a block
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

    /** Of all steps together. */
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
    // Written by the thread alone.
    private volatile long leaseExpiresNanos = System.nanoTime();
    private volatile long waitingRuns;
    private volatile long failures;
    private volatile Totals totals = new Totals(0, new CompactionPlan.CompactionStats(0, 0, 0, 0, 0), 0);

    /** @param age how long points stay as they came */
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

    public Progress progress() {
        CompactionPlan.CompactionStats w = totals.stats;
        return new Progress(
                holdsLease(),
                waitingRuns,
                totals.steps,
                w.points(),
                w.blocksIn(),
                w.bytesIn(),
                w.blocksOut(),
                w.bytesOut(),
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
                    // Nothing is lost: what was not compacted is found again.
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
            log.debug("the lease runs out by itself", e);
        }
    }

    /** Does all that is due. */
    private void compactDueRuns() throws InterruptedException {
        List<Long> due = findDueRuns();
        if (due.isEmpty()) {
            return;
        }
        long asked = System.nanoTime();
        leaseExpiresNanos = asked + (database.write(lease.name(), lease::acquire) ? LEASE_DURATION.toNanos() : 0);
        while (holdsLease() && !due.isEmpty()) {
            for (long runKey : due) {
                long began = System.nanoTime();
                tryCompact(runKey);
                long took = System.nanoTime() - began;
                if (closing.await(REST_FACTOR * took, TimeUnit.NANOSECONDS)) {
                    return;
                }
            }
            due = findDueRuns();
        }
    }

    /** Never longer than the database knows: the time counts from before it was asked. */
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

    /** One run that cannot be compacted, because something is wrong with it, does not keep the others waiting. */
    private void tryCompact(long runKey) {
        try {
            compact(runKey);
        } catch (RuntimeException e) {
            if (isTransient(e)) {
                throw e;
            }
            failures = failures + 1;
            log.error("the metrics of the run with key {} cannot be compacted; tried again later", runKey, e);
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
                && (k.code() == ErrorCode.TEMPORARILY_UNAVAILABLE || k.code() == ErrorCode.RESOURCE_CONFLICT);
    }

    private void logFailure(Throwable e) {
        if (isTransient(e)) {
            log.debug("compaction goes on later", e);
        } else {
            log.error("compaction failed and is tried again", e);
        }
    }

    private void compact(long runKey) {
        long began = System.nanoTime();
        CompactionPlan compaction = database.read(tx -> CompactionPlan.plan(tx, runKey));
        // Ordered by run id, as the writes of the run itself, which otherwise would wait for the lock.
        String runId = database.read(tx -> findRunId(tx, runKey));
        long asked = System.nanoTime();
        database.run(runId, tx -> {
            lease.renew(tx);
            compaction.apply(tx, latestMetrics);
        });
        leaseExpiresNanos = asked + LEASE_DURATION.toNanos();
        totals = totals.plus(compaction.stats(), System.nanoTime() - began);
    }

    private static String findRunId(Transaction tx, long runKey) throws SQLException {
        return tx.queryFirst(
                        Sql.of("select run_id from runs where run_key = ?", runKey), row -> row.getString("run_id"))
                .orElse("");
    }

    /** Finishes the step under way, and gives the lease up. */
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
