package dev.kiroku.transfer;

import dev.kiroku.core.tracking.ArtifactLocations;
import dev.kiroku.core.tracking.ExperimentStore;
import dev.kiroku.core.transfer.ArtifactRelocation;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RegisteredModelRecord.Version;
import dev.kiroku.core.transfer.RelocationStore.StoredLocation;
import dev.kiroku.model.KirokuException;
import dev.kiroku.transfer.LocationCopier.Item;
import dev.kiroku.transfer.artifacts.ArtifactCopier.Mode;
import dev.kiroku.transfer.artifacts.VersionLocations;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Changes the locations of model versions to the copies of their runs and logged models, and copies what belongs to none of these. */
final class VersionArtifacts {
    private final ImportedStores stores;
    private final ImportedResources resources;
    private final ExperimentLocations experiments;
    private final LocationCopier copier;
    private final Mode mode;
    private final VersionLocations locations;

    VersionArtifacts(
            ImportedStores stores,
            ImportedResources resources,
            ExperimentLocations experiments,
            LocationCopier copier,
            Mode mode) {
        this.stores = stores;
        this.resources = resources;
        this.experiments = experiments;
        this.copier = copier;
        this.mode = mode;
        this.locations = new VersionLocations(stores.relocations());
    }

    void copy(Iterator<List<RegisteredModelRecord>> pages) {
        while (pages.hasNext()) {
            for (RegisteredModelRecord model : pages.next()) {
                ImportedResources.Model imported = resources.models().get(model.name());
                if (imported != null && !imported.prompt()) {
                    copier.copy(model.versions(), version -> toItem(imported.name(), version));
                }
            }
        }
    }

    /** Returns what is to be copied of a version; null if nothing is. */
    private @Nullable Item toItem(String model, Version version) {
        String storage = version.storageLocation();
        if (VersionLocations.isReference(storage) || mode != Mode.COUNT && !isStored(model, version)) {
            return null; // the run or model is not there, and its files are not either
        }
        Optional<String> moved = locations.find(storage);
        if (moved.isPresent() || mode == Mode.COUNT && VersionLocations.isPartOfRecord(storage)) {
            moved.ifPresent(location -> copier.relocate(List.of(relocation(model, version, location))));
            return null;
        }
        long experiment = Optional.ofNullable(version.runId())
                .map(run -> stores.relocations().findRuns(List.of(run)).get(run))
                .map(StoredLocation::experimentId)
                .orElse(ExperimentStore.DEFAULT_ID);
        String folder = "registered-models/" + URLEncoder.encode(model, StandardCharsets.UTF_8) + "/"
                + version.version() + "/artifacts";
        String to = ArtifactLocations.append(experiments.of(experiment), folder);
        return new Item("version " + version.version() + " of " + model, storage, to, relocation(model, version, to));
    }

    private ArtifactRelocation relocation(String model, Version version, String to) {
        return new ArtifactRelocation.OfVersion(model, version.version(), locations.sourceOf(version, to), to);
    }

    private boolean isStored(String model, Version version) {
        try {
            return stores.registry().getVersion(model, version.version()).creationTimestamp() == version.creationTime();
        } catch (KirokuException e) {
            return false;
        }
    }
}
