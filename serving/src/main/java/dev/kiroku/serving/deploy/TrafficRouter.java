package dev.kiroku.serving.deploy;

import dev.kiroku.serving.input.InputParser;
import dev.kiroku.serving.input.InputTable;
import dev.kiroku.serving.metrics.ServingMetrics;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Distributes the requests of a model. A canary answers a share of them. A shadow gets a copy of each; its responses are compared with those
 * of the client and discarded. Thread-safe.
 */
public final class TrafficRouter implements AutoCloseable {
    private static final String JSON = "application/json";
    private static final String JSON_WITH_CHARSET = "application/json; charset=utf-8";

    private final Deployment primary;
    private final @Nullable Deployment canary;
    private final double canaryShare;
    private final @Nullable Shadow shadow;
    private final InputParser parser = new InputParser();

    /**
     * Creates a router for deployments, which it does not load.
     *
     * @param canary null for none
     * @param canaryShare the share of requests, from 0 to 1
     * @param shadow null for none
     */
    public TrafficRouter(
            Deployment primary,
            @Nullable Deployment canary,
            double canaryShare,
            @Nullable Deployment shadow,
            ServingMetrics metrics) {
        this.primary = primary;
        this.canary = canary;
        this.canaryShare = canaryShare;
        this.shadow = shadow == null ? null : new Shadow(shadow, metrics);
    }

    /** Returns the deployment that answers what the canary does not. */
    public Deployment primary() {
        return primary;
    }

    /** Returns the primary deployment and, where there are any, canary and shadow. */
    public List<Deployment> deployments() {
        return Stream.of(primary, canary, shadow == null ? null : shadow.deployment())
                .filter(Objects::nonNull)
                .toList();
    }

    /**
     * Predicts.
     *
     * @return empty when no version is in service
     */
    public Optional<Deployment.VersionedResponse> predict(String contentType, byte[] body) {
        InputTable table = isUsualJson(contentType) ? parser.parse(body).orElse(null) : null;
        Optional<Deployment.VersionedResponse> response = select().predict(contentType, body, table);
        if (shadow != null && response.isPresent()) {
            shadow.send(contentType, body, table, response.get().response());
        }
        return response;
    }

    private Deployment select() {
        return canary != null && canary.isReady() && ThreadLocalRandom.current().nextDouble() < canaryShare
                ? canary
                : primary;
    }

    /** Returns whether a content type is one of the two that clients send for JSON; Python interprets all others. */
    private static boolean isUsualJson(String contentType) {
        return contentType.equals(JSON)
                || (contentType.length() == JSON_WITH_CHARSET.length()
                        && contentType.startsWith("application/json; charset=")
                        && contentType.toLowerCase(Locale.ROOT).equals(JSON_WITH_CHARSET));
    }

    /** Answers the requests that are waiting, within the grace period, and closes. */
    public void drain() {
        ParallelTasks.forEach(deployments(), Deployment::drain);
    }

    /** Ends the workers at once. Requests that are not answered yet get an error. */
    @Override
    public void close() {
        ParallelTasks.forEach(deployments(), Deployment::close);
    }
}
