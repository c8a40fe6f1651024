package dev.kiroku.core.registry.gates;

import dev.kiroku.model.registry.Gate;

/**
 * A gate that requires approvals.
 *
 * @param name the name of the gate
 */
public record ApprovalGate(String name, Gate.ApprovalRequirement requirement) {}
