package dev.kiroku.stores.tracking;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.RunInfo;
import dev.kiroku.model.tracking.RunStatus;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run as far as its own table knows it.
 *
 * @param version grows with every change of what other tables have of the run
 * @param behind whether {@code latest_metrics} lacks points of it (see {@link LatestMetrics})
 */
record RunRow(long key, long version, long experimentId, boolean behind, RunInfo info) {
    static final String COLUMNS =
            "r.run_key, r.experiment_id, r.run_id, r.name, r.user_id, r.status, r.start_time, r.end_time, r.stage, r.artifact_uri,"
                    + " r.version, r.behind";
    /** The same of a row that a statement has changed. */
    static final String RETURNING = " returning " + COLUMNS.replace("r.", "");

    /**
     * Locks the runs that the calls of a transaction log to, all at once: active ones are kept from being changed by others until its end, and marked
     * as changed. {@link #requireLocked} gives a call its own.
     */
    static final Transaction.BatchPrefetch<String, RunRow> LOCK_ACTIVE = RunRow::lockActive;

    static RunRow of(ResultSet row) throws SQLException {
        long endTime = row.getLong(8);
        Long ended = row.wasNull() ? null : endTime;
        String runId = row.getString(3);
        long experiment = row.getLong(2);
        return new RunRow(
                row.getLong(1),
                row.getLong(11),
                experiment,
                row.getInt(12) == 1,
                new RunInfo(
                        runId,
                        Long.toString(experiment),
                        row.getString(4),
                        row.getString(5),
                        RunStatus.values()[row.getInt(6)],
                        row.getLong(7),
                        ended,
                        row.getString(10),
                        LifecycleStage.values()[row.getInt(9)].wireName(),
                        runId));
    }

    static RunRow require(Transaction tx, String runId) throws SQLException {
        return tx.queryFirst(Sql.of("select " + COLUMNS + " from runs r where r.run_id = ?", runId), RunRow::of)
                .orElseThrow(() -> runNotFound(runId));
    }

    private static Map<String, RunRow> lockActive(Transaction tx, Collection<String> runIds) throws SQLException {
        Map<String, RunRow> locked = new HashMap<>();
        for (List<String> chunk : PageQuery.chunks(List.copyOf(runIds))) {
            Sql lock = Sql.of("update runs set version = version + 1 where stage = 0 and run_id in ")
                    .addIn(PageQuery.padToPowerOfTwo(chunk, chunk.getFirst()))
                    .add(RETURNING);
            tx.queryEach(lock, row -> {
                RunRow run = of(row);
                locked.put(run.info.runId(), run);
            });
        }
        return locked;
    }

    /** @return the run, locked by {@link #LOCK_ACTIVE} at the beginning of the transaction */
    static RunRow requireLocked(Transaction tx, String runId) throws SQLException {
        RunRow run = tx.prefetched(LOCK_ACTIVE, runId);
        if (run == null) {
            throw runNotActive(tx, runId);
        }
        return run;
    }

    /**
     * @param assignments each with a comma before it
     * @return the run as it is now, locked and marked as changed
     */
    static RunRow updateActive(Transaction tx, String runId, Sql assignments) throws SQLException {
        Sql change = Sql.of("update runs set version = version + 1")
                .add(assignments)
                .add(" where run_id = ? and stage = 0" + RETURNING, runId);
        Optional<RunRow> run = tx.queryFirst(change, RunRow::of);
        if (run.isEmpty()) {
            throw runNotActive(tx, runId);
        }
        return run.get();
    }

    /** Keeps a run from being changed by others until the end of the transaction. */
    static void lock(Transaction tx, long runKey) throws SQLException {
        tx.queryFirst(
                Sql.of(
                        "select run_key from runs where run_key = ?"
                                + tx.dialect().forUpdate(),
                        runKey),
                row -> row.getLong(1));
    }

    private static RuntimeException runNotActive(Transaction tx, String runId) throws SQLException {
        return invalid(
                "The run %s must be in the 'active' state. Current state is %s.",
                runId, require(tx, runId).info.lifecycleStage());
    }

    static RuntimeException runNotFound(String runId) {
        return notFound("Run with id=%s not found", runId);
    }
}
