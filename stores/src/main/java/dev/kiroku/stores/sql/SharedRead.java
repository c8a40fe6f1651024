package dev.kiroku.stores.sql;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A read whose result concurrent callers share. Each gets the result of a read that began after its call or, if nothing was changed by this
 * process since, at most {@code maxAge} before it. Thread-safe.
 */
public final class SharedRead<T> {
    /** One read. Its fields are guarded by {@link #lock}, and do not change once it is {@link #last}. */
    private static final class Round<T> {
        private boolean done;
        private long begin;
        private long changes;
        private @Nullable T result;
        private @Nullable RuntimeException failure;
    }

    private final Supplier<T> read;
    private final long maxAgeNanos;
    private final LongSupplier changes;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    /** The next read, which has not begun. */
    private volatile Round<T> next = new Round<>();
    /** The last read that has succeeded. */
    private volatile @Nullable Round<T> last;

    /**
     * Creates a shared read.
     *
     * @param maxAge zero for no result from before the call
     * @param changes a number that changes, after they are committed, with the changes by this process of what is read
     */
    SharedRead(Supplier<T> read, Duration maxAge, LongSupplier changes) {
        this(read, maxAge, changes, System::nanoTime);
    }

    /** @param nanoTime as {@link System#nanoTime} */
    SharedRead(Supplier<T> read, Duration maxAge, LongSupplier changes, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.read = read;
        this.maxAgeNanos = maxAge.toNanos();
        this.changes = changes;
    }

    /** Returns the result; throws what the read throws. */
    public T get() {
        Round<T> known = last;
        if (known != null && known.changes == changes.getAsLong()) {
            long age = nanoTime.getAsLong() - known.begin;
            if (age < maxAgeNanos) {
                // One caller reads again before the result is too old, so that the others need not wait for it.
                return age > maxAgeNanos / 2 && lock.tryLock() ? finish(next) : Objects.requireNonNull(known.result);
            }
        }
        Round<T> round = next;
        lock.lock();
        return finish(round);
    }

    /** Runs a round, unless another caller has done that, and releases the lock. */
    private T finish(Round<T> round) {
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
        round.begin = nanoTime.getAsLong();
        round.changes = changes.getAsLong();
        try {
            round.result = read.get();
            last = round;
        } catch (RuntimeException e) {
            round.failure = e;
        } finally {
            round.done = true;
        }
    }
}
