package dev.kiroku.core.transfer;

/** Where a record has its artifacts after they were copied. */
public sealed interface ArtifactRelocation {
    /** An experiment: the artifacts of its new runs. */
    record OfExperiment(long id, String location) implements ArtifactRelocation {}

    /** A run. */
    record OfRun(String id, String uri) implements ArtifactRelocation {}

    /** A logged model. */
    record OfLoggedModel(String id, String location) implements ArtifactRelocation {}

    /**
     * A model version.
     *
     * @param source what the record shows
     * @param storageLocation where the files are
     */
    record OfVersion(String model, long version, String source, String storageLocation) implements ArtifactRelocation {}
}
