package dev.kiroku.stores.tracking;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.model.KirokuException;
import dev.kiroku.model.tracking.RunInfo;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.Row;
import dev.kiroku.stores.sql.StoredEnums;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A row of the table {@code runs}.
 *
 * @param version increases with every change of the run's rows in other tables
 * @param behind whether {@code latest_metrics} lacks points of the run (see {@link LatestMetrics})
 * @param watched whether gates may freeze the run (see {@link WatchedRuns})
 */
record RunRow(long key, long version, long experimentId, boolean behind, boolean watched, RunInfo info) {
    /** The columns that {@link #of} reads; of {@code runs r}. */
    static final String COLUMNS =
            "r.run_key, r.version, r.experiment_id, r.behind, r.watched, r.run_id, r.name, r.user_id, r.status, r.start_time,"
                    + " r.end_time, r.artifact_uri, r.stage";

    private static final String UNQUALIFIED_COLUMNS = COLUMNS.replace("r.", "");

    /** Returns the row that has {@link #COLUMNS}. */
    static RunRow of(Row row) throws SQLException {
        long key = row.getLong("run_key");
        long version = row.getLong("version");
        long experimentId = row.getLong("experiment_id");
        boolean behind = row.getBoolean("behind");
        boolean watched = row.getBoolean("watched");
        String runId = row.getString("run_id");
        RunInfo info = new RunInfo(
                runId,
                Long.toString(experimentId),
                row.getString("name"),
                row.getString("user_id"),
                row.get("status", StoredEnums.RUN_STATUS),
                row.getLong("start_time"),
                row.getLongOrNull("end_time"),
                row.getString("artifact_uri"),
                row.get("stage", StoredEnums.LIFECYCLE_STAGE).wireName(),
                runId);
        return new RunRow(key, version, experimentId, behind, watched, info);
    }

    /**
     * Returns a run in any stage.
     *
     * @throws KirokuException RESOURCE_DOES_NOT_EXIST if there is none
     */
    static RunRow require(Transaction tx, String runId) throws SQLException {
        return tx.queryFirst(Sql.of("select " + COLUMNS + " from runs r where r.run_id = ?", runId), RunRow::of)
                .orElseThrow(() -> runNotFound(runId));
    }

    /**
     * Locks runs until the end of the transaction and increases their versions.
     *
     * @return the active runs by id; the others are missing
     */
    static Map<String, RunRow> lockActive(Transaction tx, Collection<String> runIds) throws SQLException {
        Map<String, RunRow> locked = new HashMap<>();
        for (List<String> chunk : PageQuery.chunks(List.copyOf(runIds))) {
            Sql where = Sql.of("stage = 0 and run_id in ").addIn(PageQuery.padToPowerOfTwo(chunk, chunk.getFirst()));
            for (RunRow run : tx.updateReturning(
                    "runs", Sql.of("version = version + 1"), where, UNQUALIFIED_COLUMNS, RunRow::of)) {
                locked.put(run.info.runId(), run);
            }
        }
        return locked;
    }

    /**
     * Updates an active run, which locks it until the end of the transaction, and increases its version.
     *
     * @param assignments each preceded by a comma
     * @return the run after the update
     * @throws KirokuException RESOURCE_DOES_NOT_EXIST if there is none, INVALID_PARAMETER_VALUE if it is not active
     */
    static RunRow updateActive(Transaction tx, String runId, Sql assignments) throws SQLException {
        List<RunRow> updated = tx.updateReturning(
                "runs",
                Sql.of("version = version + 1").add(assignments),
                Sql.of("run_id = ? and stage = 0", runId),
                UNQUALIFIED_COLUMNS,
                RunRow::of);
        if (updated.isEmpty()) {
            throw runNotActive(tx, runId);
        }
        return updated.getFirst();
    }

    /** Locks a run until the end of the transaction. */
    static void lock(Transaction tx, long runKey) throws SQLException {
        tx.queryLong(Sql.of(
                "select run_key from runs where run_key = ?" + tx.dialect().forUpdate(), runKey));
    }

    /** Returns the refusal of a change to a run that is not active. */
    static KirokuException runNotActive(Transaction tx, String runId) throws SQLException {
        return invalid(
                "The run %s must be in the 'active' state. Current state is %s.",
                runId, require(tx, runId).info.lifecycleStage());
    }

    /** Returns the refusal of an unknown run. */
    static KirokuException runNotFound(String runId) {
        return notFound("Run with id=%s not found", runId);
    }
}
