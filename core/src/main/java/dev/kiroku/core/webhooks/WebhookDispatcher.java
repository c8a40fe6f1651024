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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells webhooks what is due, in the background. Any number of servers can do so on one database: each takes what nobody else has. What a
 * server has taken when it dies is taken again by another once its time is over, so that a receiver may hear something twice, and knows
 * it by the delivery's id.
 */
public final class WebhookDispatcher implements AutoCloseable {
    private static final int MAX_ATTEMPTS = 12;
    private static final int MAX_CONCURRENT = 10;
    private static final Duration LEASE = Duration.ofMinutes(2);
    private static final Duration MAX_BACKOFF = Duration.ofHours(1);
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);
    private static final Duration RETENTION = Duration.ofDays(30);

    private final Logger log = LoggerFactory.getLogger(WebhookDispatcher.class);
    private final WebhookStore store;
    private final WebhookSender sender;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final Semaphore wakeups = new Semaphore(0);
    private final Set<Long> busyWebhooks = ConcurrentHashMap.newKeySet();
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final Thread thread;
    private volatile boolean closing;
    private long lastPurge;

    public WebhookDispatcher(WebhookStore store, WebhookSender delivery, RandomGenerator random, InstantSource clock) {
        this.store = store;
        this.sender = delivery;
        this.random = random;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("webhook-deliveries").unstarted(this::run);
    }

    /** Begins to deliver, until it is closed. */
    public void start() {
        thread.start();
    }

    /** Something is due: no need to wait until it is time to look again. */
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
            } catch (RuntimeException e) { // the database is away; what is due is still there when it is back
                log.warn("Webhooks cannot be looked after: {}", e.getMessage());
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
        int free = MAX_CONCURRENT - busyWebhooks.size();
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
            WebhookStore.DeliveryResult outcome = attempt(each);
            store.complete(each.deliveryKey(), outcome, clock.millis());
            if (outcome.error() != null) {
                log.info(
                        "Webhook delivery {} ({}), attempt {}: {}",
                        each.deliveryId(),
                        each.event(),
                        each.attempts(),
                        outcome.error());
            }
        } catch (RuntimeException e) { // its time runs out, and it is taken again
            log.warn("Webhook delivery {} cannot be noted: {}", each.deliveryId(), e.getMessage());
        } finally {
            busyWebhooks.remove(each.webhookKey());
            wake();
        }
    }

    private WebhookStore.DeliveryResult attempt(WebhookStore.DueDelivery each) {
        try {
            WebhookHttpClient.WebhookResponse answer =
                    sender.send(each.url(), each.encryptedSecret(), each.deliveryId(), each.body());
            long status = answer.status();
            if (status >= 200 && status < 300) {
                return new WebhookStore.DeliveryResult(State.DELIVERED, null, status, null);
            }
            boolean passing = status == 408 || status == 429 || status >= 500;
            return failed(each, passing, status, "it was answered with " + status, answer.retryAfter());
        } catch (KirokuException e) { // a place that must not be called
            return failed(each, false, null, WebhookSender.errorMessage(e), null);
        } catch (IOException | IllegalStateException e) {
            return failed(each, true, null, WebhookSender.errorMessage(e), null);
        }
    }

    private WebhookStore.DeliveryResult failed(
            WebhookStore.DueDelivery each, boolean passing, Long status, String reason, String retryAfter) {
        if (!passing || each.attempts() >= MAX_ATTEMPTS) {
            return new WebhookStore.DeliveryResult(State.FAILED, null, status, reason);
        }
        Duration wait = parseRetryAfter(retryAfter, clock.instant());
        if (wait == null) {
            wait = Duration.ofSeconds(1L << Math.min(each.attempts() - 1, 11));
        }
        wait = wait.compareTo(MAX_BACKOFF) > 0 ? MAX_BACKOFF : wait;
        // Up to half as much again, so that what failed together is not tried together.
        long millis = wait.toMillis() + random.nextLong(wait.toMillis() / 2 + 1000);
        return new WebhookStore.DeliveryResult(State.WAITING, clock.millis() + millis, status, reason);
    }

    /** @return what Retry-After asks for, in seconds or as a date; null when it does not say */
    static Duration parseRetryAfter(String retryAfter, Instant now) {
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

    /** Takes nothing more, and lets what is under way finish for a while. */
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
