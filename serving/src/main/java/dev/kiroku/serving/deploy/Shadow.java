package dev.kiroku.serving.deploy;

import dev.kiroku.serving.input.InputTable;
import dev.kiroku.serving.metrics.ServingMetrics;
import dev.kiroku.serving.protocol.ScoringResponse;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Sends copies of requests to a deployment and compares its responses with those that the clients got. */
final class Shadow {
    /** Further requests are not copied, so that a slow shadow cannot take up memory without a limit. */
    private static final int MAX_CONCURRENT = 64;

    private static final String COMPARED = "kiroku_shadow_compared_total";

    private final Deployment deployment;
    private final LongAdder equalResponses;
    private final LongAdder differentResponses;
    private final LongAdder skipped;
    private final Semaphore permits = new Semaphore(MAX_CONCURRENT);

    Shadow(Deployment deployment, ServingMetrics metrics) {
        this.deployment = deployment;
        // Registered at once: a rate needs the series from before the first event.
        equalResponses = metrics.counter(COMPARED, "model", deployment.name(), "agrees", "true");
        differentResponses = metrics.counter(COMPARED, "model", deployment.name(), "agrees", "false");
        skipped = metrics.counter("kiroku_shadow_skipped_total", "model", deployment.name());
    }

    Deployment deployment() {
        return deployment;
    }

    /**
     * Sends a copy in the background.
     *
     * @param response the client's response to the request
     */
    void send(String contentType, byte[] body, @Nullable InputTable table, ScoringResponse response) {
        if (!deployment.isReady()) {
            return;
        }
        if (!permits.tryAcquire()) {
            skipped.increment();
            return;
        }
        Thread.ofVirtual().start(() -> {
            try {
                deployment.predict(contentType, body, table).ifPresent(own -> count(isEqual(own.response(), response)));
            } finally {
                permits.release();
            }
        });
    }

    private static boolean isEqual(ScoringResponse one, ScoringResponse other) {
        return one.status() == other.status() && Arrays.equals(one.body(), other.body());
    }

    private void count(boolean equal) {
        (equal ? equalResponses : differentResponses).increment();
    }
}
