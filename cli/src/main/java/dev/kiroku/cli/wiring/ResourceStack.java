package dev.kiroku.cli.wiring;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The open resources of a server. Closes them in the reverse order of opening; a resource that fails to close does not keep the others
 * open. Not thread-safe.
 */
final class ResourceStack implements AutoCloseable {
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();

    /** Adds a resource and returns it. */
    <T extends AutoCloseable> T add(T resource) {
        resources.push(resource);
        return resource;
    }

    /**
     * Closes all resources. Further calls do nothing.
     *
     * @throws IllegalStateException if a resource failed to close, with every failure suppressed in it
     */
    @Override
    public void close() {
        IllegalStateException failure = new IllegalStateException("not all resources could be closed");
        while (!resources.isEmpty()) {
            try {
                resources.pop().close();
            } catch (Exception e) {
                failure.addSuppressed(e);
            }
        }
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
    }

    /** Closes all resources after a failed start; failures to close are suppressed in {@code cause}. */
    void closeAfter(Throwable cause) {
        try {
            close();
        } catch (IllegalStateException e) {
            cause.addSuppressed(e);
        }
    }
}
