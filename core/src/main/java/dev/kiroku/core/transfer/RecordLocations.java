package dev.kiroku.core.transfer;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.artifacts.ArtifactStores;
import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.AuditStore;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.transfer.RelocationStore.StoredLocation;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.transfer.LocationApi;
import dev.kiroku.model.transfer.LocationApi.RecordLocation;
import dev.kiroku.model.transfer.LocationApi.VersionLocation;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The operations of {@link LocationApi}. Thread-safe. */
public final class RecordLocations {
    private static final int MAX_RECORDS = 1000;

    private final RelocationStore store;
    private final Destination destination;
    private final AuditStore audit;
    private final Clock clock;

    /**
     * Where the server keeps artifacts.
     *
     * @param stores the locations that it opens
     * @param root the location below which experiments have theirs by default
     * @param onExperiments called after locations of experiments have changed
     */
    public record Destination(ArtifactStores stores, String root, Runnable onExperiments) {}

    /** Creates the operations. */
    public RecordLocations(RelocationStore store, Destination destination, AuditStore audit, Clock clock) {
        this.store = store;
        this.destination = destination;
        this.audit = audit;
        this.clock = clock;
    }

    /** Returns where records have their artifacts; those that do not exist are left out. */
    public LocationApi.FindLocationsResponse find(LocationApi.FindLocationsRequest request) {
        requireFew(request.experimentIds(), "experiment_ids");
        requireFew(request.runIds(), "run_ids");
        requireFew(request.modelIds(), "model_ids");
        List<Long> experiments = request.experimentIds().stream()
                .map(ImportedRecords::experimentId)
                .toList();
        return new LocationApi.FindLocationsResponse(
                destination.root,
                store.findExperiments(experiments).entrySet().stream()
                        .map(found -> new RecordLocation(Long.toString(found.getKey()), null, found.getValue()))
                        .toList(),
                toRecords(store.findRuns(request.runIds())),
                toRecords(store.findLoggedModels(request.modelIds())),
                findVersions(request.registeredModel()));
    }

    private static List<RecordLocation> toRecords(Map<String, StoredLocation> found) {
        List<RecordLocation> records = new ArrayList<>();
        found.forEach((id, location) ->
                records.add(new RecordLocation(id, Long.toString(location.experimentId()), location.uri())));
        return records;
    }

    private List<VersionLocation> findVersions(@Nullable String model) {
        List<VersionLocation> versions = new ArrayList<>();
        if (model != null && !model.isEmpty()) {
            store.findVersions(model)
                    .forEach((number, version) -> versions.add(new VersionLocation(
                            model,
                            Long.toString(number),
                            version.creationTime(),
                            version.source(),
                            version.storageLocation())));
        }
        return versions;
    }

    /** Changes where records have their artifacts. */
    public Empty set(LocationApi.SetLocationsRequest request, Caller caller) {
        TreeMap<String, Long> counts = new TreeMap<>();
        count(request.experiments(), RecordKind.EXPERIMENT, "experiments", counts);
        count(request.runs(), RecordKind.RUN, "runs", counts);
        count(request.loggedModels(), RecordKind.LOGGED_MODEL, "logged_models", counts);
        count(request.versions(), RecordKind.MODEL_VERSION, "versions", counts);
        List<ArtifactRelocation> relocations = new ArrayList<>();
        request.experiments()
                .forEach(e -> relocations.add(new ArtifactRelocation.OfExperiment(
                        ImportedRecords.experimentId(e.id()), requireOpened("experiments.location", e.location()))));
        request.runs()
                .forEach(r -> relocations.add(
                        new ArtifactRelocation.OfRun(r.id(), requireOpened("runs.location", r.location()))));
        request.loggedModels()
                .forEach(m -> relocations.add(new ArtifactRelocation.OfLoggedModel(
                        m.id(), requireOpened("logged_models.location", m.location()))));
        request.versions()
                .forEach(v -> relocations.add(new ArtifactRelocation.OfVersion(
                        v.name(),
                        ImportedRecords.versionNumber(v.version()),
                        ImportedRecords.location("versions.source", v.source()),
                        ImportedRecords.location("versions.storage_location", v.storageLocation()))));
        if (relocations.isEmpty()) {
            return new Empty();
        }
        store.relocate(relocations);
        if (!request.experiments().isEmpty()) {
            destination.onExperiments.run();
        }
        // After the change: what is cached of the registry is read again when the audit log has grown.
        audit.append(List.of(AuditEvent.of(
                new ChangeContext(caller, clock.millis()), "server.relocate", "server", null, null, counts)));
        return new Empty();
    }

    private static void count(List<?> records, RecordKind kind, String list, Map<String, Long> counts) {
        requireFew(records, list);
        if (!records.isEmpty()) {
            counts.put(kind.plural(), (long) records.size());
        }
    }

    private static void requireFew(List<?> records, String list) {
        if (records.size() > MAX_RECORDS) {
            throw invalid(
                    "A request can contain at most %d %s. Got %d. Send them in parts.",
                    MAX_RECORDS, list, records.size());
        }
    }

    /** Returns a location of a record; throws INVALID_PARAMETER_VALUE if the operator has not configured it. */
    private String requireOpened(String field, String uri) {
        String location = ImportedRecords.location(field, uri);
        destination.stores.resolve(location);
        return location;
    }
}
