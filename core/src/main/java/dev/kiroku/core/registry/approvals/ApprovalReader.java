package dev.kiroku.core.registry.approvals;

import dev.kiroku.core.registry.gates.GatePolicy;
import dev.kiroku.core.registry.store.ApprovalRequestRow;
import dev.kiroku.core.registry.store.ApprovalVote;
import dev.kiroku.core.registry.store.Assignment;
import dev.kiroku.core.registry.store.ModelRow;
import dev.kiroku.core.registry.store.RegistrySnapshot;
import dev.kiroku.model.registry.ApprovalRequest;
import dev.kiroku.model.registry.ApprovalRequest.State;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Adds votes and missing approvals to approval requests. */
final class ApprovalReader {
    private ApprovalReader() {}

    /**
     * Returns a request as clients see it.
     *
     * @param model null if the model was deleted
     */
    static ApprovalRequest load(
            RegistrySnapshot registry, GatePolicy policy, ApprovalRequestRow row, @Nullable ModelRow model) {
        List<ApprovalVote> votes = registry.listVotes(row.id());
        Assignment assignment = row.assignment();
        boolean alias = assignment.target().isAlias();
        String target = assignment.target().name();
        return new ApprovalRequest(
                row.id(),
                row.model(),
                alias ? target : null,
                alias ? null : target,
                versionOrNull(assignment.version()),
                versionOrNull(row.holder()),
                assignment.archiveOthers() ? true : null,
                row.requester(),
                row.comment(),
                row.state(),
                row.reason(),
                row.createdAt(),
                row.expiresAt(),
                row.closedAt(),
                votes.stream()
                        .map(vote -> new ApprovalRequest.Vote(vote.time(), vote.actor(), vote.kind(), vote.comment()))
                        .toList(),
                findPending(registry, policy, row, model, votes));
    }

    private static List<ApprovalRequest.PendingGate> findPending(
            RegistrySnapshot registry,
            GatePolicy policy,
            ApprovalRequestRow row,
            @Nullable ModelRow model,
            List<ApprovalVote> votes) {
        Assignment assignment = row.assignment();
        if (row.state() != State.OPEN
                || model == null
                || !assignment.isDeletion() && !registry.hasVersion(model, assignment.version())) {
            return List.of();
        }
        return VoteCounter.findPending(
                registry,
                AssignmentRules.findApprovalGates(registry, policy, model, assignment),
                row.requester(),
                votes);
    }

    /** Returns a version as text, or null for 0, which means none. */
    static @Nullable String versionOrNull(long version) {
        return version == 0 ? null : Long.toString(version);
    }
}
