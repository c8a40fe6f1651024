package dev.kiroku.stores;

import java.time.Duration;
import java.util.List;

/**
 * Settings of the stores of a database.
 *
 * @param readConnections how many connections read at the same time
 * @param connectWait how long to wait for a database that cannot be reached yet; zero for a single attempt
 * @param trustedArtifactRoots artifact locations; gates take the results of the run that a version names if the version's artifacts lie below
 *     one of them, although they are not of that run
 */
public record StoreSettings(int readConnections, Duration connectWait, List<String> trustedArtifactRoots) {
    /** A single attempt to connect, and no trusted roots. */
    public static final StoreSettings DEFAULT = new StoreSettings(8, Duration.ZERO, List.of());

    public StoreSettings {
        trustedArtifactRoots = List.copyOf(trustedArtifactRoots);
    }

    /** Returns these settings with another wait. */
    public StoreSettings withWait(Duration newWait) {
        return new StoreSettings(readConnections, newWait, trustedArtifactRoots);
    }
}
