package dev.kiroku.core.transfer;

import dev.kiroku.core.tracking.ExperimentStore;
import dev.kiroku.model.access.Action;
import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Caller;
import java.util.HashMap;
import java.util.Map;

/** What a caller may do to runs and logged models of experiments, in one request. Used by one thread. */
final class ExperimentRights {
    private final ExperimentStore experiments;
    private final Caller caller;
    private final Map<Long, ResourceKey> keys = new HashMap<>();

    ExperimentRights(ExperimentStore experiments, Caller caller) {
        this.experiments = experiments;
        this.caller = caller;
    }

    /** Returns whether the caller may do something to a run or logged model of an experiment, which exists. */
    boolean allow(Action action, ResourceType type, long experimentId, String id) {
        if (caller.rights().isUnrestricted()) {
            return true;
        }
        ResourceKey experiment = keys.computeIfAbsent(
                experimentId,
                number -> ResourceKey.experiment(
                        Long.toString(number), experiments.get(number).name()));
        return caller.rights().decide(action, experiment.child(type, id)).allowed();
    }
}
