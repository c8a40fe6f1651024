package dev.kiroku.stores.registry;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.audit.Change;
import dev.kiroku.core.registry.approvals.ApprovalStore;
import dev.kiroku.core.registry.approvals.Move;
import dev.kiroku.core.registry.approvals.Tally;
import dev.kiroku.core.registry.gates.Guard;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.registry.ApprovalApi;
import dev.kiroku.model.registry.ApprovalRequest;
import dev.kiroku.model.registry.ApprovalRequest.Kind;
import dev.kiroku.model.registry.ApprovalRequest.State;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.stores.audit.SqlAuditLog;
import dev.kiroku.stores.registry.SqlRegistryStore.Model;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.Keyset;
import dev.kiroku.stores.sql.Pages;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.Tx;
import dev.kiroku.stores.webhooks.Outbox;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Requests for approval in SQL. All that is done about one model waits for its row, so that no vote is counted beside another. */
public final class SqlApprovalStore implements ApprovalStore {
    /** In whose name the passing of time is noted. */
    private static final Caller NOBODY = new Caller("kiroku", "-");

    private static final String ALL = " from approval_requests r where 1 = 1";

    private final Database database;
    private final Moves moves;
    private final Requests requests;

    public SqlApprovalStore(Database database, SqlAuditLog audit, Outbox outbox) {
        this.database = database;
        this.moves = new Moves(audit, outbox);
        this.requests = moves.requests();
    }

    @Override
    public ApprovalRequest open(String name, Move move, String comment, Change change) {
        Opened opened = database.write(name, tx -> {
            Model model = SqlRegistryStore.lock(tx, name);
            var view = new SqlView(tx, model);
            if (!move.isDeletion()) {
                SqlRegistryStore.requireVersion(tx, model, move.version());
            }
            if (view.holder(move.target()) == move.version()) {
                throw invalid(
                        "There is nothing to ask for: %s of model '%s' is as you want it already.",
                        move.target(), name);
            }
            List<Gate> gates = view.gates();
            KirokuException failed = moves.judge(tx, view, gates, move, change);
            if (failed != null) {
                return new Opened(null, failed);
            }
            List<Gate> protecting = Moves.protecting(tx, model, gates, move);
            if (protecting.isEmpty()) {
                throw invalid(
                        "No gate wants approvals for %s of model '%s': the change can simply be made.",
                        move.target(), name);
            }
            return new Opened(
                    Requests.load(tx, requests.open(tx, view, model, move, protecting, comment, change), model), null);
        });
        if (opened.refusal != null) {
            throw opened.refusal;
        }
        return opened.request;
    }

    /** One of the two. */
    private record Opened(ApprovalRequest request, KirokuException refusal) {}

    @Override
    public ApprovalRequest get(long id, long now) {
        record Seen(ApprovalRequest request, boolean over) {}
        Seen seen = database.read(tx -> {
            Requests.Row row = Requests.require(tx, id);
            Model model = model(tx, row, "");
            return new Seen(Requests.load(tx, row, model), Requests.end(tx, model, row, now) != null);
        });
        return seen.over ? close(id, seen.request.name(), now) : seen.request;
    }

    /** Closes what a look has found to be over, if it still is: that needs the locks of a write. */
    private ApprovalRequest close(long id, String name, long now) {
        return database.write(name, tx -> {
            Model model = model(tx, Requests.require(tx, id), tx.dialect().forUpdate());
            return Requests.load(
                    tx, requests.settle(tx, model, Requests.require(tx, id), new Change(NOBODY, now)), model);
        });
    }

    @Override
    public void settle(long now) {
        settle(Sql.of(ALL), now);
    }

    private void settle(Sql where, long now) {
        Sql open = Sql.of("select " + Requests.Row.COLUMNS)
                .add(where)
                .add(" and r.state = ? order by r.id", State.OPEN.ordinal());
        List<Requests.Row> over = database.read(tx -> {
            List<Requests.Row> found = new ArrayList<>();
            for (Requests.Row row : tx.list(open, Requests.Row::of)) {
                if (Requests.end(tx, model(tx, row, ""), row, now) != null) {
                    found.add(row);
                }
            }
            return found;
        });
        over.forEach(row -> close(row.id(), row.model(), now));
    }

    @Override
    public Page<ApprovalRequest> search(ApprovalApi.Search query, int maxResults, long now) {
        Sql where = Sql.of(ALL);
        if (query.name() != null && !query.name().isEmpty()) {
            where.add(" and r.model = ?", query.name());
        }
        if (query.requester() != null && !query.requester().isEmpty()) {
            where.add(" and r.requester = ?", query.requester());
        }
        if (query.pageToken() == null || query.pageToken().isEmpty()) {
            settle(where, now);
        }
        if (query.state() != null) {
            where.add(" and r.state = ?", query.state().ordinal());
        }
        Keyset order = new Keyset("approvals " + query.name() + query.requester() + query.state())
                .by("r.id", Keyset.Kind.NUMBER, false);
        return database.read(tx -> {
            Page<Requests.Row> page = Pages.read(
                    tx,
                    "select " + Requests.Row.COLUMNS,
                    where,
                    order,
                    maxResults,
                    query.pageToken(),
                    Requests.Row::of);
            List<ApprovalRequest> loaded = new ArrayList<>();
            for (Requests.Row row : page.items()) {
                loaded.add(Requests.load(tx, row, model(tx, row, "")));
            }
            return new Page<>(loaded, page.nextPageToken());
        });
    }

    @Override
    public ApprovalRequest say(long id, Kind kind, String comment, Change change) {
        String name = database.read(tx -> Requests.require(tx, id)).model();
        Said said = database.write(name, tx -> {
            Model model = model(tx, Requests.require(tx, id), tx.dialect().forUpdate());
            Requests.Row row = requests.settle(tx, model, Requests.require(tx, id), change);
            if (kind == Kind.COMMENT) {
                requests.say(tx, row, kind, comment, change);
                return new Said(Requests.load(tx, row, model), true);
            }
            if (row.state() != State.OPEN) {
                return new Said(Requests.load(tx, row, model), false);
            }
            List<Gate> gates = Moves.protecting(tx, model, SqlGateStore.all(tx), row.move());
            requireRight(row, kind, gates, change.caller());
            requests.say(tx, row, kind, comment, change);
            return new Said(Requests.load(tx, after(tx, model, row, kind, gates, change), model), true);
        });
        if (!said.heard) {
            throw invalid(
                    "Request %d is no longer open: it is %s (%s).", id, said.request.state(), said.request.reason());
        }
        return said.request;
    }

    /** @param heard false when the request was closed by then, which may have been noted by this very call */
    private record Said(ApprovalRequest request, boolean heard) {}

    private static void requireRight(Requests.Row row, Kind kind, List<Gate> gates, Caller caller) {
        if (kind == Kind.WITHDRAW) {
            if (!caller.name().equals(row.requester()) && !caller.isAdmin()) {
                throw Guard.denied("Only %s, who made request %d, can withdraw it.", row.requester(), row.id());
            }
            return;
        }
        if (caller.isAnonymous()) {
            throw Guard.denied(
                    "Approvals need people who can be told apart: sign in. A server without users cannot take them.");
        }
        if (caller.name().equals(row.requester()) && kind == Kind.APPROVE) {
            throw Guard.denied("You made request %d: others have to approve it.", row.id());
        }
        boolean entitled = gates.isEmpty()
                || gates.stream()
                        .anyMatch(gate ->
                                Tally.isApprover(gate.approvals(), row.requester(), caller.name(), caller.groups()));
        if (!entitled) {
            List<String> who = gates.stream()
                    .flatMap(gate -> gate.approvals().from().stream())
                    .distinct()
                    .sorted()
                    .toList();
            throw Guard.denied("Request %d is for others to decide: %s.", row.id(), String.join(", ", who));
        }
    }

    private Requests.Row after(Tx tx, Model model, Requests.Row row, Kind kind, List<Gate> gates, Change change)
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
                Tally.pending(gates, row.requester(), Requests.ballots(tx, row.id()))
                                .isEmpty()
                        ? complete(tx, model, row, change)
                        : row;
        };
    }

    private Requests.Row complete(Tx tx, Model model, Requests.Row row, Change change) throws SQLException {
        var view = new SqlView(tx, model);
        KirokuException failed = moves.judge(tx, view, view.gates(), row.move(), change);
        if (failed != null) {
            return requests.close(tx, row, State.INVALIDATED, failed.getMessage(), change);
        }
        moves.make(tx, model, row.move(), change, row.id());
        requests.overtake(tx, model, row.move().target(), row.id(), change);
        return requests.close(tx, row, State.APPROVED, "approved, and done", change);
    }

    private static Model model(Tx tx, Requests.Row row, String lock) throws SQLException {
        return tx.first(
                        Sql.of(
                                "select " + Model.COLUMNS + " from registered_models m where m.model_key = ?" + lock,
                                row.modelKey()),
                        Model::of)
                .orElse(null);
    }
}
