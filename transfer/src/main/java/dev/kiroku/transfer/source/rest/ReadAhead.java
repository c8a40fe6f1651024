package dev.kiroku.transfer.source.rest;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Reads several things at once, because each is a request of its own, and passes the results on in order. Not more than a few results are read
 * ahead, which bounds the memory and the load of the server.
 */
final class ReadAhead {
    private static final int MAX_AHEAD = 8;

    private ReadAhead() {}

    /** Takes results. */
    interface Consumer<T, R> {
        void accept(T item, Result<R> result);
    }

    /** A result that may not be there yet. */
    interface Result<R> {
        /**
         * Waits for the result.
         *
         * @throws KirokuException if it cannot be read
         */
        R get();
    }

    /** Calls a function for all items, and a consumer with the results in the order of the items; the consumer in this thread. */
    static <T, R> void each(List<T> items, Function<T, R> read, Consumer<T, R> consumer) {
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        try {
            Iterator<T> next = items.iterator();
            Queue<Future<R>> ahead = new ArrayDeque<>();
            for (T item : items) {
                while (ahead.size() < MAX_AHEAD && next.hasNext()) {
                    T following = next.next();
                    ahead.add(executor.submit(() -> read.apply(following)));
                }
                Future<R> result = ahead.remove();
                consumer.accept(item, () -> await(result));
            }
        } finally {
            executor.shutdownNow();
            executor.close();
        }
    }

    private static <R> R await(Future<R> result) {
        try {
            return result.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KirokuException(ErrorCode.TEMPORARILY_UNAVAILABLE, "interrupted", e);
        }
    }
}
