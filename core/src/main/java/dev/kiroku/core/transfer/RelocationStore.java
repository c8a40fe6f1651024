package dev.kiroku.core.transfer;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Changes where records have their artifacts. Does not check permissions or gates: the artifacts are the same. */
public interface RelocationStore {
    /** Where a run or logged model has its artifacts. */
    record StoredLocation(long experimentId, String uri) {}

    /**
     * Where a model version has its artifacts.
     *
     * @param creationTime milliseconds since 1970; tells whether the version is the same as one of another server
     * @param source what the record shows
     * @param storageLocation where the files are
     */
    record StoredVersion(long creationTime, String source, String storageLocation) {}

    /** Returns the locations of the experiments of these ids that the store has, deleted ones too. */
    Map<Long, String> findExperiments(Collection<Long> ids);

    /** Returns the locations of the runs of these ids that the store has. */
    Map<String, StoredLocation> findRuns(Collection<String> ids);

    /** Returns the locations of the logged models of these ids that the store has, deleted ones too. */
    Map<String, StoredLocation> findLoggedModels(Collection<String> ids);

    /** Returns the versions of a registered model by their numbers; none if there is no such model. */
    Map<Long, StoredVersion> findVersions(String model);

    /** Changes locations, in one transaction. Records that do not exist are left out. */
    void relocate(List<ArtifactRelocation> relocations);
}
