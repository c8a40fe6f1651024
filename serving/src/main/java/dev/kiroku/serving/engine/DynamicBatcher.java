package dev.kiroku.serving.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Limits the number of concurrent runs and merges the calls that wait: when a run ends, the thread of the first waiting call runs the next
 * batch for all of them. There are no timers; a call that finds a free run yields once, so that calls that are about to be queued take part.
 *
 * <p>Thread-safe.
 *
 * @param <T> the argument of a call
 * @param <R> the result of a call
 */
final class DynamicBatcher<T, R> implements AutoCloseable {
    private static final class QueuedCall<T, R> {
        final T item;
        final int rows;
        final CompletableFuture<Handoff<T, R>> handoff = new CompletableFuture<>();

        QueuedCall(T item, int rows) {
            this.item = item;
            this.rows = rows;
        }
    }

    /** What a waiting thread receives. */
    private sealed interface Handoff<T, R> {
        /** The result of its call, which another thread ran. */
        record Result<T, R>(R value) implements Handoff<T, R> {}

        /** A batch that it has to run; the first call is its own. */
        record Batch<T, R>(List<QueuedCall<T, R>> calls) implements Handoff<T, R> {}
    }

    private final Function<List<T>, List<R>> batchFunction;
    private final int maxConcurrent;
    private final int maxRows;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private final Deque<QueuedCall<T, R>> queue = new ArrayDeque<>();
    private int active;
    private boolean closed;

    /**
     * Creates a batcher.
     *
     * @param batchFunction returns a result for each item, in their order
     * @param maxConcurrent the number of concurrent runs
     * @param maxRows the limit of rows in a run of several calls; 0 to merge none
     */
    DynamicBatcher(Function<List<T>, List<R>> batchFunction, int maxConcurrent, int maxRows) {
        this.batchFunction = batchFunction;
        this.maxConcurrent = maxConcurrent;
        this.maxRows = maxRows;
    }

    /**
     * Waits for a free run and returns the result for an item.
     *
     * @param rows the number of rows in the item
     * @return empty when this batcher is closed
     */
    Optional<R> call(T item, int rows) {
        QueuedCall<T, R> own = new QueuedCall<>(item, rows);
        boolean free;
        lock.lock();
        try {
            if (closed) {
                return Optional.empty();
            }
            queue.addLast(own);
            free = active < maxConcurrent;
            if (free) {
                active++;
            }
        } finally {
            lock.unlock();
        }
        if (free) {
            if (maxRows > 0) {
                // Lets threads that have read a request add it to the queue. Returns at once when there are none.
                Thread.yield();
            }
            startNextBatch();
        }
        return Optional.of(
                switch (own.handoff.join()) {
                    case Handoff.Result<T, R> result -> result.value();
                    case Handoff.Batch<T, R> batch -> runBatch(batch.calls());
                });
    }

    /** Runs a batch, passes the results on and returns the one of the first call. */
    private R runBatch(List<QueuedCall<T, R>> batch) {
        try {
            List<R> results =
                    batchFunction.apply(batch.stream().map(call -> call.item).toList());
            for (int i = 1; i < batch.size(); i++) {
                batch.get(i).handoff.complete(new Handoff.Result<>(results.get(i)));
            }
            return results.getFirst();
        } catch (RuntimeException | Error e) {
            batch.forEach(call -> call.handoff.completeExceptionally(e));
            throw e;
        } finally {
            startNextBatch();
        }
    }

    /** Gives a free run to the first waiting call, for as many of the calls behind it as fit into a batch. */
    private void startNextBatch() {
        List<QueuedCall<T, R>> batch = new ArrayList<>();
        lock.lock();
        try {
            if (queue.isEmpty()) {
                active--;
                idle.signalAll();
                return;
            }
            int rows = 0;
            do {
                rows += queue.getFirst().rows;
                batch.add(queue.removeFirst());
            } while (!queue.isEmpty() && rows + queue.getFirst().rows <= maxRows);
        } finally {
            lock.unlock();
        }
        batch.getFirst().handoff.complete(new Handoff.Batch<>(batch));
    }

    /** Returns the number of waiting calls. */
    int queueSize() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    /** Rejects new calls and waits for the current ones. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            while (active > 0) {
                idle.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Rejects new calls and waits for the current ones, up to a limit.
     *
     * @return whether all calls have ended
     */
    boolean close(Duration limit) {
        lock.lock();
        try {
            closed = true;
            long remaining = limit.toNanos();
            while (active > 0 && remaining > 0) {
                remaining = idle.awaitNanos(remaining);
            }
            return active == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
