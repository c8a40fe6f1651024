package dev.kiroku.core.registry.approvals;

import dev.kiroku.core.registry.gates.ApprovalGate;
import dev.kiroku.core.registry.store.ApprovalVote;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.registry.ApprovalRequest.ActionKind;
import dev.kiroku.model.registry.ApprovalRequest.PendingGate;
import dev.kiroku.model.registry.Gate;
import java.util.List;
import java.util.Set;

/** Counts approvals. Each person counts once for a gate, and the requester never. */
final class VoteCounter {
    private VoteCounter() {}

    /** Returns whether a person may approve or reject requests of a requester for a gate. */
    static boolean isApprover(Gate.ApprovalRequirement approvals, String requester, String actor, Set<String> groups) {
        boolean named = approvals.from().isEmpty()
                || approvals.from().contains(actor)
                || groups.stream().anyMatch(group -> approvals.from().contains("group:" + group));
        return named && !actor.equals(requester) && !actor.equals(Caller.ANONYMOUS);
    }

    /** Returns the gates that lack approvals, with the numbers required and given. */
    static List<PendingGate> findPending(List<ApprovalGate> gates, String requester, List<ApprovalVote> votes) {
        return gates.stream()
                .map(gate -> count(gate, requester, votes))
                .filter(pending -> pending.given() < pending.required())
                .toList();
    }

    private static PendingGate count(ApprovalGate gate, String requester, List<ApprovalVote> votes) {
        long given = votes.stream()
                .filter(vote -> vote.kind() == ActionKind.APPROVE
                        && isApprover(gate.requirement(), requester, vote.actor(), vote.groups()))
                .map(ApprovalVote::actor)
                .distinct()
                .count();
        return new PendingGate(
                gate.name(),
                gate.requirement().required(),
                given,
                gate.requirement().from());
    }
}
