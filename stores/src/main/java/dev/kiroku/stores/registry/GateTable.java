package dev.kiroku.stores.registry;

import dev.kiroku.model.registry.Gate;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Row;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table of gates. */
final class GateTable {
    private GateTable() {}

    /** Returns all gates, by name. */
    static List<Gate> list(Transaction tx) throws SQLException {
        return tx.queryList(Sql.of("""
                        select name, models, alias, stage, conditions, approvals, approvers, expire_after, open_requests,
                        description, freezes_run from gates order by name"""), GateTable::read);
    }

    private static Gate read(Row row) throws SQLException {
        return new Gate(
                row.getString("name"),
                row.getString("models"),
                row.getStringOrNull("alias"),
                row.getStringOrNull("stage"),
                row.getStringOrNull("conditions"),
                readApprovals(row),
                row.getStringOrNull("description"),
                row.getBoolean("freezes_run") ? true : null);
    }

    private static Gate.@Nullable ApprovalRequirement readApprovals(Row row) throws SQLException {
        Long required = row.getLongOrNull("approvals");
        return required == null
                ? null
                : new Gate.ApprovalRequirement(
                        required,
                        row.getString("approvers").lines().toList(),
                        row.getStringOrNull("expire_after"),
                        row.getBoolean("open_requests") ? true : null);
    }

    static void insert(Transaction tx, Gate gate) throws SQLException {
        Gate.ApprovalRequirement approvals = gate.approvals();
        tx.update(Sql.of(
                """
                insert into gates (name, models, alias, stage, conditions, approvals, approvers, expire_after,
                open_requests, description, freezes_run) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                gate.name(),
                gate.models(),
                gate.alias(),
                gate.stage(),
                gate.require(),
                approvals == null ? null : approvals.required(),
                approvals == null ? "" : String.join("\n", approvals.from()),
                approvals == null ? null : approvals.expireAfter(),
                approvals != null && Boolean.TRUE.equals(approvals.openRequests()) ? 1 : 0,
                gate.description(),
                gate.freezes() ? 1 : 0));
    }

    static void delete(Transaction tx, String name) throws SQLException {
        tx.update(Sql.of("delete from gates where name = ?", name));
    }
}
