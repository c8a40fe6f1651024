package dev.kiroku.transfer;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is sent to a server.
 *
 * @param experiments names of the experiments to send; empty for all that are active
 * @param toExperiment the experiment on the server that takes all runs; null for those of the same names
 * @param modelNames names of registered models on the server by names in the source; others keep their names
 * @param registry whether registered models are sent
 * @param promotion whether versions are registered only if everything before was sent, and aliases are moved that point elsewhere
 * @param origin what the tags of versions name as their source, without a password
 */
public record SyncOptions(
        Set<String> experiments,
        @Nullable String toExperiment,
        Map<String, String> modelNames,
        boolean registry,
        boolean promotion,
        String origin) {
    public SyncOptions {
        experiments = Set.copyOf(experiments);
        modelNames = Map.copyOf(modelNames);
    }

    /** Returns whether an experiment is to be sent. */
    boolean includes(String experiment) {
        return experiments.isEmpty() || experiments.contains(experiment);
    }
}
