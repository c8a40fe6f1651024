package dev.kiroku.core.registry.approvals;

import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes, in the background, requests that time or events have overtaken: who waits for {@code approval.expired} is told though nobody looks
 * at the request. Any number of servers may do so on one database; each request is closed once.
 */
public final class ApprovalExpiry implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private final Logger log = LoggerFactory.getLogger(ApprovalExpiry.class);
    private final ApprovalStore store;
    private final InstantSource clock;
    private final Thread thread;

    private ApprovalExpiry(ApprovalStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("approvals").unstarted(this::run);
    }

    /** Begins to look, until it is closed. */
    public static ApprovalExpiry start(ApprovalStore store, InstantSource clock) {
        var upkeep = new ApprovalExpiry(store, clock);
        upkeep.thread.start();
        return upkeep;
    }

    private void run() {
        while (true) {
            try {
                Thread.sleep(INTERVAL);
                store.closeExpired(clock.millis());
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) { // the database is away: what is over is over still when it is back
                log.warn("Requests for approval cannot be looked after: {}", e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
