package dev.kiroku.core.tracking;

import java.util.Set;

/**
 * What the operator allows of the artifact locations that clients choose.
 *
 * @param artifactRoot the default artifact root of the server, on whose host locations are accepted
 * @param maxLength in characters
 * @param allowedSchemes schemes, in lower case, whose URIs may name any host
 */
public record LocationRules(String artifactRoot, int maxLength, Set<String> allowedSchemes) {
    /** The greatest length by default, as in MLflow. */
    public static final int DEFAULT_MAX_LENGTH = 2048;

    public LocationRules {
        allowedSchemes = Set.copyOf(allowedSchemes);
    }

    /** Returns the rules by default. */
    public static LocationRules of(String artifactRoot) {
        return new LocationRules(artifactRoot, DEFAULT_MAX_LENGTH, Set.of());
    }
}
