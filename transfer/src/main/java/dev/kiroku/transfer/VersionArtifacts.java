package dev.kiroku.transfer;

import dev.kiroku.core.tracking.ArtifactLocations;
import dev.kiroku.core.tracking.ExperimentStore;
import dev.kiroku.core.transfer.ArtifactRelocation;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RegisteredModelRecord.Version;
import dev.kiroku.core.transfer.RelocationStore;
import dev.kiroku.core.transfer.RelocationStore.StoredLocation;
import dev.kiroku.core.transfer.RelocationStore.StoredVersion;
import dev.kiroku.transfer.LocationCopier.Item;
import dev.kiroku.transfer.artifacts.ArtifactCopier.Mode;
import dev.kiroku.transfer.artifacts.VersionLocations;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Changes the locations of model versions to the copies of their runs and logged models, and copies what belongs to none of these. */
final class VersionArtifacts {
    private final RelocationStore store;
    private final ImportedResources resources;
    private final ExperimentLocations experiments;
    private final LocationCopier copier;
    private final Mode mode;
    private final VersionLocations locations;

    VersionArtifacts(
            RelocationStore store,
            ImportedResources resources,
            ExperimentLocations experiments,
            LocationCopier copier,
            Mode mode) {
        this.store = store;
        this.resources = resources;
        this.experiments = experiments;
        this.copier = copier;
        this.mode = mode;
        this.locations = new VersionLocations(store);
    }

    void copy(Iterator<List<RegisteredModelRecord>> pages) {
        while (pages.hasNext()) {
            for (RegisteredModelRecord model : pages.next()) {
                ImportedResources.Model imported = resources.models().get(model.name());
                if (imported != null && !imported.prompt()) {
                    copy(imported.name(), model.versions());
                }
            }
        }
    }

    private void copy(String model, List<Version> versions) {
        Map<Long, StoredVersion> stored = store.findVersions(model);
        List<ArtifactRelocation> moved = new ArrayList<>();
        copier.copy(versions, version -> {
            StoredVersion present = stored.get(version.version());
            boolean same = present != null && present.creationTime() == version.creationTime();
            if (VersionLocations.isReference(version.storageLocation()) || !same && mode != Mode.COUNT) {
                return null; // the run or model is not there, and its files are not either
            }
            return toItem(model, version, same ? present : null, moved);
        });
        copier.relocate(moved);
    }

    /**
     * Returns what is to be copied of a version; null if nothing is.
     *
     * @param present the version in the store
     * @param moved is added the change of a version whose files are those of a run or logged model
     */
    private @Nullable Item toItem(
            String model, Version version, @Nullable StoredVersion present, List<ArtifactRelocation> moved) {
        String storage = version.storageLocation();
        Optional<String> location = locations.find(storage);
        if (location.isPresent() || mode == Mode.COUNT && VersionLocations.isPartOfRecord(storage)) {
            location.map(to -> relocation(model, version, to))
                    .filter(change -> !isDone(change, present))
                    .ifPresent(moved::add);
            return null;
        }
        long experiment = Optional.ofNullable(version.runId())
                .map(run -> store.findRuns(List.of(run)).get(run))
                .map(StoredLocation::experimentId)
                .orElse(ExperimentStore.DEFAULT_ID);
        String folder = "registered-models/" + URLEncoder.encode(model, StandardCharsets.UTF_8) + "/"
                + version.version() + "/artifacts";
        String to = ArtifactLocations.append(experiments.of(experiment), folder);
        ArtifactRelocation.OfVersion change = relocation(model, version, to);
        return new Item("version " + version.version() + " of " + model, storage, to, change, isDone(change, present));
    }

    private ArtifactRelocation.OfVersion relocation(String model, Version version, String to) {
        return new ArtifactRelocation.OfVersion(model, version.version(), locations.sourceOf(version, to), to);
    }

    private static boolean isDone(ArtifactRelocation.OfVersion change, @Nullable StoredVersion present) {
        return present != null
                && present.source().equals(change.source())
                && present.storageLocation().equals(change.storageLocation());
    }
}
