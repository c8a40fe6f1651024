package dev.kiroku.core.registry.approvals;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Background thread that closes approval requests which have expired or were invalidated, so that webhooks get
 * {@code approval.expired} even if nobody reads the request. Several servers can run it on one database; each request
 * is closed once.
 */
public final class ApprovalExpiry implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private final Logger log = LoggerFactory.getLogger(ApprovalExpiry.class);
    private final Approvals approvals;
    private final Thread thread;

    private ApprovalExpiry(Approvals approvals) {
        this.approvals = approvals;
        this.thread = Thread.ofVirtual().name("approval-expiry").unstarted(this::run);
    }

    /** Starts the thread; it runs until {@link #close}. */
    public static ApprovalExpiry start(Approvals approvals) {
        var expiry = new ApprovalExpiry(approvals);
        expiry.thread.start();
        return expiry;
    }

    private void run() {
        while (true) {
            try {
                Thread.sleep(INTERVAL);
                approvals.closeEnded();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) { // the database is unavailable: the requests are closed after it is back
                log.warn("Expired approval requests cannot be closed, trying again: {}", e.getMessage());
            }
        }
    }

    /** Stops the thread and waits for its end. */
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
