package dev.kiroku.core.registry.approvals;

import dev.kiroku.model.api.Caller;
import dev.kiroku.model.registry.ApprovalRequest.Kind;
import dev.kiroku.model.registry.ApprovalRequest.Pending;
import dev.kiroku.model.registry.Gate;
import java.util.List;
import java.util.Set;

/** Counts approvals. Nobody counts twice, and the requester not at all. */
public final class Tally {
    private Tally() {}

    /** @param groups of the voter, when the vote was given */
    public record Ballot(String actor, Set<String> groups, Kind kind) {}

    /** Who may approve or reject for a gate. */
    public static boolean isApprover(Gate.Approvals approvals, String requester, String actor, Set<String> groups) {
        boolean named = approvals.from().isEmpty()
                || approvals.from().contains(actor)
                || groups.stream().anyMatch(group -> approvals.from().contains("group:" + group));
        return named && !actor.equals(requester) && !actor.equals(Caller.ANONYMOUS);
    }

    /** The gates that have not got all of their approvals. */
    public static List<Pending> pending(List<Gate> gates, String requester, List<Ballot> ballots) {
        return gates.stream()
                .map(gate -> count(gate, requester, ballots))
                .filter(p -> p.given() < p.required())
                .toList();
    }

    private static Pending count(Gate gate, String requester, List<Ballot> ballots) {
        long given = ballots.stream()
                .filter(b -> b.kind() == Kind.APPROVE && isApprover(gate.approvals(), requester, b.actor(), b.groups()))
                .map(Ballot::actor)
                .distinct()
                .count();
        return new Pending(
                gate.name(),
                gate.approvals().required(),
                given,
                gate.approvals().from());
    }
}
