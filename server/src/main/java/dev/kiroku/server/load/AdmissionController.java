package dev.kiroku.server.load;

import dev.kiroku.http.prometheus.PrometheusSample;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Admission control: limits the requests that run at once and the memory that request bodies take. A request beyond the limits waits for a
 * bounded time; if too many wait already, it is rejected at once. Rejected clients are asked to retry, which MLflow's clients do.
 *
 * <p>Small and large bodies have separate shares of the memory, so that large bodies do not delay small ones. Thread-safe.
 */
public final class AdmissionController {
    /** A permit that is held until it is closed. */
    public interface Permit extends AutoCloseable {
        @Override
        void close();
    }

    private static final int SMALL_BODY_BYTES = 256 << 10;
    /** Memory that a body needs while it is processed (bytes, strings, records, rows), for each byte of the body. */
    private static final int MEMORY_PER_BODY_BYTE = 10;

    private static final int MAX_RUNNING = 128;
    private static final int MAX_WAITING = 1024;
    private static final Duration MAX_WAIT = Duration.ofSeconds(10);
    private static final int UNIT_BYTES = 1024;

    private final Semaphore running = new Semaphore(MAX_RUNNING, true);
    private final int smallUnits;
    private final int largeUnits;
    private final Semaphore smallBodies;
    private final Semaphore largeBodies;
    private final AtomicInteger waiting = new AtomicInteger();
    private final LongAdder rejected = new LongAdder();

    /** @param heapBytes the maximum heap of this process */
    public AdmissionController(long heapBytes) {
        smallUnits = toUnits(heapBytes / 4);
        largeUnits = toUnits(heapBytes / 3);
        smallBodies = new Semaphore(smallUnits, true);
        largeBodies = new Semaphore(largeUnits, true);
    }

    private static int toUnits(long bytes) {
        return Math.clamp(bytes / UNIT_BYTES, 1, Integer.MAX_VALUE);
    }

    /**
     * Waits until there is memory for a body of this size. A body that is larger than the whole share waits for all of it.
     *
     * @throws KirokuException with {@code TEMPORARILY_UNAVAILABLE} if the wait takes too long or too many requests wait already
     */
    public Permit acquireBody(long bytes) {
        boolean small = bytes <= SMALL_BODY_BYTES;
        Semaphore share = small ? smallBodies : largeBodies;
        return acquire(share, Math.min(toUnits(bytes * MEMORY_PER_BODY_BYTE) + 1, small ? smallUnits : largeUnits));
    }

    /**
     * Waits until one more request may run.
     *
     * @throws KirokuException as {@link #acquireBody}
     */
    public Permit acquireRequest() {
        return acquire(running, 1);
    }

    private Permit acquire(Semaphore share, int units) {
        if (!share.tryAcquire(units)) {
            awaitPermits(share, units);
        }
        return () -> share.release(units);
    }

    private void awaitPermits(Semaphore share, int units) {
        try {
            if (waiting.incrementAndGet() > MAX_WAITING
                    || !share.tryAcquire(units, MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                rejected.increment();
                throw new KirokuException(
                        ErrorCode.TEMPORARILY_UNAVAILABLE, "The server is overloaded. Try again in a few seconds.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KirokuException(
                    ErrorCode.TEMPORARILY_UNAVAILABLE, "The server is stopping. Try again in a few seconds.");
        } finally {
            waiting.decrementAndGet();
        }
    }

    /** Returns the present load. */
    List<PrometheusSample> samples() {
        return List.of(
                PrometheusSample.gauge(
                        "kiroku_requests_running", "Requests that run.", MAX_RUNNING - running.availablePermits()),
                PrometheusSample.gauge("kiroku_requests_running_limit", "Requests that may run at once.", MAX_RUNNING),
                PrometheusSample.gauge("kiroku_requests_waiting", "Requests that wait for admission.", waiting.get()),
                PrometheusSample.counter(
                        "kiroku_requests_rejected_total",
                        "Requests that were rejected because of overload.",
                        rejected.sum()),
                PrometheusSample.gauge(
                        "kiroku_bodies_reserved_bytes",
                        "Memory reserved for request bodies.",
                        (double) UNIT_BYTES
                                * (smallUnits
                                        - smallBodies.availablePermits()
                                        + largeUnits
                                        - largeBodies.availablePermits())));
    }
}
