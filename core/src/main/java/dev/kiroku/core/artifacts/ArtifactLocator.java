package dev.kiroku.core.artifacts;

/** Compares artifact locations: those that name the same folder have the same canonical form. */
public interface ArtifactLocator {
    /**
     * Returns the canonical form of an artifact location, without a slash at its end. One location is below another if its form starts with
     * the other's and a slash. A location that this server cannot interpret is returned as it is.
     */
    String canonicalize(String uri);

    /** Returns the canonical form of the location of a path in the proxied artifact store. */
    String canonicalize(ArtifactPath path);
}
