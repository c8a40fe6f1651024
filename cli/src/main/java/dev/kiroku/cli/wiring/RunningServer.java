package dev.kiroku.cli.wiring;

/** A server that accepts requests, with the resources that it uses. */
public final class RunningServer implements AutoCloseable {
    private final String description;
    private final int port;
    private final ResourceStack resources;

    RunningServer(String description, int port, ResourceStack resources) {
        this.description = description;
        this.port = port;
        this.resources = resources;
    }

    /** Returns what the server serves, for a log line. */
    public String description() {
        return description;
    }

    /** Returns the port that the server listens on, also where the configuration left the choice. */
    public int port() {
        return port;
    }

    /**
     * Finishes the requests in flight, then closes the resources of the server.
     *
     * @throws IllegalStateException if a resource failed to close, with every failure suppressed in it
     */
    @Override
    public void close() {
        resources.close();
    }
}
