package dev.kiroku.stores.registry;

import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.audit.CanonicalJson;
import dev.kiroku.core.audit.Change;
import dev.kiroku.core.audit.Draft;
import dev.kiroku.core.registry.approvals.Move;
import dev.kiroku.core.registry.approvals.Tally;
import dev.kiroku.core.registry.gates.Gates;
import dev.kiroku.core.registry.gates.Guard;
import dev.kiroku.core.registry.gates.Target;
import dev.kiroku.core.webhooks.Event;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.registry.ApprovalRequest;
import dev.kiroku.model.registry.ApprovalRequest.Kind;
import dev.kiroku.model.registry.ApprovalRequest.State;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.stores.audit.SqlAuditLog;
import dev.kiroku.stores.registry.SqlRegistryStore.Model;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.Tx;
import dev.kiroku.stores.webhooks.Outbox;
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
final class Requests {
    private final SqlAuditLog audit;
    private final Outbox outbox;

    Requests(SqlAuditLog audit, Outbox outbox) {
        this.audit = audit;
        this.outbox = outbox;
    }

    /** A request as its own table knows it. */
    record Row(
            long id,
            long modelKey,
            String model,
            Move move,
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

        static Row of(ResultSet row) throws SQLException {
            Target target = new Target(Target.Kind.values()[row.getInt(4)], row.getString(5));
            long closed = row.getLong(16);
            Long closedAt = row.wasNull() ? null : closed;
            return new Row(
                    row.getLong(1),
                    row.getLong(2),
                    row.getString(3),
                    new Move(target, row.getLong(6), row.getInt(7) == 1),
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
    KirokuException refusal(Tx tx, SqlView view, Model model, Move move, List<Gate> gates, Change change)
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
            throw Guard.denied(
                    "%s",
                    start + "Ask for it: kiroku approvals request --name " + model.name()
                            + (move.isDeletion() ? " --delete" : " --version " + move.version()) + target);
        }
        Row row = similar(tx, model, move, change);
        if (row == null) {
            row = open(tx, view, model, move, gates, "", change);
        }
        return Guard.denied(
                "%s",
                start + "Request " + row.id
                        + " asks for it; once it is approved the change is made. To wait for that: kiroku approvals wait "
                        + row.id);
    }

    /** An open request of the same person for the same. */
    private static Row similar(Tx tx, Model model, Move move, Change change) throws SQLException {
        return open(tx, model, move.target()).stream()
                .filter(row -> row.move.equals(move)
                        && row.requester.equals(change.caller().name())
                        && row.expiresAt > change.at())
                .findFirst()
                .orElse(null);
    }

    private static List<Row> open(Tx tx, Model model, Target target) throws SQLException {
        return tx.list(
                Sql.of(
                        "select " + Row.COLUMNS
                                + " from approval_requests r where r.model_key = ? and r.state = ? and r.target_kind = ?"
                                + " and r.target = ? order by r.id",
                        model.key(),
                        State.OPEN.ordinal(),
                        target.kind().ordinal(),
                        target.name()),
                Row::of);
    }

    Row open(Tx tx, SqlView view, Model model, Move move, List<Gate> gates, String comment, Change change)
            throws SQLException {
        long expires = change.at()
                + gates.stream()
                        .map(gate -> Gates.expiry(gate.approvals()))
                        .min(Comparator.naturalOrder())
                        .orElseThrow()
                        .toMillis();
        long id = tx.first(
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
                                change.at(),
                                expires,
                                view.holder(move.target()),
                                evidence(view, move),
                                State.OPEN.ordinal()),
                        row -> row.getLong(1))
                .orElseThrow();
        Row row = require(tx, id);
        Map<String, Object> content = content(row);
        content.put("comment", comment.isEmpty() ? null : comment);
        log(tx, change, "approval.request", row, null, content);
        tell(tx, "requested", row, content, change);
        return row;
    }

    /** Stands for the numbers that those who approve have seen. */
    private static String evidence(SqlView view, Move move) {
        return move.isDeletion()
                ? ""
                : CanonicalJson.digest(view.facts(move.version()).metrics());
    }

    static Row require(Tx tx, long id) throws SQLException {
        return tx.first(Sql.of("select " + Row.COLUMNS + " from approval_requests r where r.id = ?", id), Row::of)
                .orElseThrow(() -> notFound("There is no approval request %d.", id));
    }

    /** Closes a request that time or events have overtaken. @return the request as it is then */
    Row settle(Tx tx, Model model, Row row, Change change) throws SQLException {
        End end = end(tx, model, row, change.at());
        return end == null ? row : close(tx, row, end.state, end.reason, change);
    }

    /** How a request ends without anybody's doing. */
    record End(State state, String reason) {}

    /** Whether time or events have overtaken a request that is open as far as its row knows; null when not. Changes nothing. */
    static End end(Tx tx, Model model, Row row, long now) throws SQLException {
        if (row.state != State.OPEN) {
            return null;
        }
        if (row.expiresAt <= now) {
            return new End(State.EXPIRED, "nobody completed it in time");
        }
        String overtaken = overtaken(tx, model, row);
        return overtaken == null ? null : new End(State.INVALIDATED, overtaken);
    }

    /** What has changed since a request was made so that it means something else now; null for nothing. */
    private static String overtaken(Tx tx, Model model, Row row) throws SQLException {
        Move move = row.move;
        if (model == null) {
            return "the model was deleted";
        }
        boolean there = move.isDeletion()
                || tx.first(
                                Sql.of(
                                        "select 1 from model_versions where model_key = ? and version = ?",
                                        model.key(),
                                        move.version()),
                                r -> 1)
                        .isPresent();
        if (!there) {
            return "version " + move.version() + " was deleted";
        }
        var view = new SqlView(tx, model);
        long holder = view.holder(move.target());
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
    void overtake(Tx tx, Model model, Target target, Long exceptId, Change change) throws SQLException {
        for (Row row : open(tx, model, target)) {
            if (!Objects.equals(row.id, exceptId)) {
                close(tx, row, State.INVALIDATED, target + " has moved since", change);
            }
        }
    }

    Row close(Tx tx, Row row, State state, String reason, Change change) throws SQLException {
        tx.update(Sql.of(
                "update approval_requests set state = ?, reason = ?, closed_at = ? where id = ?",
                state.ordinal(),
                reason,
                change.at(),
                row.id));
        Map<String, Object> after = content(row);
        after.put("state", state);
        after.put("reason", reason);
        log(tx, change, "approval.close", row, Map.of("state", State.OPEN), after);
        tell(
                tx,
                state == State.APPROVED ? "completed" : state.name().toLowerCase(java.util.Locale.ROOT),
                row,
                after,
                change);
        return require(tx, row.id);
    }

    void say(Tx tx, Row row, Kind kind, String comment, Change change) throws SQLException {
        tx.update(Sql.of(
                "insert into approval_votes (request_id, seq, at, actor, actor_groups, kind, comment) select ?, coalesce(max(seq), 0) + 1, ?, ?, ?, ?, ?"
                        + " from approval_votes where request_id = ?",
                row.id,
                change.at(),
                change.caller().name(),
                String.join("\n", new TreeSet<>(change.caller().groups())),
                kind.ordinal(),
                comment,
                row.id));
        Map<String, Object> after = content(row);
        after.put("comment", comment.isEmpty() ? null : comment);
        log(tx, change, "approval." + kind.name().toLowerCase(java.util.Locale.ROOT), row, null, after);
        if (kind == Kind.APPROVE) { // what else is said and matters closes the request, and is told then
            tell(tx, "approved", row, after, change);
        }
    }

    static List<Tally.Ballot> ballots(Tx tx, long id) throws SQLException {
        return tx.list(
                Sql.of("select actor, actor_groups, kind from approval_votes where request_id = ? order by seq", id),
                row -> new Tally.Ballot(
                        row.getString(1), Set.copyOf(row.getString(2).lines().toList()), Kind.values()[row.getInt(3)]));
    }

    /** @param model null when it is deleted */
    static ApprovalRequest load(Tx tx, Row row, Model model) throws SQLException {
        List<ApprovalRequest.Vote> votes = tx.list(
                Sql.of("select at, actor, kind, comment from approval_votes where request_id = ? order by seq", row.id),
                r -> new ApprovalRequest.Vote(
                        r.getLong(1), r.getString(2), Kind.values()[r.getInt(3)], r.getString(4)));
        boolean alias = row.move.target().isAlias();
        return new ApprovalRequest(
                row.id,
                row.model,
                alias ? row.move.target().name() : null,
                alias ? null : row.move.target().name(),
                number(row.move.version()),
                number(row.holder),
                row.move.archiveOthers() ? true : null,
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

    private static List<ApprovalRequest.Pending> pending(Tx tx, Row row, Model model) throws SQLException {
        boolean there = model != null
                && (row.move.isDeletion()
                        || tx.first(
                                        Sql.of(
                                                "select 1 from model_versions where model_key = ? and version = ?",
                                                model.key(),
                                                row.move.version()),
                                        r -> 1)
                                .isPresent());
        if (row.state != State.OPEN || !there) {
            return List.of();
        }
        List<Gate> gates = Moves.protecting(tx, model, SqlGateStore.all(tx), row.move);
        return Tally.pending(gates, row.requester, ballots(tx, row.id));
    }

    private static String number(long version) {
        return version == 0 ? null : Long.toString(version);
    }

    private static Map<String, Object> content(Row row) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("target", row.move.target().toString());
        content.put("version", number(row.move.version()));
        content.put("requester", row.requester);
        return content;
    }

    private void tell(Tx tx, String what, Row row, Map<String, Object> content, Change change) throws SQLException {
        Event event = Event.of(
                "approval." + what,
                "request_id",
                row.id,
                "name",
                row.model,
                "actor",
                change.caller().name());
        content.forEach((name, value) ->
                event.data().put(name, value instanceof Enum<?> constant ? constant.name() : value));
        outbox.emit(tx, event, change.at());
    }

    private void log(Tx tx, Change change, String action, Row row, Object before, Object after) {
        audit.append(tx, Draft.of(change, action, "approvals/" + row.id, row.model, before, after));
    }
}
