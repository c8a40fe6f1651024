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
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Counts approvals. Each person counts once for a gate, and the requester never. An approval does not count any more
 * when the account of the approver was removed, nor for a group or role that the account has left. User names are
 * compared in their {@linkplain UserNames canonical form}.
 */
final class VoteCounter {
    static final String GROUP_PREFIX = "group:";
    static final String ROLE_PREFIX = "role:";

    private VoteCounter() {}

    /**
     * A person as gates see them.
     *
     * @param name in its canonical form
     * @param roles the names of the roles that the person or one of the groups is assigned to
     */
    record Voter(String name, Set<String> groups, Set<String> roles) {
        /** Returns the person with the memberships of now. */
        static Voter of(RegistrySnapshot registry, Caller caller) {
            return new Voter(
                    UserNames.canonical(caller.name()),
                    caller.groups(),
                    registry.listRoles(caller.name(), caller.groups()));
        }

        private Voter mergedWith(Voter other) {
            return new Voter(name, union(groups, other.groups), union(roles, other.roles));
        }

        private static Set<String> union(Set<String> a, Set<String> b) {
            return Stream.concat(a.stream(), b.stream()).collect(Collectors.toSet());
        }
    }

    /** Who may approve for a gate. The names are compared with each voter, so they are prepared once. */
    private record Approvers(Set<String> names, Set<String> groups, Set<String> roles) {
        static Approvers of(Gate.ApprovalRequirement approvals) {
            var approvers = new Approvers(new HashSet<>(), new HashSet<>(), new HashSet<>());
            for (String from : approvals.from()) {
                if (from.startsWith(GROUP_PREFIX)) {
                    approvers.groups.add(from.substring(GROUP_PREFIX.length()));
                } else if (from.startsWith(ROLE_PREFIX)) {
                    approvers.roles.add(from.substring(ROLE_PREFIX.length()));
                } else {
                    approvers.names.add(UserNames.canonical(from));
                }
            }
            return approvers;
        }

        private boolean isEmpty() {
            return names.isEmpty() && groups.isEmpty() && roles.isEmpty();
        }

        boolean include(Voter voter, String requester) {
            boolean named = isEmpty()
                    || names.contains(voter.name)
                    || voter.groups.stream().anyMatch(groups::contains)
                    || voter.roles.stream().anyMatch(roles::contains);
            return named && !UserNames.areSame(voter.name, requester) && !voter.name.equals(Caller.ANONYMOUS);
        }
    }

    /** Returns whether a person may approve or reject requests of a requester for one of the gates. */
    static boolean isApprover(List<ApprovalGate> gates, String requester, Voter voter) {
        return gates.stream().anyMatch(gate -> Approvers.of(gate.requirement()).include(voter, requester));
    }

    /** Returns the gates that lack approvals, with the numbers required and given. */
    static List<PendingGate> findPending(
            RegistrySnapshot registry, List<ApprovalGate> gates, String requester, List<ApprovalVote> votes) {
        Map<String, Voter> approvers = new HashMap<>();
        for (ApprovalVote vote : votes) {
            if (vote.kind() == ActionKind.APPROVE) {
                findPresent(registry, vote).ifPresent(voter -> approvers.merge(voter.name, voter, Voter::mergedWith));
            }
        }
        return gates.stream()
                .map(gate -> count(gate, requester, approvers.values()))
                .filter(pending -> pending.given() < pending.required())
                .toList();
    }

    /** Returns a voter with the groups and roles of then that are also those of now, or empty if the vote does not count. */
    private static Optional<Voter> findPresent(RegistrySnapshot registry, ApprovalVote vote) {
        return findPresentGroups(registry, vote).map(groups -> {
            Set<String> present = vote.roles().isEmpty() ? Set.of() : registry.listRoles(vote.actor(), groups);
            return new Voter(
                    UserNames.canonical(vote.actor()),
                    groups,
                    vote.roles().stream().filter(present::contains).collect(Collectors.toSet()));
        });
    }

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

    private static PendingGate count(ApprovalGate gate, String requester, Collection<Voter> voters) {
        Approvers approvers = Approvers.of(gate.requirement());
        return new PendingGate(
                gate.name(),
                gate.requirement().required(),
                voters.stream()
                        .filter(voter -> approvers.include(voter, requester))
                        .count(),
                gate.requirement().from());
    }
}
