package dev.kiroku.transfer.destination;

import dev.kiroku.client.TrackingClient;
import dev.kiroku.core.transfer.ArtifactRelocation;
import dev.kiroku.core.transfer.RelocationStore;
import dev.kiroku.model.transfer.LocationApi;
import dev.kiroku.model.transfer.LocationApi.FindLocationsRequest;
import dev.kiroku.model.transfer.LocationApi.FindLocationsResponse;
import dev.kiroku.model.transfer.LocationApi.RecordLocation;
import dev.kiroku.model.transfer.LocationApi.SetLocationsRequest;
import dev.kiroku.model.transfer.LocationApi.VersionLocation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where the records of a running Kiroku server have their artifacts, read and changed by an administrator. */
public final class ServerLocations implements RelocationStore {
    private static final int MAX_RECORDS = 500;

    private final BoundedRequests requests;

    /** Creates a view of the locations; no request is sent. */
    public ServerLocations(TrackingClient server) {
        this.requests = new BoundedRequests(server);
    }

    /** Returns the location below which experiments of the server have their artifacts by default. */
    public String artifactRoot() {
        return find(List.of(), List.of(), List.of(), null).artifactRoot();
    }

    private FindLocationsResponse find(
            List<String> experiments, List<String> runs, List<String> loggedModels, @Nullable String registeredModel) {
        return requests.call(
                LocationApi.FIND, new FindLocationsRequest(experiments, runs, loggedModels, registeredModel));
    }

    @Override
    public Map<Long, String> findExperiments(Collection<Long> ids) {
        Map<Long, String> found = new HashMap<>();
        for (List<String> part : parts(ids.stream().map(String::valueOf).toList())) {
            find(part, List.of(), List.of(), null)
                    .experiments()
                    .forEach(experiment -> found.put(Long.valueOf(experiment.id()), experiment.location()));
        }
        return found;
    }

    @Override
    public Map<String, StoredLocation> findRuns(Collection<String> ids) {
        return findRecords(ids, part -> find(List.of(), part, List.of(), null).runs());
    }

    @Override
    public Map<String, StoredLocation> findLoggedModels(Collection<String> ids) {
        return findRecords(ids, part -> find(List.of(), List.of(), part, null).loggedModels());
    }

    private static Map<String, StoredLocation> findRecords(
            Collection<String> ids, Function<List<String>, List<RecordLocation>> find) {
        Map<String, StoredLocation> found = new HashMap<>();
        for (List<String> part : parts(List.copyOf(ids))) {
            find.apply(part)
                    .forEach(record -> found.put(
                            record.id(), new StoredLocation(parseId(record.experimentId()), record.location())));
        }
        return found;
    }

    @Override
    public Map<Long, StoredVersion> findVersions(String model) {
        Map<Long, StoredVersion> found = new HashMap<>();
        find(List.of(), List.of(), List.of(), model)
                .versions()
                .forEach(version -> found.put(
                        Long.valueOf(version.version()),
                        new StoredVersion(
                                version.creationTime() == null ? 0 : version.creationTime(),
                                version.source(),
                                version.storageLocation())));
        return found;
    }

    private static long parseId(@Nullable String id) {
        return id == null ? 0 : Long.parseLong(id);
    }

    private static <T> List<List<T>> parts(List<T> all) {
        List<List<T>> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += MAX_RECORDS) {
            parts.add(all.subList(from, Math.min(all.size(), from + MAX_RECORDS)));
        }
        return parts;
    }

    /** Changes locations, up to 500 in one transaction of the server. */
    @Override
    public void relocate(List<ArtifactRelocation> relocations) {
        for (List<ArtifactRelocation> part : parts(relocations)) {
            List<RecordLocation> experiments = new ArrayList<>();
            List<RecordLocation> runs = new ArrayList<>();
            List<RecordLocation> loggedModels = new ArrayList<>();
            List<VersionLocation> versions = new ArrayList<>();
            for (ArtifactRelocation relocation : part) {
                switch (relocation) {
                    case ArtifactRelocation.OfExperiment e ->
                        experiments.add(new RecordLocation(Long.toString(e.id()), null, e.location()));
                    case ArtifactRelocation.OfRun r -> runs.add(new RecordLocation(r.id(), null, r.uri()));
                    case ArtifactRelocation.OfLoggedModel m ->
                        loggedModels.add(new RecordLocation(m.id(), null, m.location()));
                    case ArtifactRelocation.OfVersion v ->
                        versions.add(new VersionLocation(
                                v.model(), Long.toString(v.version()), null, v.source(), v.storageLocation()));
                }
            }
            requests.call(LocationApi.SET, new SetLocationsRequest(experiments, runs, loggedModels, versions));
        }
    }
}
