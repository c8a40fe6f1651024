package dev.kiroku.stores.tracking;

import dev.kiroku.stores.sql.GroupedWrite;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The calls of one transaction that log to runs: their runs are locked by one statement before the first call, and the metric points of all
 * calls are written together after the last.
 */
final class RunBatch {
    /** Locks the runs of a batch, then writes its points. */
    static final class Grouping implements GroupedWrite<String, RunBatch> {
        private final MetricAppender appender;

        Grouping(MetricAppender appender) {
            this.appender = appender;
        }

        @Override
        public RunBatch lock(Transaction tx, Collection<String> runIds) throws SQLException {
            return new RunBatch(RunRow.lockActive(tx, runIds));
        }

        @Override
        public void flush(Transaction tx, RunBatch batch) throws SQLException {
            if (!batch.points.isEmpty()) {
                appender.append(tx, batch.points);
            }
        }
    }

    private final Map<String, RunRow> locked;
    private final List<LoggedPoints> points = new ArrayList<>();

    private RunBatch(Map<String, RunRow> locked) {
        this.locked = locked;
    }

    /**
     * Returns a run that the batch has locked.
     *
     * @throws dev.kiroku.model.KirokuException RESOURCE_DOES_NOT_EXIST if there is none, INVALID_PARAMETER_VALUE if it is not active
     */
    RunRow requireLocked(Transaction tx, String runId) throws SQLException {
        RunRow run = locked.get(runId);
        if (run == null) {
            throw RunRow.runNotActive(tx, runId);
        }
        return run;
    }

    /** Adds points, which are written at the end of the transaction. */
    void addPoints(Transaction tx, RunRow run, List<MetricPoint> added) {
        tx.markChanged();
        WatchedRuns.notePendingPoints(tx, run.info().runId());
        points.add(new LoggedPoints(run.key(), run.experimentId(), added));
    }
}
