package dev.kiroku.serving.deploy;

import dev.kiroku.serving.input.InputParser;
import dev.kiroku.serving.input.InputTable;
import dev.kiroku.serving.metrics.ServingMetrics;
import dev.kiroku.serving.protocol.ScoringResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * Which deployment answers a request. A canary gets its share of the requests; a shadow gets a copy of each, answered to nobody, and what
 * it says is compared with what the client was told.
 */
public final class TrafficRouter implements AutoCloseable {
    /** Copies that may be under way; more are left out, for a slow shadow must not hold up anything. */
    private static final int MAX_CONCURRENT_SHADOWS = 64;

    private static final String SHADOW_COMPARED = "kiroku_shadow_compared_total";

    private final Deployment primary;
    private final Deployment canary;
    private final double canaryShare;
    private final Deployment shadow;
    private final LongAdder equalResponses;
    private final LongAdder differentResponses;
    private final LongAdder skippedShadows;
    private final InputParser parser = new InputParser();
    private final Semaphore shadowPermits = new Semaphore(MAX_CONCURRENT_SHADOWS);

    /**
     * @param canary null for none
     * @param canaryShare of the requests, from 0 to 1
     * @param shadow null for none
     */
    public TrafficRouter(
            Deployment primary, Deployment canary, double canaryShare, Deployment shadow, ServingMetrics metrics) {
        this.primary = primary;
        this.canary = canary;
        this.canaryShare = canaryShare;
        this.shadow = shadow;
        // They are told from the start: a rate needs the series also while all is well.
        equalResponses =
                shadow == null ? null : metrics.counter(SHADOW_COMPARED, "model", shadow.name(), "agrees", "true");
        differentResponses =
                shadow == null ? null : metrics.counter(SHADOW_COMPARED, "model", shadow.name(), "agrees", "false");
        skippedShadows = shadow == null ? null : metrics.counter("kiroku_shadow_skipped_total", "model", shadow.name());
    }

    public Deployment primary() {
        return primary;
    }

    public List<Deployment> deployments() {
        return Stream.of(primary, canary, shadow)
                .filter(deployment -> deployment != null)
                .toList();
    }

    /** @return null while there is no model to answer */
    public Deployment.VersionedResponse predict(String contentType, byte[] body) {
        InputTable table = isPlainJson(contentType) ? parser.parse(body).orElse(null) : null;
        boolean toCanary = canary != null
                && canary.isReady()
                && ThreadLocalRandom.current().nextDouble() < canaryShare;
        Deployment.VersionedResponse answered = (toCanary ? canary : primary).predict(contentType, body, table);
        if (shadow != null && answered != null && shadow.isReady()) {
            sendToShadow(contentType, body, table, answered.response());
        }
        return answered;
    }

    /** Just the ways in which clients write it: any other, right or wrong, is for Python to judge. */
    private static boolean isPlainJson(String contentType) {
        return contentType.equals("application/json")
                || contentType.toLowerCase(Locale.ROOT).endsWith("; charset=utf-8")
                        && contentType.length() == "application/json; charset=utf-8".length()
                        && contentType.startsWith("application/json; charset=");
    }

    private void sendToShadow(String contentType, byte[] body, InputTable table, ScoringResponse told) {
        if (!shadowPermits.tryAcquire()) {
            skippedShadows.increment();
            return;
        }
        Thread.ofVirtual().start(() -> {
            try {
                Deployment.VersionedResponse other = shadow.predict(contentType, body, table);
                if (other != null) {
                    boolean agrees = other.response().status() == told.status()
                            && Arrays.equals(other.response().body(), told.body());
                    (agrees ? equalResponses : differentResponses).increment();
                }
            } finally {
                shadowPermits.release();
            }
        });
    }

    @Override
    public void close() {
        deployments().forEach(Deployment::close);
    }
}
