package dev.kiroku.serving.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Lets so many calls run at a time. Those who wait are merged: when a place becomes free, the first of them runs for all. Who finds a free
 * place does not wait, but lets those go first who are ready to come, too.
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

    /** What one who waited is told: the result, or that it is to run for these. */
    private record Handoff<T, R>(R result, List<QueuedCall<T, R>> batch) {}

    private final Function<List<T>, List<R>> batchFunction;
    private final int maxConcurrent;
    private final int maxRows;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private final Deque<QueuedCall<T, R>> queue = new ArrayDeque<>();
    private int active;
    private boolean closed;

    /**
     * @param run gives a result for each item, in their order
     * @param maxRows that merged items have together; 0 to merge none
     */
    DynamicBatcher(Function<List<T>, List<R>> run, int places, int maxRows) {
        this.batchFunction = run;
        this.maxConcurrent = places;
        this.maxRows = maxRows;
    }

    /** @return null when this is closed */
    R call(T item, int rows) {
        QueuedCall<T, R> own = new QueuedCall<>(item, rows);
        boolean free;
        lock.lock();
        try {
            if (closed) {
                return null;
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
                Thread.yield(); // requests that have come are read first, and take part; without any this returns at
                // once
            }
            startNextBatch();
        }
        Handoff<T, R> turn = own.handoff.join();
        return turn.batch == null ? turn.result : runBatch(turn.batch);
    }

    private R runBatch(List<QueuedCall<T, R>> batch) {
        try {
            List<R> results = batchFunction.apply(
                    batch.stream().map(waiting -> waiting.item).toList());
            for (int i = 1; i < batch.size(); i++) {
                batch.get(i).handoff.complete(new Handoff<>(results.get(i), null));
            }
            return results.getFirst();
        } catch (RuntimeException | Error e) {
            batch.forEach(waiting -> waiting.handoff.completeExceptionally(e));
            throw e;
        } finally {
            startNextBatch();
        }
    }

    /** Gives a place to the first of those who wait, for as many of them as can go together. */
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
        batch.getFirst().handoff.complete(new Handoff<>(null, batch));
    }

    /** Calls that wait for a place. */
    int queueSize() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more calls, and waits for those under way. */
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
}
