package dev.kiroku.core.guard;

import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourceType;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the database knows about resources that access is decided on. What does not exist is missing in the answers. Thread-safe. */
public interface ResourceIndex {
    /**
     * The name of an experiment.
     *
     * @param sharedVersion the version at which it has the name, see {@link dev.kiroku.model.access.AccessRights#sharedVersion}
     */
    record ExperimentName(String name, long sharedVersion) {}

    /** Where the artifacts of an experiment are. Changes only when an import has copied them. */
    record ExperimentLocation(long experimentId, String artifactLocation) {}

    /** Returns the experiments of runs, active or deleted, by the ID of the run. Never change. */
    Map<String, Long> findExperimentsOfRuns(Collection<String> runIds);

    /** Returns the experiments of logged models, active or deleted, by the ID of the model. Never change. */
    Map<String, Long> findExperimentsOfModels(Collection<String> modelIds);

    /** Returns the name of an experiment, active or deleted. */
    Optional<ExperimentName> findExperimentName(long experimentId);

    /** Returns the ID of the experiment with a name, active or deleted. */
    Optional<Long> findExperiment(String name);

    /** Returns whether a registered model is a prompt, or empty if there is no such model. */
    Optional<Boolean> findIsPrompt(String model);

    /** Returns the name of the model that an approval request is about. */
    Optional<String> findModelOfApproval(long requestId);

    /** Returns whether there is a resource of a type without container that is identified by an ID: a report or a webhook. */
    boolean exists(ResourceType type, String id);

    /** Returns the locations of the experiments whose ID is at least {@code fromId}. */
    List<ExperimentLocation> listLocations(long fromId);

    /** Returns whether a grant on a prefix matches one of two names of an experiment, model or prompt, or of its parts, but not the other. */
    boolean isAffectedByRename(ResourceKey before, ResourceKey after);

    /** Returns the users and groups that themselves hold MANAGE on exactly one resource, at most {@code limit}. */
    List<String> listManagers(ResourceType type, Collection<String> idsAndNames, int limit);
}
