package dev.kiroku.core.artifacts;

import java.util.Map;
import java.util.Set;

/**
 * Opens the artifact stores of some URI schemes. Providers are found with {@link java.util.ServiceLoader}: another kind of store is one
 * provider and its entry in {@code META-INF/services}. A provider loads the SDK of its store in {@link #open}, not before.
 */
public interface ArtifactStoreProvider {
    /** The scheme of locations without one: plain paths of this machine. */
    String FILE_SCHEME = "file";

    /** Returns the schemes of the locations that this provider opens, in lower case. */
    Set<String> schemes();

    /**
     * Opens the store at a location that the operator has configured.
     *
     * @param location a URI with one of {@link #schemes}, or a path for {@link #FILE_SCHEME}
     * @param settings the environment variables of the process, which hold credentials and options of the store
     * @return the store; the caller closes it
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if the location or a setting is not usable
     */
    ArtifactStore open(String location, Map<String, String> settings);

    /**
     * Returns the canonical form of a location, without a slash at its end. Two locations are the same if their canonical forms are equal;
     * one is below another if its form starts with the other's and a slash.
     *
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if it is not a location of this provider
     */
    default String canonicalize(String location) {
        return location.endsWith("/") ? location.substring(0, location.length() - 1) : location;
    }
}
