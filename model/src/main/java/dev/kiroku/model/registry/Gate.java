package dev.kiroku.model.registry;

import dev.kiroku.model.api.Required;
import java.util.List;

/**
 * A rule of what must hold before an alias or a stage of a model points at a version: conditions, approvals, or both.
 *
 * @param name unique
 * @param models the name of a registered model, or a pattern in which {@code *} stands for any text
 * @param alias the alias that is gated, or a pattern; null when it is a stage
 * @param stage {@code Staging}, {@code Production}, {@code Archived} or {@code None}; null when it is an alias
 * @param require conditions, such as {@code metrics.accuracy >= 0.9 AND version.has_signature}; null for none
 * @param approvals who must agree; null when nobody has to
 */
public record Gate(
        @Required String name,
        @Required String models,
        String alias,
        String stage,
        String require,
        ApprovalRequirement approvals,
        String description) {
    /**
     * @param required how many people other than the requester must approve
     * @param from names of users, and of groups as {@code group:leads}; empty for anybody who has signed in
     * @param expireAfter how long a request stays open: {@code 90m}, {@code 12h}, {@code 7d}
     * @param openRequests whether a client's attempt to make the change opens a request by itself
     */
    public record ApprovalRequirement(
            @Required Long required, List<String> from, String expireAfter, Boolean openRequests) {}
}
