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
final class Merger<T, R> implements AutoCloseable {
    private static final class Waiting<T, R> {
        final T item;
        final int rows;
        final CompletableFuture<Turn<T, R>> turn = new CompletableFuture<>();

        Waiting(T item, int rows) {
            this.item = item;
            this.rows = rows;
        }
    }

    /** What one who waited is told: the result, or that it is to run for these. */
    private record Turn<T, R>(R result, List<Waiting<T, R>> batch) {}

    private final Function<List<T>, List<R>> run;
    private final int places;
    private final int maxRows;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private final Deque<Waiting<T, R>> queue = new ArrayDeque<>();
    private int running;
    private boolean closed;

    /**
     * @param run gives a result for each item, in their order
     * @param maxRows that merged items have together; 0 to merge none
     */
    Merger(Function<List<T>, List<R>> run, int places, int maxRows) {
        this.run = run;
        this.places = places;
        this.maxRows = maxRows;
    }

    /** @return null when this is closed */
    R call(T item, int rows) {
        Waiting<T, R> own = new Waiting<>(item, rows);
        boolean free;
        lock.lock();
        try {
            if (closed) {
                return null;
            }
            queue.addLast(own);
            free = running < places;
            if (free) {
                running++;
            }
        } finally {
            lock.unlock();
        }
        if (free) {
            if (maxRows > 0) {
                Thread.yield(); // requests that have come are read first, and take part; without any this returns at
                // once
            }
            next();
        }
        Turn<T, R> turn = own.turn.join();
        return turn.batch == null ? turn.result : lead(turn.batch);
    }

    private R lead(List<Waiting<T, R>> batch) {
        try {
            List<R> results =
                    run.apply(batch.stream().map(waiting -> waiting.item).toList());
            for (int i = 1; i < batch.size(); i++) {
                batch.get(i).turn.complete(new Turn<>(results.get(i), null));
            }
            return results.getFirst();
        } catch (RuntimeException | Error e) {
            batch.forEach(waiting -> waiting.turn.completeExceptionally(e));
            throw e;
        } finally {
            next();
        }
    }

    /** Gives a place to the first of those who wait, for as many of them as can go together. */
    private void next() {
        List<Waiting<T, R>> batch = new ArrayList<>();
        lock.lock();
        try {
            if (queue.isEmpty()) {
                running--;
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
        batch.getFirst().turn.complete(new Turn<>(null, batch));
    }

    /** Calls that wait for a place. */
    int waiting() {
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
            while (running > 0) {
                idle.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }
}
