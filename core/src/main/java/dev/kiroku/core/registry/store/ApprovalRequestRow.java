package dev.kiroku.core.registry.store;

import dev.kiroku.model.registry.ApprovalRequest.State;
import org.jspecify.annotations.Nullable;

/**
 * An approval request without its votes.
 *
 * @param modelKey the {@linkplain ModelRow#key() key} of the model, which may have been deleted since
 * @param model the name of the model
 * @param createdAt milliseconds since 1970
 * @param expiresAt milliseconds since 1970
 * @param holder the version that the target pointed at when the request was made, 0 if none
 * @param evidence a digest of the metrics that the approvers see
 * @param reason why the request was closed, or null while it is open
 * @param closedAt milliseconds since 1970, or null while it is open
 */
public record ApprovalRequestRow(
        long id,
        long modelKey,
        String model,
        Assignment assignment,
        String requester,
        String comment,
        long createdAt,
        long expiresAt,
        long holder,
        String evidence,
        State state,
        @Nullable String reason,
        @Nullable Long closedAt) {}
