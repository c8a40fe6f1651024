package dev.kiroku.server.load;

import dev.kiroku.http.BodyBudget;
import dev.kiroku.http.ClientKey;
import dev.kiroku.http.FairShare;
import dev.kiroku.http.prometheus.PrometheusSample;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Admission control: limits the memory of request bodies while they arrive and while they are processed, and the requests that run at once.
 * A body for which there is no memory is rejected while it arrives. A request that has arrived and exceeds a limit waits for a bounded time;
 * if too many wait already, it is rejected at once. Rejected clients are asked to retry, which MLflow's clients do.
 *
 * <p>Small and large bodies have separate shares of the memory, so that large bodies do not delay small ones. The memory of bodies that arrive
 * and the places to wait are shared fairly between clients. Thread-safe.
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

    /** The memory of small bodies that arrive, and that of large ones, as a fraction of the heap. */
    private static final int HEAP_PER_ARRIVING_BYTE = 12;

    private static final int MAX_RUNNING = 128;
    private static final int MAX_WAITING = 1024;
    private static final Duration MAX_WAIT = Duration.ofSeconds(10);
    private static final int UNIT_BYTES = 1024;

    private final Semaphore running = new Semaphore(MAX_RUNNING, true);
    private final int smallUnits;
    private final int largeUnits;
    private final Semaphore smallBodies;
    private final Semaphore largeBodies;
    private final BodyBudget arriving;
    private final FairShare waiting = new FairShare(MAX_WAITING);
    private final LongAdder rejected = new LongAdder();

    /** @param heapBytes the maximum heap of this process */
    public AdmissionController(long heapBytes) {
        smallUnits = toUnits(heapBytes / 4);
        largeUnits = toUnits(heapBytes / 3);
        smallBodies = new Semaphore(smallUnits, true);
        largeBodies = new Semaphore(largeUnits, true);
        arriving = new BodyBudget(heapBytes / HEAP_PER_ARRIVING_BYTE, SMALL_BODY_BYTES);
    }

    private static int toUnits(long bytes) {
        return Math.clamp(bytes / UNIT_BYTES, 1, Integer.MAX_VALUE);
    }

    /** Opens a reservation of memory for a body that is about to arrive. */
    public BodyBudget.Reservation openBody(ClientKey client) {
        return arriving.open(client);
    }

    /**
     * Waits until there is memory to process a body of this size. A body that is larger than the whole share waits for all of it.
     *
     * @throws KirokuException with {@code RESOURCE_EXHAUSTED} if the wait takes too long or too many requests wait already
     */
    public Permit acquireMemory(long bytes, ClientKey client) {
        boolean small = bytes <= SMALL_BODY_BYTES;
        Semaphore share = small ? smallBodies : largeBodies;
        return acquire(
                share, Math.min(toUnits(bytes * MEMORY_PER_BODY_BYTE) + 1, small ? smallUnits : largeUnits), client);
    }

    /**
     * Waits until one more request may run.
     *
     * @throws KirokuException as {@link #acquireMemory}
     */
    public Permit acquireRequest(ClientKey client) {
        return acquire(running, 1, client);
    }

    private Permit acquire(Semaphore share, int units, ClientKey client) {
        if (!share.tryAcquire(units)) {
            awaitPermits(share, units, client);
        }
        return () -> share.release(units);
    }

    private void awaitPermits(Semaphore share, int units, ClientKey client) {
        if (!waiting.tryAcquire(client, 1)) {
            throw overloaded();
        }
        try {
            if (!share.tryAcquire(units, MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw overloaded();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KirokuException(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    "The server is stopping; nothing was done. Try again in a few seconds.");
        } finally {
            waiting.release(client, 1);
        }
    }

    private KirokuException overloaded() {
        rejected.increment();
        return new KirokuException(
                ErrorCode.RESOURCE_EXHAUSTED,
                "The server is overloaded; nothing was done. Try again in a few seconds.");
    }

    /** Returns the present load. */
    List<PrometheusSample> samples() {
        return List.of(
                PrometheusSample.gauge(
                        "kiroku_requests_running", "Requests that run.", MAX_RUNNING - running.availablePermits()),
                PrometheusSample.gauge("kiroku_requests_running_limit", "Requests that may run at once.", MAX_RUNNING),
                PrometheusSample.gauge("kiroku_requests_waiting", "Requests that wait for admission.", waiting.used()),
                PrometheusSample.counter(
                        "kiroku_requests_rejected_total",
                        "Requests that were rejected because of overload.",
                        rejected.sum()),
                PrometheusSample.gauge(
                        "kiroku_bodies_arriving_bytes",
                        "Memory of request bodies that have arrived in part or in whole.",
                        arriving.reservedBytes()),
                PrometheusSample.gauge(
                        "kiroku_bodies_reserved_bytes",
                        "Memory reserved for the processing of request bodies.",
                        (double) UNIT_BYTES
                                * (smallUnits
                                        - smallBodies.availablePermits()
                                        + largeUnits
                                        - largeBodies.availablePermits())));
    }
}
