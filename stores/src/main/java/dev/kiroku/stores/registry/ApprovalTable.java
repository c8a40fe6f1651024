package dev.kiroku.stores.registry;

import dev.kiroku.core.registry.store.ApprovalRequestRow;
import dev.kiroku.core.registry.store.ApprovalVote;
import dev.kiroku.core.registry.store.Assignment;
import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.registry.store.ModelRow;
import dev.kiroku.core.registry.store.NewApprovalRequest;
import dev.kiroku.core.registry.store.VisibleModels;
import dev.kiroku.core.registry.store.VoterAccount;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.registry.ApprovalApi;
import dev.kiroku.model.registry.ApprovalRequest.ActionKind;
import dev.kiroku.model.registry.ApprovalRequest.State;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Keyset;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.Row;
import dev.kiroku.stores.sql.StoredEnums;
import dev.kiroku.stores.sql.Transaction;
import dev.kiroku.stores.sql.VisibilityCondition;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The tables of approval requests and of the votes and comments on them. */
final class ApprovalTable {
    private static final String SELECT =
            "select r.id, r.model_key, r.model, r.target_kind, r.target, r.version, r.archive_others, r.requester, r.comment,"
                    + " r.created_at, r.expires_at, r.holder, r.evidence, r.state, r.reason, r.closed_at";

    private static final String FROM = " from approval_requests r where 1 = 1";

    private ApprovalTable() {}

    private static ApprovalRequestRow read(Row row) throws SQLException {
        GateTarget target = new GateTarget(row.get("target_kind", StoredEnums.TARGET_KIND), row.getString("target"));
        return new ApprovalRequestRow(
                row.getLong("id"),
                row.getLong("model_key"),
                row.getString("model"),
                new Assignment(target, row.getLong("version"), row.getBoolean("archive_others")),
                row.getString("requester"),
                row.getString("comment"),
                row.getLong("created_at"),
                row.getLong("expires_at"),
                row.getLong("holder"),
                row.getString("evidence"),
                row.get("state", StoredEnums.APPROVAL_STATE),
                row.getStringOrNull("reason"),
                row.getLongOrNull("closed_at"));
    }

    static Optional<ApprovalRequestRow> find(Transaction tx, long id) throws SQLException {
        return tx.queryFirst(Sql.of(SELECT + " from approval_requests r where r.id = ?", id), ApprovalTable::read);
    }

    /** Returns the open requests for one target, by id. */
    static List<ApprovalRequestRow> listOpen(Transaction tx, ModelRow model, GateTarget target) throws SQLException {
        return tx.queryList(
                Sql.of(
                        SELECT + """
                                 from approval_requests r where r.model_key = ? and r.state = ? and r.target_kind = ?
                                and r.target = ? order by r.id""",
                        model.key(),
                        StoredEnums.APPROVAL_STATE.encode(State.OPEN),
                        StoredEnums.TARGET_KIND.encode(target.kind()),
                        target.name()),
                ApprovalTable::read);
    }

    /**
     * Returns the open requests, by id.
     *
     * @param filter of which only the model's name and the requester are used
     */
    static List<ApprovalRequestRow> listOpen(Transaction tx, ApprovalApi.SearchApprovalsRequest filter)
            throws SQLException {
        Sql open = Sql.of(SELECT)
                .add(filter(filter))
                .add(" and r.state = ? order by r.id", StoredEnums.APPROVAL_STATE.encode(State.OPEN));
        return tx.queryList(open, ApprovalTable::read);
    }

    /** Returns a page of requests, the newest first. */
    static Page<ApprovalRequestRow> search(
            Transaction tx, ApprovalApi.SearchApprovalsRequest query, VisibleModels visible, int maxResults)
            throws SQLException {
        Sql where = filter(query);
        if (!visible.isAll()) {
            // By name, because the requests for deleted models remain.
            where.add(RegistrySearch.visible(
                    "r.model_key",
                    VisibilityCondition.ofName(visible.models(), "r.model", tx.dialect()),
                    VisibilityCondition.ofName(visible.prompts(), "r.model", tx.dialect())));
        }
        if (query.state() != null) {
            where.add(" and r.state = ?", StoredEnums.APPROVAL_STATE.encode(query.state()));
        }
        Keyset newest = new Keyset("approvals " + query.name() + query.requester() + query.state())
                .addKey("r.id", Keyset.ValueType.LONG, false);
        return PageQuery.read(tx, SELECT, where, newest, maxResults, query.pageToken(), ApprovalTable::read);
    }

    private static Sql filter(ApprovalApi.SearchApprovalsRequest query) {
        Sql where = Sql.of(FROM);
        if (query.name() != null && !query.name().isEmpty()) {
            where.add(" and r.model = ?", query.name());
        }
        if (query.requester() != null && !query.requester().isEmpty()) {
            where.add(" and r.requester = ?", query.requester());
        }
        return where;
    }

    /** Inserts an open request, and returns its id. */
    static long insert(Transaction tx, ModelRow model, NewApprovalRequest request) throws SQLException {
        Assignment assignment = request.assignment();
        return tx.insertReturningKey(
                Sql.of(
                        """
                                insert into approval_requests (model_key, model, target_kind, target, version,
                                archive_others, requester, comment, created_at, expires_at, holder, evidence, state)
                                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                        model.key(),
                        model.name(),
                        StoredEnums.TARGET_KIND.encode(assignment.target().kind()),
                        assignment.target().name(),
                        assignment.version(),
                        assignment.archiveOthers() ? 1 : 0,
                        request.requester(),
                        request.comment(),
                        request.createdAt(),
                        request.expiresAt(),
                        request.holder(),
                        request.evidence(),
                        StoredEnums.APPROVAL_STATE.encode(State.OPEN)),
                "id");
    }

    static void close(Transaction tx, long id, State state, String reason, long time) throws SQLException {
        tx.update(Sql.of(
                "update approval_requests set state = ?, reason = ?, closed_at = ? where id = ?",
                StoredEnums.APPROVAL_STATE.encode(state),
                reason,
                time,
                id));
    }

    static void addVote(Transaction tx, long requestId, ApprovalVote vote) throws SQLException {
        long seq = tx.queryFirst(
                        Sql.of(
                                "select coalesce(max(seq), 0) + 1 as seq from approval_votes where request_id = ?",
                                requestId),
                        row -> row.getLong("seq"))
                .orElseThrow();
        VoterAccount account = vote.account();
        tx.update(Sql.of(
                """
                insert into approval_votes (request_id, seq, at, actor, actor_groups, kind, comment, account_key,
                account_groups, actor_roles) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                requestId,
                seq,
                vote.time(),
                vote.actor(),
                joinLines(vote.groups()),
                StoredEnums.VOTE_KIND.encode(vote.kind()),
                vote.comment(),
                account == null ? null : account.key(),
                account == null ? null : joinLines(account.groups()),
                joinLines(vote.roles())));
    }

    private static String joinLines(Set<String> texts) {
        return String.join("\n", new TreeSet<>(texts));
    }

    private static Set<String> splitLines(String text) {
        return Set.copyOf(text.lines().toList());
    }

    /** Returns the votes and comments on a request, the oldest first. */
    static List<ApprovalVote> listVotes(Transaction tx, long requestId) throws SQLException {
        return tx.queryList(Sql.of("""
                        select at, actor, actor_groups, kind, comment, account_key, account_groups, actor_roles
                        from approval_votes
                        where request_id = ? order by seq""", requestId), ApprovalTable::readVote);
    }

    private static ApprovalVote readVote(Row row) throws SQLException {
        long time = row.getLong("at");
        String actor = row.getString("actor");
        Set<String> groups = splitLines(row.getString("actor_groups"));
        ActionKind kind = row.get("kind", StoredEnums.VOTE_KIND);
        String comment = row.getString("comment");
        Long accountKey = row.getLongOrNull("account_key");
        String accountGroups = row.getStringOrNull("account_groups");
        String roles = row.getStringOrNull("actor_roles");
        VoterAccount account = accountKey == null || accountGroups == null
                ? null
                : new VoterAccount(accountKey, splitLines(accountGroups));
        return new ApprovalVote(
                time, actor, groups, kind, comment, account, roles == null ? Set.of() : splitLines(roles));
    }
}
