package dev.kiroku.cli;

import java.util.List;

/**
 * A server that is up, with everything it stands on.
 *
 * @param port the port it listens on, also where the configuration left the choice
 * @param parts in the order in which they must be closed: first who takes requests, last who keeps the data
 */
public record RunningServer(int port, List<AutoCloseable> parts) implements AutoCloseable {
    public RunningServer {
        parts = List.copyOf(parts);
    }

    /**
     * Ends requests that are under way, then closes what they needed. A part that fails to close does not keep the others open.
     *
     * @throws IllegalStateException when a part failed, with each failure suppressed in it
     */
    @Override
    public void close() {
        IllegalStateException failure = new IllegalStateException("not everything could be closed");
        for (AutoCloseable part : parts) {
            try {
                part.close();
            } catch (Exception e) {
                failure.addSuppressed(e);
            }
        }
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
    }
}
