package dev.kiroku.stores.tracking;

import dev.kiroku.core.registry.gates.RunFreeze;
import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Row;
import dev.kiroku.stores.sql.StoredEnums;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The runs behind versions that aliases or stages point at. Gates may freeze them; what is frozen is computed from the
 * gates, aliases and stages whenever such a run is changed, so nothing has to be maintained when these change. Runs
 * that no alias or stage has ever pointed at have a column that says so, which every change of a run reads anyway.
 */
public final class WatchedRuns {
    private static final int NONE = StoredEnums.MODEL_VERSION_STAGE.encode(Stage.NONE);

    /** Noted in a transaction that has made a run watched. */
    private record Watched(String runId) {}

    /** Noted in a transaction that writes points of a run at its end. */
    private record PendingPoints(String runId) {}

    private WatchedRuns() {}

    /** Locks the run of a version until the transaction ends, and makes it watched. */
    public static void watch(Transaction tx, long modelKey, long version) throws SQLException {
        List<String> runs = tx.updateReturning(
                "runs",
                Sql.of("watched = 1"),
                Sql.of(
                        "run_id = (select v.run_id from model_versions v where v.model_key = ? and v.version = ?)",
                        modelKey,
                        version),
                "run_id",
                row -> row.getString("run_id"));
        for (String runId : runs) {
            if (tx.isNoted(new PendingPoints(runId))) {
                // The gates have not seen these points. Alone in its transaction, the call will.
                throw new SQLException("points of run " + runId + " are not written yet", "40001");
            }
            tx.note(new Watched(runId));
        }
    }

    /** Makes all runs watched behind versions that an alias or a stage points at. */
    public static void watchAssigned(Transaction tx) throws SQLException {
        tx.update(Sql.of("""
                update runs set watched = 1 where watched = 0 and run_id in (
                  select v.run_id from model_versions v where v.run_id is not null and (v.stage <> ? or exists (
                    select 1 from registered_model_aliases a
                    where a.model_key = v.model_key and a.version = v.version)))""", NONE));
    }

    /** Notes that the transaction writes points of a run at its end. */
    static void notePendingPoints(Transaction tx, String runId) {
        tx.note(new PendingPoints(runId));
    }

    /**
     * Throws {@link KirokuException} with PERMISSION_DENIED if a gate refuses a change of a run.
     *
     * @param run locked by the transaction
     */
    static void requireUnfrozen(Transaction tx, RunRow run, Supplier<RunFreeze.RunChange> change) throws SQLException {
        String runId = run.info().runId();
        if (run.watched() || tx.isNoted(new Watched(runId))) {
            requireUnfrozen(tx, runId, change.get());
        }
    }

    /**
     * Returns the message of the gate that refuses any change of a run.
     *
     * @param runId of a run that the transaction has locked
     */
    public static Optional<String> findRefusal(Transaction tx, String runId) throws SQLException {
        boolean watched = tx.queryLong(Sql.of("select 1 from runs where run_id = ? and watched = 1", runId))
                .isPresent();
        List<Gate> gates = watched ? listFreezing(tx) : List.of();
        return gates.isEmpty()
                ? Optional.empty()
                : RunFreeze.findRefusal(runId, gates, listHolders(tx, runId), RunFreeze.RunChange.DELETION);
    }

    /** As {@link #requireUnfrozen(Transaction, RunRow, Supplier)}, for a run that is watched. */
    static void requireUnfrozen(Transaction tx, String runId, RunFreeze.RunChange change) throws SQLException {
        List<Gate> gates = listFreezing(tx);
        if (gates.isEmpty()) {
            return;
        }
        RunFreeze.findRefusal(runId, gates, listHolders(tx, runId), change).ifPresent(message -> {
            throw new KirokuException(ErrorCode.PERMISSION_DENIED, message);
        });
    }

    private static List<Gate> listFreezing(Transaction tx) throws SQLException {
        return tx.queryList(
                Sql.of(
                        "select name, models, alias, stage, conditions, approvals from gates where freezes_run = 1 order by name"),
                WatchedRuns::readGate);
    }

    /** Reads the columns that say what a gate freezes. */
    private static Gate readGate(Row row) throws SQLException {
        Long approvals = row.getLongOrNull("approvals");
        return new Gate(
                row.getString("name"),
                row.getString("models"),
                row.getStringOrNull("alias"),
                row.getStringOrNull("stage"),
                row.getStringOrNull("conditions"),
                approvals == null ? null : new Gate.ApprovalRequirement(approvals, List.of(), null, null),
                null,
                true);
    }

    private static List<RunFreeze.Holder> listHolders(Transaction tx, String runId) throws SQLException {
        List<RunFreeze.Holder> holders = new ArrayList<>(tx.queryList(
                Sql.of("""
                        select m.name as model, v.version as version, a.alias as alias from model_versions v
                        join registered_models m on m.model_key = v.model_key
                        join registered_model_aliases a on a.model_key = v.model_key and a.version = v.version
                        where v.run_id = ?""", runId),
                row -> new RunFreeze.Holder(
                        row.getString("model"), GateTarget.alias(row.getString("alias")), row.getLong("version"))));
        holders.addAll(tx.queryList(
                Sql.of("""
                        select m.name as model, v.version as version, v.stage as stage from model_versions v
                        join registered_models m on m.model_key = v.model_key
                        where v.run_id = ? and v.stage <> ? and not exists (
                          select 1 from model_versions w
                          where w.model_key = v.model_key and w.stage = v.stage and w.version > v.version)""", runId, NONE),
                row -> new RunFreeze.Holder(
                        row.getString("model"),
                        GateTarget.stage(row.get("stage", StoredEnums.MODEL_VERSION_STAGE)),
                        row.getLong("version"))));
        return holders;
    }
}
