package dev.kiroku.core.registry.store;

import dev.kiroku.model.registry.ApprovalRequest.ActionKind;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One action on an approval request.
 *
 * @param time milliseconds since 1970
 * @param groups the groups of the actor at that time, those that a proxy has added included
 * @param account the account of the actor at that time, or null if it had none
 * @param roles the names of the roles of the actor at that time, those of the groups included
 */
public record ApprovalVote(
        long time,
        String actor,
        Set<String> groups,
        ActionKind kind,
        String comment,
        @Nullable VoterAccount account,
        Set<String> roles) {}
