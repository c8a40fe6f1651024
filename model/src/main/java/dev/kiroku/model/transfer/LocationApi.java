package dev.kiroku.model.transfer;

import static dev.kiroku.model.access.ResourceType.SERVER;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;

import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Kiroku's own endpoints for the artifacts of imported records, for administrators: where the records have them, and where they have them after the
 * files were copied. The files themselves are uploaded as artifacts of {@code mlflow-artifacts:} URIs.
 */
public final class LocationApi {
    private static final String LOCATIONS = "/2.0/kiroku/transfer/locations/";

    private LocationApi() {}

    /**
     * Asks where records have their artifacts.
     *
     * @param registeredModel the model whose versions are asked for; null for none
     */
    public record FindLocationsRequest(
            List<String> experimentIds,
            List<String> runIds,
            List<String> modelIds,
            @Nullable String registeredModel) {}

    /**
     * The locations of the records that the server has.
     *
     * @param artifactRoot the location below which experiments have theirs by default, in folders with their IDs as names
     */
    public record FindLocationsResponse(
            String artifactRoot,
            List<RecordLocation> experiments,
            List<RecordLocation> runs,
            List<RecordLocation> loggedModels,
            List<VersionLocation> versions) {}

    /**
     * Where an experiment, run or logged model has its artifacts.
     *
     * @param experimentId of a run or logged model; not read in requests
     */
    public record RecordLocation(
            @Required String id,
            @Nullable String experimentId,
            @Required String location) {}

    /**
     * Where a model version has its artifacts.
     *
     * @param name the model
     * @param creationTime milliseconds since 1970; not read in requests
     * @param source what the record shows
     * @param storageLocation where the files are
     */
    public record VersionLocation(
            @Required String name,
            @Required String version,
            @Nullable Long creationTime,
            @Required String source,
            @Required String storageLocation) {}

    /**
     * Changes where records have their artifacts, in one transaction. Records that do not exist are left out. Gates are not asked: the artifacts are the
     * same. Experiments, runs and logged models only get locations that the server opens.
     */
    public record SetLocationsRequest(
            List<RecordLocation> experiments,
            List<RecordLocation> runs,
            List<RecordLocation> loggedModels,
            List<VersionLocation> versions) {}

    public static final Endpoint<FindLocationsRequest, FindLocationsResponse> FIND = endpoint(
            POST, LOCATIONS + "find", FindLocationsRequest.class, FindLocationsResponse.class, SERVER.manage());

    public static final Endpoint<SetLocationsRequest, Empty> SET =
            endpoint(POST, LOCATIONS + "set", SetLocationsRequest.class, Empty.class, SERVER.manage());
}
