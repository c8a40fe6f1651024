package dev.kiroku.core.transfer;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Changes where records have their artifacts. Does not check permissions or gates: the artifacts are the same. */
public interface RelocationStore {
    /** Where a run or logged model has its artifacts. */
    record StoredLocation(long experimentId, String uri) {}

    /** Returns the locations of the runs of these ids that the store has. */
    Map<String, StoredLocation> findRuns(Collection<String> ids);

    /** Returns the locations of the logged models of these ids that the store has, deleted ones too. */
    Map<String, StoredLocation> findLoggedModels(Collection<String> ids);

    /** Changes locations, in one transaction. Records that do not exist are left out. */
    void relocate(List<ArtifactRelocation> relocations);
}
