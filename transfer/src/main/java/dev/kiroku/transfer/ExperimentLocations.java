package dev.kiroku.transfer;

import dev.kiroku.core.artifacts.ArtifactStores;
import dev.kiroku.core.tracking.ArtifactLocations;
import dev.kiroku.core.transfer.ArtifactRelocation;
import dev.kiroku.core.transfer.RelocationStore;
import dev.kiroku.model.KirokuException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where experiments have the artifacts of their runs: at their recorded location if the server opens that, otherwise at the location that they
 * would have by default, which is recorded then.
 */
final class ExperimentLocations {
    private final RelocationStore store;
    private final ArtifactImporter.Destination destination;
    private final LocationCopier copier;
    private final Map<Long, String> known = new HashMap<>();

    ExperimentLocations(RelocationStore store, ArtifactImporter.Destination destination, LocationCopier copier) {
        this.store = store;
        this.destination = destination;
        this.copier = copier;
    }

    /** Returns the location of an experiment, which a dry run may not have. */
    String of(long experiment) {
        return known.computeIfAbsent(experiment, this::find);
    }

    private String find(long id) {
        String byDefault = ArtifactLocations.append(destination.root(), Long.toString(id));
        Optional<String> recorded =
                Optional.ofNullable(store.findExperiments(List.of(id)).get(id));
        if (recorded.isEmpty() || opens(destination.stores(), recorded.get())) {
            return recorded.orElse(byDefault);
        }
        copier.relocate(List.of(new ArtifactRelocation.OfExperiment(id, byDefault)));
        return byDefault;
    }

    private static boolean opens(ArtifactStores stores, String location) {
        try {
            stores.resolve(location);
            return true;
        } catch (KirokuException e) {
            return false;
        }
    }
}
