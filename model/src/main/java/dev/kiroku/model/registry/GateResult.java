package dev.kiroku.model.registry;

import java.util.List;

/**
 * What a gate makes of a version.
 *
 * @param gate the gate's name
 * @param target what the version is to become: {@code alias 'champion'}, {@code stage 'Production'}
 * @param passed whether every condition holds; approvals are not looked at
 * @param approvals who must agree besides, or null
 */
public record GateResult(
        String gate,
        String target,
        Boolean passed,
        List<ConditionResult> conditions,
        Gate.ApprovalRequirement approvals) {
    /**
     * @param condition as the gate states it
     * @param seen the value that it was held against, or null when there is none
     * @param explanation one line: what is, and by how much it misses
     */
    public record ConditionResult(String condition, Boolean passed, String seen, String explanation) {}
}
