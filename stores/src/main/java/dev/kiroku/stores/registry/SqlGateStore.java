package dev.kiroku.stores.registry;

import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.gates.GateEvaluator;
import dev.kiroku.core.registry.gates.GateStore;
import dev.kiroku.core.registry.gates.GateTarget;
import dev.kiroku.core.registry.gates.Gates;
import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.GateApi;
import dev.kiroku.model.registry.GateResult;
import dev.kiroku.stores.audit.SqlAuditLog;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.Transaction;
import dev.kiroku.stores.webhooks.WebhookOutbox;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Gates in SQL. */
public final class SqlGateStore implements GateStore {
    private final Database database;
    private final SqlAuditLog audit;
    private final WebhookOutbox outbox;

    public SqlGateStore(Database database, SqlAuditLog audit, WebhookOutbox outbox) {
        this.database = database;
        this.audit = audit;
        this.outbox = outbox;
    }

    @Override
    public List<Gate> list() {
        return database.read(SqlGateStore::all);
    }

    static List<Gate> all(Transaction tx) throws SQLException {
        return tx.queryList(
                Sql.of(
                        "select name, models, alias, stage, conditions, approvals, approvers, expire_after, open_requests, description from gates"
                                + " order by name"),
                SqlGateStore::gate);
    }

    private static Gate gate(ResultSet row) throws SQLException {
        long required = row.getLong(6);
        Gate.ApprovalRequirement approvals = row.wasNull()
                ? null
                : new Gate.ApprovalRequirement(
                        required,
                        row.getString(7).lines().toList(),
                        row.getString(8),
                        row.getInt(9) == 1 ? true : null);
        return new Gate(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                approvals,
                row.getString(10));
    }

    @Override
    public GateApi.ApplyGatesResponse replace(
            List<Gate> gates, String expectedRevision, boolean dryRun, ChangeContext change) {
        return database.write("gates", tx -> {
            audit.lock(tx); // one at a time, on all servers
            List<Gate> present = all(tx);
            String revision = Gates.revision(present);
            if (expectedRevision != null && !expectedRevision.isEmpty() && !expectedRevision.equals(revision)) {
                throw new KirokuException(
                        ErrorCode.RESOURCE_CONFLICT,
                        "The gates have changed since they were looked at: they are at revision " + revision
                                + ". Look at the difference again.");
            }
            List<GateApi.GateChange> changes = changes(present, gates);
            if (!dryRun) {
                for (GateApi.GateChange each : changes) {
                    make(tx, each);
                    String action = each.before() == null
                            ? "gate.create"
                            : each.after() == null ? "gate.delete" : "gate.update";
                    audit.append(
                            tx,
                            AuditEvent.of(change, action, "gates/" + each.name(), null, each.before(), each.after()));
                    outbox.emit(
                            tx, WebhookMessage.gateChanged(each, change.caller().name()), change.timestamp());
                }
            }
            return new GateApi.ApplyGatesResponse(changes, Gates.revision(gates));
        });
    }

    private static List<GateApi.GateChange> changes(List<Gate> before, List<Gate> after) {
        Map<String, Gate> old = before.stream().collect(Collectors.toMap(Gate::name, Function.identity()));
        Map<String, Gate> now = after.stream().collect(Collectors.toMap(Gate::name, Function.identity()));
        Set<String> names = new TreeSet<>(old.keySet());
        names.addAll(now.keySet());
        return names.stream()
                .map(name -> new GateApi.GateChange(name, old.get(name), now.get(name)))
                .filter(each -> each.before() == null || !each.before().equals(each.after()))
                .toList();
    }

    private static void make(Transaction tx, GateApi.GateChange change) throws SQLException {
        if (change.before() != null) {
            tx.update(Sql.of("delete from gates where name = ?", change.name()));
        }
        Gate g = change.after();
        if (g != null) {
            Gate.ApprovalRequirement a = g.approvals();
            tx.update(Sql.of(
                    "insert into gates (name, models, alias, stage, conditions, approvals, approvers, expire_after, open_requests, description)"
                            + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    g.name(),
                    g.models(),
                    g.alias(),
                    g.stage(),
                    g.require(),
                    a == null ? null : a.required(),
                    a == null ? "" : String.join("\n", a.from()),
                    a == null ? null : a.expireAfter(),
                    a != null && Boolean.TRUE.equals(a.openRequests()) ? 1 : 0,
                    g.description()));
        }
    }

    @Override
    public List<GateResult> check(String name, long version, GateTarget target) {
        return database.read(tx -> {
            SqlRegistryStore.ModelRow model = SqlRegistryStore.versionsModel(tx, name, version);
            SqlRegistryStore.requireVersion(tx, model, version);
            var view = new SqlGateContext(tx, model);
            List<Gate> gates = view.gates();
            List<GateResult> results = new ArrayList<>();
            for (GateTarget each : target == null ? targets(gates, name) : Set.of(target)) {
                results.addAll(GateEvaluator.evaluate(view, GateEvaluator.gatesOf(gates, name, each), each, version));
            }
            return results;
        });
    }

    /** The aliases and stages that gates name; of patterns it is the pattern. */
    private static Set<GateTarget> targets(List<Gate> gates, String model) {
        Set<GateTarget> targets = new LinkedHashSet<>();
        for (Gate gate : gates) {
            GateTarget target = GateTarget.of(gate.alias(), gate.stage());
            if (!GateEvaluator.gatesOf(List.of(gate), model, target).isEmpty()) {
                targets.add(target);
            }
        }
        return targets;
    }
}
