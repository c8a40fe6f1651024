package dev.kiroku.core.registry.approvals;

import dev.kiroku.core.registry.gates.ApprovalGate;
import dev.kiroku.core.registry.store.ApprovalVote;
import dev.kiroku.core.registry.store.RegistrySnapshot;
import dev.kiroku.core.registry.store.VoterAccount;
import dev.kiroku.core.users.UserNames;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.registry.ApprovalRequest.ActionKind;
import dev.kiroku.model.registry.ApprovalRequest.PendingGate;
import dev.kiroku.model.registry.Gate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Counts approvals. Each person counts once for a gate, and the requester never. An approval does not count any more
 * when the account of the approver was removed, nor for a group that the account has left. User names are compared in
 * their {@linkplain UserNames canonical form}.
 */
final class VoteCounter {
    private VoteCounter() {}

    /** Returns whether a person may approve or reject requests of a requester for a gate. */
    static boolean isApprover(Gate.ApprovalRequirement approvals, String requester, String actor, Set<String> groups) {
        boolean named = approvals.from().isEmpty()
                || approvals.from().stream().anyMatch(approver -> UserNames.areSame(approver, actor))
                || groups.stream().anyMatch(group -> approvals.from().contains("group:" + group));
        return named && !UserNames.areSame(actor, requester) && !actor.equals(Caller.ANONYMOUS);
    }

    /** Returns the gates that lack approvals, with the numbers required and given. */
    static List<PendingGate> findPending(
            RegistrySnapshot registry, List<ApprovalGate> gates, String requester, List<ApprovalVote> votes) {
        Map<String, Set<String>> approvers = new HashMap<>();
        for (ApprovalVote vote : votes) {
            if (vote.kind() == ActionKind.APPROVE) {
                findPresentGroups(registry, vote)
                        .ifPresent(groups -> approvers
                                .computeIfAbsent(UserNames.canonical(vote.actor()), name -> new HashSet<>())
                                .addAll(groups));
            }
        }
        return gates.stream()
                .map(gate -> count(gate, requester, approvers))
                .filter(pending -> pending.given() < pending.required())
                .toList();
    }

    /** Returns the groups of a voter that count now, or empty if the vote does not count. */
    private static Optional<Set<String>> findPresentGroups(RegistrySnapshot registry, ApprovalVote vote) {
        VoterAccount account = vote.account();
        if (account == null) { // known by a proxy only: there is nothing to compare with
            return Optional.of(vote.groups());
        }
        return registry.findAccount(vote.actor())
                .filter(present -> present.key() == account.key())
                .map(present -> vote.groups().stream()
                        .filter(group -> !account.groups().contains(group)
                                || present.groups().contains(group))
                        .collect(Collectors.toSet()));
    }

    private static PendingGate count(ApprovalGate gate, String requester, Map<String, Set<String>> approvers) {
        long given = approvers.entrySet().stream()
                .filter(approver -> isApprover(gate.requirement(), requester, approver.getKey(), approver.getValue()))
                .count();
        return new PendingGate(
                gate.name(),
                gate.requirement().required(),
                given,
                gate.requirement().from());
    }
}
