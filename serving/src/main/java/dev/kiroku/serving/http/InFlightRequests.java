package dev.kiroku.serving.http;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the requests that are being answered, so that a server can wait for them when it stops. Thread-safe. */
final class InFlightRequests {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(10);

    private final AtomicInteger count = new AtomicInteger();
    private volatile boolean stopping;

    void begin() {
        count.incrementAndGet();
    }

    void end() {
        count.decrementAndGet();
    }

    int count() {
        return count.get();
    }

    /** Returns whether {@link #stop} has been called. */
    boolean isStopping() {
        return stopping;
    }

    /** Waits until there are no requests, up to a limit. */
    void stop(Duration limit) throws InterruptedException {
        stopping = true;
        long deadline = System.nanoTime() + limit.toNanos();
        while (count.get() > 0 && System.nanoTime() - deadline < 0) {
            Thread.sleep(POLL_INTERVAL);
        }
    }
}
