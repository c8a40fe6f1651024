package dev.kiroku.model.registry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that an alias or stage be changed, which needs the approval of other users.
 *
 * @param name the registered model
 * @param alias null for a stage
 * @param stage null for an alias
 * @param version the version that the alias or stage will point at; null if the alias will be deleted
 * @param holderVersion the version that the alias or stage pointed at when the request was made; null for none
 * @param archiveExistingVersions for a stage: whether the versions that are in it will be archived
 * @param reason why the request is in its state
 * @param creationTimestamp milliseconds since 1970, as are the other timestamps
 * @param expirationTimestamp when an open request expires
 * @param closedTimestamp when the request left the state OPEN; null while it is open
 * @param votes votes and comments, oldest first
 * @param pending the gates whose approvals are missing; empty if the request is closed
 */
public record ApprovalRequest(
        Long id,
        String name,
        @Nullable String alias,
        @Nullable String stage,
        @Nullable String version,
        @Nullable String holderVersion,
        @Nullable Boolean archiveExistingVersions,
        String requester,
        @Nullable String comment,
        State state,
        @Nullable String reason,
        Long creationTimestamp,
        Long expirationTimestamp,
        @Nullable Long closedTimestamp,
        List<Vote> votes,
        List<PendingGate> pending) {
    /**
     * The state of a request. APPROVED: the change has been made. INVALIDATED: the change would no longer be what was approved, because the
     * alias has moved, metrics have changed, or a gate no longer lets the version pass.
     */
    public enum State {
        OPEN,
        APPROVED,
        REJECTED,
        WITHDRAWN,
        EXPIRED,
        INVALIDATED
    }

    /** What a user did with a request. */
    public enum ActionKind {
        COMMENT,
        APPROVE,
        REJECT,
        WITHDRAW
    }

    /**
     * A vote or comment on a request.
     *
     * @param timestamp milliseconds since 1970
     */
    public record Vote(
            Long timestamp,
            String actor,
            ActionKind kind,
            @Nullable String comment) {}

    /**
     * A gate whose approvals are missing.
     *
     * @param required the number of approvals that the gate requires
     * @param given the number of approvals so far
     * @param from who may approve, as in {@link Gate.ApprovalRequirement}
     */
    public record PendingGate(String gate, Long required, Long given, List<String> from) {}
}
