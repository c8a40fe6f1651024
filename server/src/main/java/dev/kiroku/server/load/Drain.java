package dev.kiroku.server.load;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.time.Duration;

/**
 * The phase before a server stops in which it still accepts connections but refuses new requests, so that clients wait and then come to the
 * next server. When a listening socket is closed, the connections that it has not accepted yet are reset; after this phase there are none,
 * unless a client has connected in the last instant. Thread-safe.
 */
public final class Drain {
    private static final Duration QUIET = Duration.ofMillis(250);
    /** Refused clients come back after at least that time. */
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private static final Duration POLL_INTERVAL = Duration.ofMillis(10);

    private volatile boolean begun;
    private volatile long lastRefusal;

    /** Returns whether new requests are refused. */
    public boolean hasBegun() {
        return begun;
    }

    /**
     * Refuses a request, if the server is about to stop.
     *
     * @throws KirokuException with {@code RESOURCE_EXHAUSTED} then
     */
    public void check() {
        if (begun) {
            lastRefusal = System.nanoTime();
            throw new KirokuException(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    "The server is stopping; nothing was done. Try again in a few seconds.");
        }
    }

    /** Begins to refuse requests, and waits until no more arrive, for a bounded time. */
    public void begin() throws InterruptedException {
        long start = System.nanoTime();
        lastRefusal = start;
        begun = true;
        for (long now = start;
                now - lastRefusal < QUIET.toNanos() && now - start < LIMIT.toNanos();
                now = System.nanoTime()) {
            Thread.sleep(POLL_INTERVAL);
        }
    }
}
