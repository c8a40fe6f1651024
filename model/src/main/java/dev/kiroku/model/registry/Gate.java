package dev.kiroku.model.registry;

import dev.kiroku.model.api.Required;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule that must hold before an alias or a stage of a model points at a version: conditions, approvals or both.
 *
 * @param name unique
 * @param models the name of a registered model, or a pattern in which {@code *} matches any text
 * @param alias an alias, or a pattern; null for a gate of a stage
 * @param stage {@code Staging}, {@code Production}, {@code Archived} or {@code None}; null for a gate of an alias
 * @param require conditions, such as {@code metrics.accuracy >= 0.9 AND version.has_signature}; null for none
 * @param approvals the approvals that are required; null for none
 * @param freeze whether the run behind the version keeps what the gate judged, while the alias or stage points at the version
 */
public record Gate(
        @Required String name,
        @Required String models,
        @Nullable String alias,
        @Nullable String stage,
        @Nullable String require,
        @Nullable ApprovalRequirement approvals,
        @Nullable String description,
        @Nullable Boolean freeze) {
    /**
     * The approvals that a gate requires.
     *
     * @param required how many users other than the requester must approve
     * @param from names of users, of groups as {@code group:leads}, and of roles as {@code role:approvers}; empty for any authenticated user
     * @param expireAfter how long a request stays open, such as {@code 90m}, {@code 12h} or {@code 7d}
     * @param openRequests whether a client that tries to make the change opens a request with it
     */
    public record ApprovalRequirement(
            @Required Long required,
            List<String> from,
            @Nullable String expireAfter,
            @Nullable Boolean openRequests) {}

    /** Creates a gate that freezes nothing. */
    public Gate(
            String name,
            String models,
            @Nullable String alias,
            @Nullable String stage,
            @Nullable String require,
            @Nullable ApprovalRequirement approvals,
            @Nullable String description) {
        this(name, models, alias, stage, require, approvals, description, null);
    }

    /** Returns whether the gate freezes the run behind the version. */
    public boolean freezes() {
        return Boolean.TRUE.equals(freeze);
    }

    /** Returns the approvals that the gate requires; throws {@code IllegalStateException} if it requires none. */
    public ApprovalRequirement requireApprovals() {
        if (approvals == null) {
            throw new IllegalStateException("Gate '" + name + "' requires no approvals.");
        }
        return approvals;
    }
}
