package dev.kiroku.model.registry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of a gate for a version.
 *
 * @param gate the name of the gate
 * @param target what the version would become: {@code alias 'champion'}, {@code stage 'Production'}
 * @param passed whether every condition holds; approvals are not considered
 * @param approvals the approvals that are required besides; null for none
 */
public record GateResult(
        String gate,
        String target,
        Boolean passed,
        List<ConditionResult> conditions,
        Gate.@Nullable ApprovalRequirement approvals) {
    /**
     * The result of a condition.
     *
     * @param condition the condition as written in the gate
     * @param seen the value that was compared; null if there is none
     * @param explanation a line of text: the value, and by how much it misses
     */
    public record ConditionResult(
            String condition, Boolean passed, @Nullable String seen, String explanation) {}
}
