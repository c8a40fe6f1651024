package dev.kiroku.core.registry.approvals;

import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes, in the background, requests that time or events have overtaken: who waits for {@code approval.expired} is told though nobody looks
 * at the request. Any number of servers may do so on one database; each request is closed once.
 */
public final class Upkeep implements AutoCloseable {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    private final Logger log = LoggerFactory.getLogger(Upkeep.class);
    private final ApprovalStore store;
    private final InstantSource clock;
    private final Thread loop;

    private Upkeep(ApprovalStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
        this.loop = Thread.ofVirtual().name("approvals").unstarted(this::loop);
    }

    /** Begins to look, until it is closed. */
    public static Upkeep start(ApprovalStore store, InstantSource clock) {
        var upkeep = new Upkeep(store, clock);
        upkeep.loop.start();
        return upkeep;
    }

    private void loop() {
        while (true) {
            try {
                Thread.sleep(LOOK_AGAIN);
                store.settle(clock.millis());
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) { // the database is away: what is over is over still when it is back
                log.warn("Requests for approval cannot be looked after: {}", e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        loop.interrupt();
        try {
            loop.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
