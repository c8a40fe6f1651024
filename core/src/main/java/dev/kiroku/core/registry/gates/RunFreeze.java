package dev.kiroku.core.registry.gates;

import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.model.registry.Gate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Decides which changes of a run the gates with {@code freeze} refuse while an alias or stage that they protect points
 * at a version of the run: changes of the values that their conditions read and, as approvers see all metrics, of all
 * metrics if the gate requires approvals. The run cannot be deleted either. The tags of the version that conditions read are frozen in the
 * same way.
 */
public final class RunFreeze {
    /** An alias or stage that points at a version of the run. */
    public record Holder(String model, GateTarget target, long version) {}

    /**
     * A change of a run.
     *
     * @param metrics the keys of metrics that are logged
     * @param params the keys of params that are logged
     * @param tags the keys of tags that are set or deleted
     * @param deletion whether the run is deleted
     */
    public record RunChange(Set<String> metrics, Set<String> params, Set<String> tags, boolean deletion) {
        /** The deletion of a run. */
        public static final RunChange DELETION = new RunChange(Set.of(), Set.of(), Set.of(), true);

        /** Returns the change of one tag. */
        public static RunChange ofTag(String key) {
            return new RunChange(Set.of(), Set.of(), Set.of(key), false);
        }
    }

    private RunFreeze() {}

    /**
     * Returns why a change is refused, or empty if it is permitted.
     *
     * @param gates those that freeze runs
     * @param holders all aliases and stages that point at versions of the run
     */
    public static Optional<String> findRefusal(String runId, List<Gate> gates, List<Holder> holders, RunChange change) {
        for (Holder holder : holders) {
            for (Gate gate : GateEvaluator.gatesOf(gates, holder.model, holder.target)) {
                Optional<String> refused = findRefused(runId, gate, change);
                if (refused.isPresent()) {
                    return Optional.of(refused.get() + ": gate '" + gate.name()
                            + "' freezes it while " + holder.target + " of model '" + holder.model
                            + "' points at version " + holder.version
                            + ", which came from this run. Log to a new run, and register its model as a new version.");
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Returns why a change of a tag of a version is refused, or empty if it is permitted. The conditions of gates can read these tags, too.
     *
     * @param gates all gates
     * @param holders the aliases and stages that point at the version
     */
    public static Optional<String> findVersionTagRefusal(List<Gate> gates, List<Holder> holders, String key) {
        List<Gate> freezing = gates.stream().filter(Gate::freezes).toList();
        for (Holder holder : holders) {
            for (Gate gate : GateEvaluator.gatesOf(freezing, holder.model, holder.target)) {
                if (GateInputs.of(List.of(ParsedGate.parse(gate))).versionTags().contains(key)) {
                    return Optional.of(
                            "Tag '" + key + "' of version " + holder.version + " of model '" + holder.model
                                    + "' cannot be changed: gate '" + gate.name() + "' freezes it while "
                                    + holder.target
                                    + " points at the version. Register a new version, or point the name at another version first.");
                }
            }
        }
        return Optional.empty();
    }

    /** Returns the part of a change that a gate refuses, as the beginning of a message. */
    private static Optional<String> findRefused(String runId, Gate gate, RunChange change) {
        if (change.deletion) {
            return Optional.of("Run " + runId + " cannot be deleted");
        }
        GateInputs read = GateInputs.of(List.of(ParsedGate.parse(gate)));
        boolean allMetrics = gate.approvals() != null;
        return findFrozen(runId, "Metric", change.metrics, key -> allMetrics || read.readsMetric(key))
                .or(() -> findFrozen(runId, "Param", change.params, read.params()::contains))
                .or(() -> findFrozen(runId, "Tag", change.tags, read.tags()::contains));
    }

    private static Optional<String> findFrozen(
            String runId, String kind, Set<String> keys, Predicate<String> isFrozen) {
        return keys.stream()
                .filter(isFrozen)
                .sorted()
                .findFirst()
                .map(key -> kind + " '" + key + "' of run " + runId + " cannot be changed");
    }
}
