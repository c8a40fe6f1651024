package dev.kiroku.model.registry;

import java.util.List;

/**
 * Somebody wants to change a protected alias or stage, and others have to agree.
 *
 * @param alias the alias that is to move, or null when it is a stage
 * @param version the version that alias or stage is to point at; null: the alias is to be deleted
 * @param holderVersion what the alias or stage pointed at when the request was made, or null for nothing
 * @param archiveExistingVersions of a stage: whether the versions in it now are to be archived
 * @param reason why it is in its state
 * @param expirationTimestamp when it is no longer open, in milliseconds since 1970
 * @param closedTimestamp when it left the state OPEN, or null
 * @param votes what people said, in that order
 * @param pending the approvals that are missing, by gate; empty when the request is closed
 */
public record ApprovalRequest(
        Long id,
        String name,
        String alias,
        String stage,
        String version,
        String holderVersion,
        Boolean archiveExistingVersions,
        String requester,
        String comment,
        State state,
        String reason,
        Long creationTimestamp,
        Long expirationTimestamp,
        Long closedTimestamp,
        List<Vote> votes,
        List<PendingGate> pending) {
    /**
     * APPROVED: the change is made. INVALIDATED: what people agreed to is no longer what would happen, because the alias has moved, metrics
     * have changed, or a gate no longer lets the version pass.
     */
    public enum State {
        OPEN,
        APPROVED,
        REJECTED,
        WITHDRAWN,
        EXPIRED,
        INVALIDATED
    }

    public enum ActionKind {
        COMMENT,
        APPROVE,
        REJECT,
        WITHDRAW
    }

    public record Vote(Long timestamp, String actor, ActionKind kind, String comment) {}

    /** @param given how many of the required approvals there are */
    public record PendingGate(String gate, Long required, Long given, List<String> from) {}
}
