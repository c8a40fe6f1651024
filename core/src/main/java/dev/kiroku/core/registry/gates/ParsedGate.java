package dev.kiroku.core.registry.gates;

import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.search.Operand;
import dev.kiroku.core.search.ParsedCondition;
import dev.kiroku.core.search.SearchLanguage;
import dev.kiroku.model.registry.Gate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A gate with its conditions parsed. */
record ParsedGate(Gate gate, List<ParsedCondition> conditions) {
    static ParsedGate parse(Gate gate) {
        String require = gate.require();
        return new ParsedGate(gate, require == null ? List.of() : SearchLanguage.parseGate(require));
    }

    /** Returns the aliases with which conditions of the gate compare. */
    Set<String> listComparedAliases() {
        return conditions.stream()
                .map(parsed -> parsed.condition().operand())
                .filter(Operand.Reference.class::isInstance)
                .map(operand -> ((Operand.Reference) operand).holder())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /**
     * Returns the target with whose holder a relative condition compares.
     *
     * @param target the target that the gate protects
     */
    static GateTarget comparedTarget(Operand.Reference reference, GateTarget target) {
        return comparedTarget(reference.holder(), target);
    }

    /** As {@link #comparedTarget(Operand.Reference, GateTarget)}, by the alias that a condition names. */
    static GateTarget comparedTarget(String alias, GateTarget target) {
        return alias.equals(ConditionEvaluator.HOLDER) ? target : GateTarget.alias(alias);
    }
}
