package dev.kiroku.serving.worker;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.serving.protocol.ScoringResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Bounded first-in-first-out queue of requests, from which workers take batches. A batch is the oldest request and, when merging is on, the
 * requests behind it that can share its call. A request that finds an idle worker is never held back for others to arrive.
 *
 * <p>Thread-safe.
 */
final class RequestQueue {
    /** How often an idle worker checks whether its process is still alive. */
    private static final long ALIVE_CHECK_NANOS = Duration.ofMillis(200).toNanos();

    /** Result of {@link #offer}. */
    enum OfferResult {
        ACCEPTED,
        FULL,
        CLOSED
    }

    private final int capacity;
    private final boolean merge;
    private final int maxBatchRows;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition requestAvailable = lock.newCondition();
    private final Condition drained = lock.newCondition();
    private final Deque<PendingRequest> requests = new ArrayDeque<>();
    private int batchesInFlight;
    private boolean draining;
    private boolean closed;

    /**
     * Creates an empty queue.
     *
     * @param capacity the number of requests that may wait
     * @param merge whether batches may have several requests
     * @param maxBatchRows the limit of rows in a batch of several requests; a larger request is a batch of its own
     */
    RequestQueue(int capacity, boolean merge, int maxBatchRows) {
        this.capacity = capacity;
        this.merge = merge;
        this.maxBatchRows = maxBatchRows;
    }

    /** Adds a request at the end, unless the queue is full, draining or closed. */
    OfferResult offer(PendingRequest request) {
        lock.lock();
        try {
            if (draining) {
                return OfferResult.CLOSED;
            }
            if (requests.size() >= capacity) {
                return OfferResult.FULL;
            }
            requests.addLast(request);
            requestAvailable.signal();
            return OfferResult.ACCEPTED;
        } finally {
            lock.unlock();
        }
    }

    /** Adds requests at the front, in their order, regardless of the capacity. */
    void requeue(List<PendingRequest> retries) {
        lock.lock();
        try {
            retries.reversed().forEach(requests::addFirst);
            requestAvailable.signalAll();
            if (closed) {
                rejectAll();
            }
        } finally {
            lock.unlock();
        }
    }

    void remove(PendingRequest request) {
        lock.lock();
        try {
            requests.remove(request);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for requests and takes a batch. The caller calls {@link #batchCompleted} when every request of it is completed or requeued.
     *
     * @param workerAlive checked before each wait
     * @return an empty list when the worker is not alive or the queue is closed
     */
    List<PendingRequest> takeBatch(BooleanSupplier workerAlive) throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                if (closed || !workerAlive.getAsBoolean()) {
                    return List.of();
                }
                if (!requests.isEmpty()) {
                    break;
                }
                requestAvailable.awaitNanos(ALIVE_CHECK_NANOS);
            }
            List<PendingRequest> batch = new ArrayList<>();
            batch.add(requests.removeFirst());
            if (merge) {
                addMergeable(batch);
            }
            batchesInFlight++;
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void addMergeable(List<PendingRequest> batch) {
        PendingRequest first = batch.getFirst();
        int rows = first.rows();
        for (Iterator<PendingRequest> others = requests.iterator(); others.hasNext() && rows < maxBatchRows; ) {
            PendingRequest other = others.next();
            if (first.canMergeWith(other) && rows + other.rows() <= maxBatchRows) {
                others.remove();
                batch.add(other);
                rows += other.rows();
            }
        }
    }

    void batchCompleted() {
        lock.lock();
        try {
            batchesInFlight--;
            if (batchesInFlight == 0 && requests.isEmpty()) {
                drained.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns the number of waiting requests. */
    int size() {
        lock.lock();
        try {
            return requests.size();
        } finally {
            lock.unlock();
        }
    }

    /** Rejects new requests and waits until all others are completed, up to a limit. */
    void drain(Duration limit) {
        lock.lock();
        try {
            draining = true;
            long remaining = limit.toNanos();
            while ((batchesInFlight > 0 || !requests.isEmpty()) && remaining > 0) {
                remaining = drained.awaitNanos(remaining);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Rejects the waiting requests and all later ones. */
    void close() {
        lock.lock();
        try {
            draining = true;
            closed = true;
            rejectAll();
            requestAvailable.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void rejectAll() {
        requests.forEach(request -> request.complete(request.isRetryAlone() ? interrupted() : notStarted()));
        requests.clear();
    }

    /** Returns the response to a request that no worker has received when the model is unloaded. */
    static ScoringResponse notStarted() {
        return ScoringResponse.error(
                ErrorCode.RESOURCE_EXHAUSTED, "The server is stopping; nothing was computed. Try again in a moment.");
    }

    /** Returns the response to a request that a worker has received, but not answered when the model is unloaded. */
    static ScoringResponse interrupted() {
        return ScoringResponse.error(
                ErrorCode.TEMPORARILY_UNAVAILABLE,
                "The server is stopping; the model may have seen the request. Try again later.");
    }
}
