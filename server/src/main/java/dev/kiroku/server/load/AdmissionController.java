package dev.kiroku.server.load;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Lets in as much as the machine bears. Requests beyond that wait for a bounded time, those beyond a bounded number of waiting ones not at
 * all; who is turned away is told to come back, which MLflow's clients do by themselves.
 *
 * <p>Bodies are let in by their size: large ones have a share of the memory of their own, so that they never hold up small ones.
 */
public final class AdmissionController {
    /** What was let in; closing it makes room for others. */
    public interface Permit extends AutoCloseable {
        @Override
        void close();
    }

    private static final int SMALL_BODY_BYTES = 256 << 10;
    /** What working on a body takes, in bytes of memory for each of its own: the bytes, the texts, the records, the rows. */
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

    /** @param memory bytes that this process may use in all */
    public AdmissionController(long memory) {
        smallUnits = toUnits(memory / 4);
        largeUnits = toUnits(memory / 3);
        smallBodies = new Semaphore(smallUnits, true);
        largeBodies = new Semaphore(largeUnits, true);
    }

    private static int toUnits(long bytes) {
        return Math.clamp(bytes / UNIT_BYTES, 1, Integer.MAX_VALUE);
    }

    /**
     * Waits until a body of this size has its place in memory. One that is larger than the whole share has it for itself.
     *
     * @throws KirokuException TEMPORARILY_UNAVAILABLE when that takes too long, or too many wait already
     */
    public Permit acquireBody(long bytes) {
        boolean small = bytes <= SMALL_BODY_BYTES;
        Semaphore share = small ? smallBodies : largeBodies;
        return acquire(share, Math.min(toUnits(bytes * MEMORY_PER_BODY_BYTE) + 1, small ? smallUnits : largeUnits));
    }

    /** Waits until a request may run; as {@link #acquireBody}. */
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
                        ErrorCode.TEMPORARILY_UNAVAILABLE,
                        "The server has more to do than it can at the moment; try again soon.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KirokuException(
                    ErrorCode.TEMPORARILY_UNAVAILABLE, "The server is stopping; try again in a moment.");
        } finally {
            waiting.decrementAndGet();
        }
    }

    List<PrometheusSample> samples() {
        return List.of(
                PrometheusSample.gauge(
                        "kiroku_requests_running",
                        "Requests that are being worked on.",
                        MAX_RUNNING - running.availablePermits()),
                PrometheusSample.gauge(
                        "kiroku_requests_running_limit", "How many may be worked on at once.", MAX_RUNNING),
                PrometheusSample.gauge(
                        "kiroku_requests_waiting", "Requests that wait until they are let in.", waiting.get()),
                PrometheusSample.counter(
                        "kiroku_requests_rejected_total",
                        "Requests that were told to come back later.",
                        rejected.sum()),
                PrometheusSample.gauge(
                        "kiroku_bodies_reserved_bytes",
                        "Memory set aside for request bodies.",
                        (double) UNIT_BYTES
                                * (smallUnits
                                        - smallBodies.availablePermits()
                                        + largeUnits
                                        - largeBodies.availablePermits())));
    }
}
