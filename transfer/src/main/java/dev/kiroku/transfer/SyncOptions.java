package dev.kiroku.transfer;

import java.util.Map;
import java.util.Set;

/**
 * What is sent to a server.
 *
 * @param experiments names of the experiments to send; empty for all that are active
 * @param renames names on the server by names in the source; others keep their names
 * @param registry whether registered models are sent
 * @param origin what the tags of versions name as their source, without a password
 */
public record SyncOptions(Set<String> experiments, Map<String, String> renames, boolean registry, String origin) {
    public SyncOptions {
        experiments = Set.copyOf(experiments);
        renames = Map.copyOf(renames);
    }

    /** Returns whether an experiment is to be sent. */
    boolean includes(String experiment) {
        return experiments.isEmpty() || experiments.contains(experiment);
    }
}
