package dev.kiroku.stores.registry;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.approvals.ApprovalStore;
import dev.kiroku.core.registry.approvals.Assignment;
import dev.kiroku.core.registry.approvals.VoteCounter;
import dev.kiroku.core.registry.gates.GateEvaluator;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.registry.ApprovalApi;
import dev.kiroku.model.registry.ApprovalRequest;
import dev.kiroku.model.registry.ApprovalRequest.ActionKind;
import dev.kiroku.model.registry.ApprovalRequest.State;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.stores.audit.SqlAuditLog;
import dev.kiroku.stores.registry.SqlRegistryStore.ModelRow;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.Keyset;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.Transaction;
import dev.kiroku.stores.webhooks.WebhookOutbox;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Requests for approval in SQL. All that is done about one model waits for its row, so that no vote is counted beside another. */
public final class SqlApprovalStore implements ApprovalStore {
    /** In whose name the passing of time is noted. */
    private static final Caller NOBODY = new Caller("kiroku", "-");

    private static final String ALL = " from approval_requests r where 1 = 1";

    private final Database database;
    private final AssignmentWriter assignments;
    private final ApprovalRequests requests;

    public SqlApprovalStore(Database database, SqlAuditLog audit, WebhookOutbox outbox) {
        this.database = database;
        this.assignments = new AssignmentWriter(audit, outbox);
        this.requests = assignments.requests();
    }

    @Override
    public ApprovalRequest open(String name, Assignment move, String comment, ChangeContext change) {
        OpenResult opened = database.write(name, tx -> {
            ModelRow model = SqlRegistryStore.lock(tx, name);
            var view = new SqlGateContext(tx, model);
            if (!move.isDeletion()) {
                SqlRegistryStore.requireVersion(tx, model, move.version());
            }
            if (view.findHolder(move.target()) == move.version()) {
                throw invalid(
                        "There is nothing to ask for: %s of model '%s' is as you want it already.",
                        move.target(), name);
            }
            List<Gate> gates = view.gates();
            KirokuException failed = assignments.checkConditions(tx, view, gates, move, change);
            if (failed != null) {
                return new OpenResult(null, failed);
            }
            List<Gate> protecting = AssignmentWriter.protecting(tx, model, gates, move);
            if (protecting.isEmpty()) {
                throw invalid(
                        "No gate wants approvals for %s of model '%s': the change can simply be made.",
                        move.target(), name);
            }
            return new OpenResult(
                    ApprovalRequests.load(tx, requests.open(tx, view, model, move, protecting, comment, change), model),
                    null);
        });
        if (opened.refusal != null) {
            throw opened.refusal;
        }
        return opened.request;
    }

    /** One of the two. */
    private record OpenResult(ApprovalRequest request, KirokuException refusal) {}

    @Override
    public ApprovalRequest get(long id, long now) {
        record Seen(ApprovalRequest request, boolean over) {}
        Seen seen = database.read(tx -> {
            ApprovalRequests.RequestRow row = ApprovalRequests.require(tx, id);
            ModelRow model = model(tx, row, "");
            return new Seen(
                    ApprovalRequests.load(tx, row, model), ApprovalRequests.findClosing(tx, model, row, now) != null);
        });
        return seen.over ? close(id, seen.request.name(), now) : seen.request;
    }

    /** Closes what a look has found to be over, if it still is: that needs the locks of a write. */
    private ApprovalRequest close(long id, String name, long now) {
        return database.write(name, tx -> {
            ModelRow model =
                    model(tx, ApprovalRequests.require(tx, id), tx.dialect().forUpdate());
            return ApprovalRequests.load(
                    tx,
                    requests.closeIfOver(tx, model, ApprovalRequests.require(tx, id), new ChangeContext(NOBODY, now)),
                    model);
        });
    }

    @Override
    public void closeExpired(long now) {
        closeExpired(Sql.of(ALL), now);
    }

    private void closeExpired(Sql where, long now) {
        Sql open = Sql.of("select " + ApprovalRequests.RequestRow.COLUMNS)
                .add(where)
                .add(" and r.state = ? order by r.id", State.OPEN.ordinal());
        List<ApprovalRequests.RequestRow> over = database.read(tx -> {
            List<ApprovalRequests.RequestRow> found = new ArrayList<>();
            for (ApprovalRequests.RequestRow row : tx.queryList(open, ApprovalRequests.RequestRow::of)) {
                if (ApprovalRequests.findClosing(tx, model(tx, row, ""), row, now) != null) {
                    found.add(row);
                }
            }
            return found;
        });
        over.forEach(row -> close(row.id(), row.model(), now));
    }

    @Override
    public Page<ApprovalRequest> search(ApprovalApi.SearchApprovalsRequest query, int maxResults, long now) {
        Sql where = Sql.of(ALL);
        if (query.name() != null && !query.name().isEmpty()) {
            where.add(" and r.model = ?", query.name());
        }
        if (query.requester() != null && !query.requester().isEmpty()) {
            where.add(" and r.requester = ?", query.requester());
        }
        if (query.pageToken() == null || query.pageToken().isEmpty()) {
            closeExpired(where, now);
        }
        if (query.state() != null) {
            where.add(" and r.state = ?", query.state().ordinal());
        }
        Keyset order = new Keyset("approvals " + query.name() + query.requester() + query.state())
                .addKey("r.id", Keyset.ValueType.LONG, false);
        return database.read(tx -> {
            Page<ApprovalRequests.RequestRow> page = PageQuery.read(
                    tx,
                    "select " + ApprovalRequests.RequestRow.COLUMNS,
                    where,
                    order,
                    maxResults,
                    query.pageToken(),
                    ApprovalRequests.RequestRow::of);
            List<ApprovalRequest> loaded = new ArrayList<>();
            for (ApprovalRequests.RequestRow row : page.items()) {
                loaded.add(ApprovalRequests.load(tx, row, model(tx, row, "")));
            }
            return new Page<>(loaded, page.nextPageToken());
        });
    }

    @Override
    public ApprovalRequest respond(long id, ActionKind kind, String comment, ChangeContext change) {
        String name = database.read(tx -> ApprovalRequests.require(tx, id)).model();
        Response said = database.write(name, tx -> {
            ModelRow model =
                    model(tx, ApprovalRequests.require(tx, id), tx.dialect().forUpdate());
            ApprovalRequests.RequestRow row = requests.closeIfOver(tx, model, ApprovalRequests.require(tx, id), change);
            if (kind == ActionKind.COMMENT) {
                requests.addVote(tx, row, kind, comment, change);
                return new Response(ApprovalRequests.load(tx, row, model), true);
            }
            if (row.state() != State.OPEN) {
                return new Response(ApprovalRequests.load(tx, row, model), false);
            }
            List<Gate> gates = AssignmentWriter.protecting(tx, model, SqlGateStore.all(tx), row.assignment());
            requireRight(row, kind, gates, change.caller());
            requests.addVote(tx, row, kind, comment, change);
            return new Response(ApprovalRequests.load(tx, after(tx, model, row, kind, gates, change), model), true);
        });
        if (!said.heard) {
            throw invalid(
                    "Request %d is no longer open: it is %s (%s).", id, said.request.state(), said.request.reason());
        }
        return said.request;
    }

    /** @param heard false when the request was closed by then, which may have been noted by this very call */
    private record Response(ApprovalRequest request, boolean heard) {}

    private static void requireRight(
            ApprovalRequests.RequestRow row, ActionKind kind, List<Gate> gates, Caller caller) {
        if (kind == ActionKind.WITHDRAW) {
            if (!caller.name().equals(row.requester()) && !caller.isAdmin()) {
                throw GateEvaluator.permissionDenied(
                        "Only %s, who made request %d, can withdraw it.", row.requester(), row.id());
            }
            return;
        }
        if (caller.isAnonymous()) {
            throw GateEvaluator.permissionDenied(
                    "Approvals need people who can be told apart: sign in. A server without users cannot take them.");
        }
        if (caller.name().equals(row.requester()) && kind == ActionKind.APPROVE) {
            throw GateEvaluator.permissionDenied("You made request %d: others have to approve it.", row.id());
        }
        boolean entitled = gates.isEmpty()
                || gates.stream()
                        .anyMatch(gate -> VoteCounter.isApprover(
                                gate.approvals(), row.requester(), caller.name(), caller.groups()));
        if (!entitled) {
            List<String> who = gates.stream()
                    .flatMap(gate -> gate.approvals().from().stream())
                    .distinct()
                    .sorted()
                    .toList();
            throw GateEvaluator.permissionDenied(
                    "Request %d is for others to decide: %s.", row.id(), String.join(", ", who));
        }
    }

    private ApprovalRequests.RequestRow after(
            Transaction tx,
            ModelRow model,
            ApprovalRequests.RequestRow row,
            ActionKind kind,
            List<Gate> gates,
            ChangeContext change)
            throws SQLException {
        return switch (kind) {
            case COMMENT -> row;
            case REJECT ->
                requests.close(
                        tx,
                        row,
                        State.REJECTED,
                        "rejected by " + change.caller().name(),
                        change);
            case WITHDRAW ->
                requests.close(
                        tx,
                        row,
                        State.WITHDRAWN,
                        "withdrawn by " + change.caller().name(),
                        change);
            case APPROVE ->
                VoteCounter.findPending(gates, row.requester(), ApprovalRequests.listVotes(tx, row.id()))
                                .isEmpty()
                        ? complete(tx, model, row, change)
                        : row;
        };
    }

    private ApprovalRequests.RequestRow complete(
            Transaction tx, ModelRow model, ApprovalRequests.RequestRow row, ChangeContext change) throws SQLException {
        var view = new SqlGateContext(tx, model);
        KirokuException failed = assignments.checkConditions(tx, view, view.gates(), row.assignment(), change);
        if (failed != null) {
            return requests.close(tx, row, State.INVALIDATED, failed.getMessage(), change);
        }
        assignments.apply(tx, model, row.assignment(), change, row.id());
        requests.invalidateOthers(tx, model, row.assignment().target(), row.id(), change);
        return requests.close(tx, row, State.APPROVED, "approved, and done", change);
    }

    private static ModelRow model(Transaction tx, ApprovalRequests.RequestRow row, String lock) throws SQLException {
        return tx.queryFirst(
                        Sql.of(
                                "select " + ModelRow.COLUMNS + " from registered_models m where m.model_key = ?" + lock,
                                row.modelKey()),
                        ModelRow::of)
                .orElse(null);
    }
}
