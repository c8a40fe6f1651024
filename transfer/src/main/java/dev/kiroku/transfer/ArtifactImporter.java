package dev.kiroku.transfer;

import dev.kiroku.core.artifacts.ArtifactStores;
import dev.kiroku.core.tracking.ArtifactLocations;
import dev.kiroku.core.transfer.ArtifactRelocation;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.RelocationStore;
import dev.kiroku.core.transfer.RelocationStore.StoredLocation;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.KirokuException;
import dev.kiroku.transfer.LocationCopier.Item;
import dev.kiroku.transfer.artifacts.ArtifactCopier;
import dev.kiroku.transfer.artifacts.ArtifactCopier.Mode;
import dev.kiroku.transfer.artifacts.CopySummary;
import dev.kiroku.transfer.source.ArtifactSource;
import dev.kiroku.transfer.source.TransferSource;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Copies the artifacts of records that an import has brought, and then changes the locations of the records that had others. Stopped at any moment, a record has
 * the location of the source until everything that can be read is copied; the next import goes on.
 */
public final class ArtifactImporter {
    private final TransferSource source;
    private final ArtifactSource artifacts;
    private final RelocationStore relocations;
    private final Destination destination;
    private final Mode mode;
    private final ImportProgress progress;

    /**
     * Where the artifacts go.
     *
     * @param stores the locations that the server opens
     * @param root the location below which experiments have theirs by default
     */
    public record Destination(ArtifactStores stores, String root) {}

    /**
     * Creates a copy, to be run once.
     *
     * @param artifacts reads the artifacts of the source; not closed
     * @param relocations has the records, and changes where they have their artifacts
     */
    public ArtifactImporter(
            TransferSource source,
            ArtifactSource artifacts,
            RelocationStore relocations,
            Destination destination,
            Mode mode,
            ImportProgress progress) {
        this.source = source;
        this.artifacts = artifacts;
        this.relocations = relocations;
        this.destination = destination;
        this.mode = mode;
        this.progress = progress;
    }

    /**
     * Copies, counts or compares.
     *
     * @param resources the experiments and models of the source that the store has; before an import, those that it would have
     * @throws KirokuException if the destination cannot be written
     */
    public CopySummary run(ImportedResources resources) {
        ArtifactCopier files = new ArtifactCopier(artifacts, destination.stores, mode, progress);
        try (LocationCopier copier = new LocationCopier(artifacts, files, relocations, mode)) {
            ExperimentLocations locations = new ExperimentLocations(relocations, destination, copier);
            if (!resources.experiments().isEmpty()) {
                copyRuns(resources.experiments(), locations, copier);
                copyLoggedModels(resources.experiments(), locations, copier);
            }
            if (!progress.isCancelled()) {
                new VersionArtifacts(relocations, resources, locations, copier, mode).copy(source.registeredModels());
            }
            return copier.summary();
        }
    }

    private void copyRuns(Map<Long, Long> ids, ExperimentLocations locations, LocationCopier copier) {
        Iterator<List<RunRecord>> pages = source.runs(ids.keySet());
        while (pages.hasNext() && !progress.isCancelled()) {
            List<RunRecord> page = pages.next();
            Map<String, StoredLocation> stored =
                    relocations.findRuns(page.stream().map(RunRecord::id).toList());
            copier.copy(page, run -> {
                long experiment = ids.getOrDefault(run.experimentId(), run.experimentId());
                StoredLocation present = stored.get(run.id());
                if (isOther(present, experiment)) {
                    return null;
                }
                String to = target(locations.of(experiment), present, run.id() + "/artifacts");
                return new Item(
                        "run " + run.id(),
                        run.artifactUri(),
                        to,
                        new ArtifactRelocation.OfRun(run.id(), to),
                        isAt(present, to));
            });
        }
    }

    private void copyLoggedModels(Map<Long, Long> ids, ExperimentLocations locations, LocationCopier copier) {
        Iterator<List<LoggedModelRecord>> pages = source.loggedModels(ids.keySet());
        while (pages.hasNext() && !progress.isCancelled()) {
            List<LoggedModelRecord> page = pages.next();
            Map<String, StoredLocation> stored = relocations.findLoggedModels(
                    page.stream().map(LoggedModelRecord::id).toList());
            copier.copy(page, model -> {
                long experiment = ids.getOrDefault(model.experimentId(), model.experimentId());
                StoredLocation present = stored.get(model.id());
                if (isOther(present, experiment)) {
                    return null;
                }
                String to = target(locations.of(experiment), present, "models/" + model.id() + "/artifacts");
                return new Item(
                        "logged model " + model.id(),
                        model.artifactLocation(),
                        to,
                        new ArtifactRelocation.OfLoggedModel(model.id(), to),
                        isAt(present, to));
            });
        }
    }

    /** Returns whether the store has not taken the record, or has it in another experiment. */
    private boolean isOther(@Nullable StoredLocation stored, long experiment) {
        return stored == null ? mode != Mode.COUNT : stored.experimentId() != experiment;
    }

    private static boolean isAt(@Nullable StoredLocation stored, String location) {
        return stored != null && stored.uri().equals(location);
    }

    private static String target(String experimentLocation, @Nullable StoredLocation stored, String folders) {
        return stored != null && stored.uri().startsWith(experimentLocation + "/")
                ? stored.uri()
                : ArtifactLocations.append(experimentLocation, folders);
    }
}
