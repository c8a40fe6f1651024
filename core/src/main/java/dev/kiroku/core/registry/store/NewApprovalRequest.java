package dev.kiroku.core.registry.store;

/**
 * An approval request to create.
 *
 * @param createdAt milliseconds since 1970
 * @param expiresAt milliseconds since 1970
 * @param holder the version that the target points at when the request is made, 0 if none
 * @param evidence a digest of the metrics that the approvers see
 */
public record NewApprovalRequest(
        Assignment assignment,
        String requester,
        String comment,
        long createdAt,
        long expiresAt,
        long holder,
        String evidence) {}
