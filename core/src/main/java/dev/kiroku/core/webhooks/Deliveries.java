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
public final class Deliveries implements AutoCloseable {
    private static final int MAX_ATTEMPTS = 12;
    private static final int AT_ONCE = 10;
    private static final Duration LEASE = Duration.ofMinutes(2);
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
    private static final Duration KEEP = Duration.ofDays(30);

    private final Logger log = LoggerFactory.getLogger(Deliveries.class);
    private final WebhookStore store;
    private final Delivery delivery;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final Semaphore due = new Semaphore(0);
    private final Set<Long> busy = ConcurrentHashMap.newKeySet();
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final Thread loop;
    private volatile boolean closing;
    private long forgottenAt;

    public Deliveries(WebhookStore store, Delivery delivery, RandomGenerator random, InstantSource clock) {
        this.store = store;
        this.delivery = delivery;
        this.random = random;
        this.clock = clock;
        this.loop = Thread.ofVirtual().name("webhook-deliveries").unstarted(this::loop);
    }

    /** Begins to deliver, until it is closed. */
    public void start() {
        loop.start();
    }

    /** Something is due: no need to wait until it is time to look again. */
    public void wake() {
        due.release();
    }

    private void loop() {
        while (!closing) {
            try {
                round();
                due.tryAcquire(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
                due.drainPermits();
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
            Thread.sleep(LOOK_AGAIN.multipliedBy(5));
        } catch (InterruptedException e) {
            closing = true;
        }
    }

    private void round() {
        long now = clock.millis();
        if (now - forgottenAt > Duration.ofHours(1).toMillis()) {
            forgottenAt = now;
            store.forget(now - KEEP.toMillis());
        }
        int free = AT_ONCE - busy.size();
        if (free > 0) {
            for (WebhookStore.Due each : store.claim(Set.copyOf(busy), now, now + LEASE.toMillis(), free)) {
                busy.add(each.webhook());
                workers.execute(() -> deliver(each));
            }
        }
    }

    private void deliver(WebhookStore.Due each) {
        try {
            WebhookStore.Outcome outcome = attempt(each);
            store.finish(each.key(), outcome, clock.millis());
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
            busy.remove(each.webhook());
            wake();
        }
    }

    private WebhookStore.Outcome attempt(WebhookStore.Due each) {
        try {
            HttpSender.Answer answer = delivery.send(each.url(), each.sealedSecret(), each.deliveryId(), each.body());
            long status = answer.status();
            if (status >= 200 && status < 300) {
                return new WebhookStore.Outcome(State.DELIVERED, null, status, null);
            }
            boolean passing = status == 408 || status == 429 || status >= 500;
            return failed(each, passing, status, "it was answered with " + status, answer.retryAfter());
        } catch (KirokuException e) { // a place that must not be called
            return failed(each, false, null, Delivery.reason(e), null);
        } catch (IOException | IllegalStateException e) {
            return failed(each, true, null, Delivery.reason(e), null);
        }
    }

    private WebhookStore.Outcome failed(
            WebhookStore.Due each, boolean passing, Long status, String reason, String retryAfter) {
        if (!passing || each.attempts() >= MAX_ATTEMPTS) {
            return new WebhookStore.Outcome(State.FAILED, null, status, reason);
        }
        Duration wait = asked(retryAfter, clock.instant());
        if (wait == null) {
            wait = Duration.ofSeconds(1L << Math.min(each.attempts() - 1, 11));
        }
        wait = wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
        // Up to half as much again, so that what failed together is not tried together.
        long millis = wait.toMillis() + random.nextLong(wait.toMillis() / 2 + 1000);
        return new WebhookStore.Outcome(State.WAITING, clock.millis() + millis, status, reason);
    }

    /** @return what Retry-After asks for, in seconds or as a date; null when it does not say */
    static Duration asked(String retryAfter, Instant now) {
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
        loop.interrupt();
        workers.shutdown();
        try {
            loop.join();
            if (!workers.awaitTermination(5, TimeUnit.SECONDS)) {
                workers.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
