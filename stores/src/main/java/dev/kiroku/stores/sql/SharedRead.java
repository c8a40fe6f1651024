package dev.kiroku.stores.sql;

import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A read that the callers who wait for it at the same time share. Each gets the result of a read that began after its call, as if it had read
 * alone. Thread-safe.
 */
public final class SharedRead<T> {
    /** One read; its fields are guarded by {@link #lock}. */
    private static final class Round<T> {
        private boolean done;
        private @Nullable T result;
        private @Nullable RuntimeException failure;
    }

    private final Supplier<T> read;
    private final ReentrantLock lock = new ReentrantLock();
    /** The next read, which has not begun. */
    private volatile Round<T> next = new Round<>();

    /** Creates a shared read. */
    public SharedRead(Supplier<T> read) {
        this.read = read;
    }

    /** Returns what a read returns that began after this call; throws what it throws. */
    public T get() {
        Round<T> round = next;
        lock.lock();
        try {
            if (!round.done) {
                next = new Round<>();
                run(round);
            }
        } finally {
            lock.unlock();
        }
        if (round.failure != null) {
            throw round.failure;
        }
        return Objects.requireNonNull(round.result);
    }

    private void run(Round<T> round) {
        try {
            round.result = read.get();
        } catch (RuntimeException e) {
            round.failure = e;
        } finally {
            round.done = true;
        }
    }
}
