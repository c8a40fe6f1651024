package dev.kiroku.stores.registry;

import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.CanonicalJson;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.approvals.Assignment;
import dev.kiroku.core.registry.approvals.VoteCounter;
import dev.kiroku.core.registry.gates.GateEvaluator;
import dev.kiroku.core.registry.gates.GateTarget;
import dev.kiroku.core.registry.gates.Gates;
import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.registry.ApprovalRequest;
import dev.kiroku.model.registry.ApprovalRequest.ActionKind;
import dev.kiroku.model.registry.ApprovalRequest.State;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.stores.audit.SqlAuditLog;
import dev.kiroku.stores.registry.SqlRegistryStore.ModelRow;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.Transaction;
import dev.kiroku.stores.webhooks.WebhookOutbox;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** Requests for approval within a transaction: the rows, and what may become of them. */
final class ApprovalRequests {
    private final SqlAuditLog audit;
    private final WebhookOutbox outbox;

    ApprovalRequests(SqlAuditLog audit, WebhookOutbox outbox) {
        this.audit = audit;
        this.outbox = outbox;
    }

    /** A request as its own table knows it. */
    record RequestRow(
            long id,
            long modelKey,
            String model,
            Assignment assignment,
            String requester,
            String comment,
            long createdAt,
            long expiresAt,
            long holder,
            String evidence,
            State state,
            String reason,
            Long closedAt) {
        static final String COLUMNS =
                "r.id, r.model_key, r.model, r.target_kind, r.target, r.version, r.archive_others, r.requester, r.comment,"
                        + " r.created_at, r.expires_at, r.holder, r.evidence, r.state, r.reason, r.closed_at";

        static RequestRow of(ResultSet row) throws SQLException {
            GateTarget target = new GateTarget(GateTarget.Kind.values()[row.getInt(4)], row.getString(5));
            long closed = row.getLong(16);
            Long closedAt = row.wasNull() ? null : closed;
            return new RequestRow(
                    row.getLong(1),
                    row.getLong(2),
                    row.getString(3),
                    new Assignment(target, row.getLong(6), row.getInt(7) == 1),
                    row.getString(8),
                    row.getString(9),
                    row.getLong(10),
                    row.getLong(11),
                    row.getLong(12),
                    row.getString(13),
                    State.values()[row.getInt(14)],
                    row.getString(15),
                    closedAt);
        }
    }

    /** @return what tells the client which approval to ask for; where a gate says so, after asking for it */
    KirokuException refusal(
            Transaction tx,
            SqlGateContext view,
            ModelRow model,
            Assignment move,
            List<Gate> gates,
            ChangeContext change)
            throws SQLException {
        boolean opens = gates.stream()
                .allMatch(gate -> Boolean.TRUE.equals(gate.approvals().openRequests()));
        String names = String.join(
                ", ", gates.stream().map(gate -> "'" + gate.name() + "'").toList());
        String start = "Nobody may " + move.describe(model.name()) + " alone: gate " + names
                + " wants the approval of others. ";
        if (!opens) {
            String target = (move.target().isAlias() ? " --alias " : " --stage ")
                    + move.target().name();
            throw GateEvaluator.permissionDenied(
                    "%s",
                    start + "Ask for it: kiroku approvals request --name " + model.name()
                            + (move.isDeletion() ? " --delete" : " --version " + move.version()) + target);
        }
        RequestRow row = similar(tx, model, move, change);
        if (row == null) {
            row = open(tx, view, model, move, gates, "", change);
        }
        return GateEvaluator.permissionDenied(
                "%s",
                start + "Request " + row.id
                        + " asks for it; once it is approved the change is made. To wait for that: kiroku approvals wait "
                        + row.id);
    }

    /** An open request of the same person for the same. */
    private static RequestRow similar(Transaction tx, ModelRow model, Assignment move, ChangeContext change)
            throws SQLException {
        return open(tx, model, move.target()).stream()
                .filter(row -> row.assignment.equals(move)
                        && row.requester.equals(change.caller().name())
                        && row.expiresAt > change.timestamp())
                .findFirst()
                .orElse(null);
    }

    private static List<RequestRow> open(Transaction tx, ModelRow model, GateTarget target) throws SQLException {
        return tx.queryList(
                Sql.of(
                        "select " + RequestRow.COLUMNS
                                + " from approval_requests r where r.model_key = ? and r.state = ? and r.target_kind = ?"
                                + " and r.target = ? order by r.id",
                        model.key(),
                        State.OPEN.ordinal(),
                        target.kind().ordinal(),
                        target.name()),
                RequestRow::of);
    }

    RequestRow open(
            Transaction tx,
            SqlGateContext view,
            ModelRow model,
            Assignment move,
            List<Gate> gates,
            String comment,
            ChangeContext change)
            throws SQLException {
        long expires = change.timestamp()
                + gates.stream()
                        .map(gate -> Gates.expiry(gate.approvals()))
                        .min(Comparator.naturalOrder())
                        .orElseThrow()
                        .toMillis();
        long id = tx.queryFirst(
                        Sql.of(
                                "insert into approval_requests (model_key, model, target_kind, target, version, archive_others, requester, comment,"
                                        + " created_at, expires_at, holder, evidence, state) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning id",
                                model.key(),
                                model.name(),
                                move.target().kind().ordinal(),
                                move.target().name(),
                                move.version(),
                                move.archiveOthers() ? 1 : 0,
                                change.caller().name(),
                                comment,
                                change.timestamp(),
                                expires,
                                view.findHolder(move.target()),
                                evidence(view, move),
                                State.OPEN.ordinal()),
                        row -> row.getLong(1))
                .orElseThrow();
        RequestRow row = require(tx, id);
        Map<String, Object> content = content(row);
        content.put("comment", comment.isEmpty() ? null : comment);
        log(tx, change, "approval.request", row, null, content);
        emit(tx, "requested", row, content, change);
        return row;
    }

    /** Stands for the numbers that those who approve have seen. */
    private static String evidence(SqlGateContext view, Assignment move) {
        return move.isDeletion()
                ? ""
                : CanonicalJson.digest(view.getFacts(move.version()).metrics());
    }

    static RequestRow require(Transaction tx, long id) throws SQLException {
        return tx.queryFirst(
                        Sql.of("select " + RequestRow.COLUMNS + " from approval_requests r where r.id = ?", id),
                        RequestRow::of)
                .orElseThrow(() -> notFound("There is no approval request %d.", id));
    }

    /** Closes a request that time or events have overtaken. @return the request as it is then */
    RequestRow closeIfOver(Transaction tx, ModelRow model, RequestRow row, ChangeContext change) throws SQLException {
        Closing end = findClosing(tx, model, row, change.timestamp());
        return end == null ? row : close(tx, row, end.state, end.reason, change);
    }

    /** How a request ends without anybody's doing. */
    record Closing(State state, String reason) {}

    /** Whether time or events have overtaken a request that is open as far as its row knows; null when not. Changes nothing. */
    static Closing findClosing(Transaction tx, ModelRow model, RequestRow row, long now) throws SQLException {
        if (row.state != State.OPEN) {
            return null;
        }
        if (row.expiresAt <= now) {
            return new Closing(State.EXPIRED, "nobody completed it in time");
        }
        String overtaken = findInvalidation(tx, model, row);
        return overtaken == null ? null : new Closing(State.INVALIDATED, overtaken);
    }

    /** What has changed since a request was made so that it means something else now; null for nothing. */
    private static String findInvalidation(Transaction tx, ModelRow model, RequestRow row) throws SQLException {
        Assignment move = row.assignment;
        if (model == null) {
            return "the model was deleted";
        }
        boolean there = move.isDeletion()
                || tx.queryFirst(
                                Sql.of(
                                        "select 1 from model_versions where model_key = ? and version = ?",
                                        model.key(),
                                        move.version()),
                                r -> 1)
                        .isPresent();
        if (!there) {
            return "version " + move.version() + " was deleted";
        }
        var view = new SqlGateContext(tx, model);
        long holder = view.findHolder(move.target());
        if (holder != row.holder) {
            return move.target() + " has moved since: "
                    + (holder == 0 ? "it points at no version" : "it points at version " + holder)
                    + (row.holder == 0 ? "" : " and pointed at version " + row.holder);
        }
        return evidence(view, move).equals(row.evidence)
                ? null
                : "metrics of version " + move.version() + " have changed since";
    }

    /** Closes what was asked for about a target that has just been moved by something else. */
    void invalidateOthers(Transaction tx, ModelRow model, GateTarget target, Long exceptId, ChangeContext change)
            throws SQLException {
        for (RequestRow row : open(tx, model, target)) {
            if (!Objects.equals(row.id, exceptId)) {
                close(tx, row, State.INVALIDATED, target + " has moved since", change);
            }
        }
    }

    RequestRow close(Transaction tx, RequestRow row, State state, String reason, ChangeContext change)
            throws SQLException {
        tx.update(Sql.of(
                "update approval_requests set state = ?, reason = ?, closed_at = ? where id = ?",
                state.ordinal(),
                reason,
                change.timestamp(),
                row.id));
        Map<String, Object> after = content(row);
        after.put("state", state);
        after.put("reason", reason);
        log(tx, change, "approval.close", row, Map.of("state", State.OPEN), after);
        emit(
                tx,
                state == State.APPROVED ? "completed" : state.name().toLowerCase(java.util.Locale.ROOT),
                row,
                after,
                change);
        return require(tx, row.id);
    }

    void addVote(Transaction tx, RequestRow row, ActionKind kind, String comment, ChangeContext change)
            throws SQLException {
        tx.update(Sql.of(
                "insert into approval_votes (request_id, seq, at, actor, actor_groups, kind, comment) select ?, coalesce(max(seq), 0) + 1, ?, ?, ?, ?, ?"
                        + " from approval_votes where request_id = ?",
                row.id,
                change.timestamp(),
                change.caller().name(),
                String.join("\n", new TreeSet<>(change.caller().groups())),
                kind.ordinal(),
                comment,
                row.id));
        Map<String, Object> after = content(row);
        after.put("comment", comment.isEmpty() ? null : comment);
        log(tx, change, "approval." + kind.name().toLowerCase(java.util.Locale.ROOT), row, null, after);
        if (kind == ActionKind.APPROVE) { // what else is said and matters closes the request, and is told then
            emit(tx, "approved", row, after, change);
        }
    }

    static List<VoteCounter.CastVote> listVotes(Transaction tx, long id) throws SQLException {
        return tx.queryList(
                Sql.of("select actor, actor_groups, kind from approval_votes where request_id = ? order by seq", id),
                row -> new VoteCounter.CastVote(
                        row.getString(1),
                        Set.copyOf(row.getString(2).lines().toList()),
                        ActionKind.values()[row.getInt(3)]));
    }

    /** @param model null when it is deleted */
    static ApprovalRequest load(Transaction tx, RequestRow row, ModelRow model) throws SQLException {
        List<ApprovalRequest.Vote> votes = tx.queryList(
                Sql.of("select at, actor, kind, comment from approval_votes where request_id = ? order by seq", row.id),
                r -> new ApprovalRequest.Vote(
                        r.getLong(1), r.getString(2), ActionKind.values()[r.getInt(3)], r.getString(4)));
        boolean alias = row.assignment.target().isAlias();
        return new ApprovalRequest(
                row.id,
                row.model,
                alias ? row.assignment.target().name() : null,
                alias ? null : row.assignment.target().name(),
                number(row.assignment.version()),
                number(row.holder),
                row.assignment.archiveOthers() ? true : null,
                row.requester,
                row.comment,
                row.state,
                row.reason,
                row.createdAt,
                row.expiresAt,
                row.closedAt,
                votes,
                pending(tx, row, model));
    }

    private static List<ApprovalRequest.PendingGate> pending(Transaction tx, RequestRow row, ModelRow model)
            throws SQLException {
        boolean there = model != null
                && (row.assignment.isDeletion()
                        || tx.queryFirst(
                                        Sql.of(
                                                "select 1 from model_versions where model_key = ? and version = ?",
                                                model.key(),
                                                row.assignment.version()),
                                        r -> 1)
                                .isPresent());
        if (row.state != State.OPEN || !there) {
            return List.of();
        }
        List<Gate> gates = AssignmentWriter.protecting(tx, model, SqlGateStore.all(tx), row.assignment);
        return VoteCounter.findPending(gates, row.requester, listVotes(tx, row.id));
    }

    private static String number(long version) {
        return version == 0 ? null : Long.toString(version);
    }

    private static Map<String, Object> content(RequestRow row) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("target", row.assignment.target().toString());
        content.put("version", number(row.assignment.version()));
        content.put("requester", row.requester);
        return content;
    }

    private void emit(Transaction tx, String what, RequestRow row, Map<String, Object> content, ChangeContext change)
            throws SQLException {
        WebhookMessage event = WebhookMessage.of(
                "approval." + what,
                "request_id",
                row.id,
                "name",
                row.model,
                "actor",
                change.caller().name());
        content.forEach((name, value) ->
                event.data().put(name, value instanceof Enum<?> constant ? constant.name() : value));
        outbox.emit(tx, event, change.timestamp());
    }

    private void log(Transaction tx, ChangeContext change, String action, RequestRow row, Object before, Object after) {
        audit.append(tx, AuditEvent.of(change, action, "approvals/" + row.id, row.model, before, after));
    }
}
