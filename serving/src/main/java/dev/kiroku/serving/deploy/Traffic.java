package dev.kiroku.serving.deploy;

import dev.kiroku.serving.input.BodyReader;
import dev.kiroku.serving.input.Table;
import dev.kiroku.serving.metrics.Metrics;
import dev.kiroku.serving.protocol.Answer;
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
public final class Traffic implements AutoCloseable {
    /** Copies that may be under way; more are left out, for a slow shadow must not hold up anything. */
    private static final int MAX_SHADOWED = 64;

    private static final String COMPARED = "kiroku_shadow_compared_total";

    private final Deployment primary;
    private final Deployment canary;
    private final double canaryShare;
    private final Deployment shadow;
    private final LongAdder agreed;
    private final LongAdder disagreed;
    private final LongAdder skipped;
    private final BodyReader reader = new BodyReader();
    private final Semaphore shadowed = new Semaphore(MAX_SHADOWED);

    /**
     * @param canary null for none
     * @param canaryShare of the requests, from 0 to 1
     * @param shadow null for none
     */
    public Traffic(Deployment primary, Deployment canary, double canaryShare, Deployment shadow, Metrics metrics) {
        this.primary = primary;
        this.canary = canary;
        this.canaryShare = canaryShare;
        this.shadow = shadow;
        // They are told from the start: a rate needs the series also while all is well.
        agreed = shadow == null ? null : metrics.counter(COMPARED, "model", shadow.name(), "agrees", "true");
        disagreed = shadow == null ? null : metrics.counter(COMPARED, "model", shadow.name(), "agrees", "false");
        skipped = shadow == null ? null : metrics.counter("kiroku_shadow_skipped_total", "model", shadow.name());
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
    public Deployment.Answered answer(String contentType, byte[] body) {
        Table table = isPlainJson(contentType) ? reader.read(body).orElse(null) : null;
        boolean toCanary = canary != null
                && canary.isReady()
                && ThreadLocalRandom.current().nextDouble() < canaryShare;
        Deployment.Answered answered = (toCanary ? canary : primary).answer(contentType, body, table);
        if (shadow != null && answered != null && shadow.isReady()) {
            copy(contentType, body, table, answered.answer());
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

    private void copy(String contentType, byte[] body, Table table, Answer told) {
        if (!shadowed.tryAcquire()) {
            skipped.increment();
            return;
        }
        Thread.ofVirtual().start(() -> {
            try {
                Deployment.Answered other = shadow.answer(contentType, body, table);
                if (other != null) {
                    boolean agrees = other.answer().status() == told.status()
                            && Arrays.equals(other.answer().body(), told.body());
                    (agrees ? agreed : disagreed).increment();
                }
            } finally {
                shadowed.release();
            }
        });
    }

    @Override
    public void close() {
        deployments().forEach(Deployment::close);
    }
}
