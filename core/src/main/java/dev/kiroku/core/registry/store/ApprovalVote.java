package dev.kiroku.core.registry.store;

import dev.kiroku.model.registry.ApprovalRequest.ActionKind;
import java.util.Set;

/**
 * One action on an approval request.
 *
 * @param time milliseconds since 1970
 * @param groups the groups of the actor at that time
 */
public record ApprovalVote(long time, String actor, Set<String> groups, ActionKind kind, String comment) {}
