package dev.kiroku.core.webhooks;

import dev.kiroku.model.KirokuException;
import dev.kiroku.model.webhooks.WebhookDelivery.State;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Background thread that delivers messages to webhooks. Several servers can run it on one database: each claims
 * deliveries with a lease. A delivery of a server that crashed is claimed by another server when the lease has ended,
 * so delivery is at least once; receivers detect duplicates by the delivery's id.
 */
public final class WebhookDispatcher implements AutoCloseable {
    /** Longer than a delivery can take. */
    private static final Duration LEASE = Duration.ofMinutes(2);

    private static final Duration MAX_BACKOFF = Duration.ofHours(1);
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);
    private static final Duration RETENTION = Duration.ofDays(30);

    /**
     * @param attempts attempts to deliver a message, the first included
     * @param concurrent deliveries at the same time
     */
    public record DeliveryLimits(int attempts, int concurrent) {
        /** The limits by default. */
        public static final DeliveryLimits DEFAULT = new DeliveryLimits(12, 10);
    }

    private final Logger log = LoggerFactory.getLogger(WebhookDispatcher.class);
    private final WebhookStore store;
    private final WebhookSender sender;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final DeliveryLimits limits;
    private final Semaphore wakeups = new Semaphore(0);
    private final Set<Long> busyWebhooks = ConcurrentHashMap.newKeySet();
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final Thread thread;
    private volatile boolean closing;
    private long lastPurge;

    /**
     * Creates a dispatcher, which does nothing until {@link #start}.
     *
     * @param random the source of jitter between attempts
     */
    public WebhookDispatcher(
            WebhookStore store,
            WebhookSender delivery,
            RandomGenerator random,
            InstantSource clock,
            DeliveryLimits limits) {
        this.store = store;
        this.sender = delivery;
        this.random = random;
        this.clock = clock;
        this.limits = limits;
        this.thread = Thread.ofVirtual().name("webhook-deliveries").unstarted(this::run);
    }

    /** Starts the thread; it runs until {@link #close}. */
    public void start() {
        thread.start();
    }

    /** Polls for due deliveries now, without waiting for the end of the interval. */
    public void wake() {
        wakeups.release();
    }

    private void run() {
        while (!closing) {
            try {
                poll();
                wakeups.tryAcquire(POLL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
                wakeups.drainPermits();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) { // the database is unavailable: deliveries stay due
                log.warn("Due webhook deliveries cannot be read, trying again: {}", e.getMessage());
                pause();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(POLL_INTERVAL.multipliedBy(5));
        } catch (InterruptedException e) {
            closing = true;
        }
    }

    private void poll() {
        long now = clock.millis();
        if (now - lastPurge > Duration.ofHours(1).toMillis()) {
            lastPurge = now;
            store.deleteCompletedBefore(now - RETENTION.toMillis());
        }
        int free = limits.concurrent() - busyWebhooks.size();
        if (free > 0) {
            for (WebhookStore.DueDelivery each :
                    store.claim(Set.copyOf(busyWebhooks), now, now + LEASE.toMillis(), free)) {
                busyWebhooks.add(each.webhookKey());
                workers.execute(() -> deliver(each));
            }
        }
    }

    private void deliver(WebhookStore.DueDelivery each) {
        try {
            WebhookStore.DeliveryResult result = attempt(each);
            store.complete(each.deliveryKey(), result, clock.millis());
            if (result.error() != null) {
                log.info(
                        "Webhook delivery {} ({}), attempt {}: {}",
                        each.deliveryId(),
                        each.event(),
                        each.attempts(),
                        result.error());
            }
        } catch (RuntimeException e) { // the delivery is claimed again when its lease has ended
            log.warn("The result of webhook delivery {} cannot be stored: {}", each.deliveryId(), e.getMessage());
        } finally {
            busyWebhooks.remove(each.webhookKey());
            wake();
        }
    }

    private WebhookStore.DeliveryResult attempt(WebhookStore.DueDelivery each) {
        try {
            WebhookHttpClient.WebhookResponse response =
                    sender.send(each.url(), each.encryptedSecret(), each.deliveryId(), each.body());
            long status = response.status();
            if (status >= 200 && status < 300) {
                return new WebhookStore.DeliveryResult(State.DELIVERED, null, status, null);
            }
            boolean retryable = status == 408 || status == 429 || status >= 500;
            return failed(
                    each, retryable, status, "the receiver responded with status " + status, response.retryAfter());
        } catch (KirokuException e) { // the URL policy forbids the address
            return failed(each, false, null, WebhookSender.errorMessage(e), null);
        } catch (IOException | IllegalStateException e) {
            return failed(each, true, null, WebhookSender.errorMessage(e), null);
        }
    }

    private WebhookStore.DeliveryResult failed(
            WebhookStore.DueDelivery each,
            boolean retryable,
            @Nullable Long status,
            String reason,
            @Nullable String retryAfter) {
        if (!retryable || each.attempts() >= limits.attempts()) {
            return new WebhookStore.DeliveryResult(State.FAILED, null, status, reason);
        }
        Duration wait = parseRetryAfter(retryAfter, clock.instant());
        if (wait == null) {
            wait = Duration.ofSeconds(1L << Math.min(each.attempts() - 1, 11));
        }
        wait = wait.compareTo(MAX_BACKOFF) > 0 ? MAX_BACKOFF : wait;
        // Jitter of up to half the delay, so that deliveries that failed together are not retried together.
        long millis = wait.toMillis() + random.nextLong(wait.toMillis() / 2 + 1000);
        return new WebhookStore.DeliveryResult(State.WAITING, clock.millis() + millis, status, reason);
    }

    /** Returns the delay of a Retry-After header, in seconds or as a date; null if there is none or it is invalid. */
    static @Nullable Duration parseRetryAfter(@Nullable String retryAfter, Instant now) {
        if (retryAfter == null) {
            return null;
        }
        if (retryAfter.matches("\\d{1,6}")) {
            return Duration.ofSeconds(Long.parseLong(retryAfter));
        }
        try {
            Duration until =
                    Duration.between(now, ZonedDateTime.parse(retryAfter, DateTimeFormatter.RFC_1123_DATE_TIME));
            return until.isNegative() ? Duration.ZERO : until;
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    /** Stops claiming deliveries, and waits at most 5 seconds for running attempts. */
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        workers.shutdown();
        try {
            thread.join();
            if (!workers.awaitTermination(5, TimeUnit.SECONDS)) {
                workers.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
