package dev.kiroku.core.registry.approvals;

import dev.kiroku.model.api.Caller;
import dev.kiroku.model.registry.ApprovalRequest.ActionKind;
import dev.kiroku.model.registry.ApprovalRequest.PendingGate;
import dev.kiroku.model.registry.Gate;
import java.util.List;
import java.util.Set;

/** Counts approvals. Nobody counts twice, and the requester not at all. */
public final class VoteCounter {
    private VoteCounter() {}

    /** @param groups of the voter, when the vote was given */
    public record CastVote(String actor, Set<String> groups, ActionKind kind) {}

    /** Who may approve or reject for a gate. */
    public static boolean isApprover(
            Gate.ApprovalRequirement approvals, String requester, String actor, Set<String> groups) {
        boolean named = approvals.from().isEmpty()
                || approvals.from().contains(actor)
                || groups.stream().anyMatch(group -> approvals.from().contains("group:" + group));
        return named && !actor.equals(requester) && !actor.equals(Caller.ANONYMOUS);
    }

    /** The gates that have not got all of their approvals. */
    public static List<PendingGate> findPending(List<Gate> gates, String requester, List<CastVote> ballots) {
        return gates.stream()
                .map(gate -> count(gate, requester, ballots))
                .filter(p -> p.given() < p.required())
                .toList();
    }

    private static PendingGate count(Gate gate, String requester, List<CastVote> ballots) {
        long given = ballots.stream()
                .filter(b -> b.kind() == ActionKind.APPROVE
                        && isApprover(gate.approvals(), requester, b.actor(), b.groups()))
                .map(CastVote::actor)
                .distinct()
                .count();
        return new PendingGate(
                gate.name(),
                gate.approvals().required(),
                given,
                gate.approvals().from());
    }
}
