package dev.kiroku.stores.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SharedReadTest {
    /** Each caller sees what was written before its call, whoever reads for it. */
    @Test
    void sharedReadsBeginAfterTheCall() throws Exception {
        AtomicLong stored = new AtomicLong();
        SharedRead<Long> read = new SharedRead<>(stored::get, Duration.ZERO, () -> 0);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> callers = new ArrayList<>();
            for (int caller = 0; caller < 16; caller++) {
                callers.add(threads.submit(() -> {
                    boolean fresh = true;
                    for (int i = 0; i < 5000; i++) {
                        long written = stored.incrementAndGet();
                        fresh &= read.get() >= written;
                    }
                    return fresh;
                }));
            }
            for (Future<Boolean> caller : callers) {
                assertTrue(caller.get());
            }
        }
    }

    /** Those who come during a read wait for one more, together. */
    @Test
    void callersThatWaitShareOneRead() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        CountDownLatch firstBegun = new CountDownLatch(1);
        CountDownLatch firstMayEnd = new CountDownLatch(1);
        SharedRead<Integer> read = new SharedRead<>(
                () -> {
                    int number = reads.incrementAndGet();
                    firstBegun.countDown();
                    awaitUninterruptibly(firstMayEnd);
                    return number;
                },
                Duration.ZERO,
                () -> 0);
        Future<Integer> first;
        List<Future<Integer>> others = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(9)) {
            first = threads.submit(read::get);
            firstBegun.await();
            List<Thread> waiting = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                others.add(threads.submit(() -> {
                    synchronized (waiting) {
                        waiting.add(Thread.currentThread());
                    }
                    return read.get();
                }));
            }
            while (!allWait(waiting, 8)) {
                Thread.onSpinWait();
            }
            firstMayEnd.countDown();
        }
        assertEquals(1, first.get());
        for (Future<Integer> other : others) {
            assertEquals(2, other.get());
        }
    }

    private static boolean allWait(List<Thread> threads, int count) {
        synchronized (threads) {
            return threads.size() == count
                    && threads.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING);
        }
    }

    @Test
    void failuresReachTheCallerAndTheNextCallReadsAgain() {
        AtomicInteger reads = new AtomicInteger();
        SharedRead<Integer> read = new SharedRead<>(
                () -> {
                    if (reads.incrementAndGet() == 1) {
                        throw new IllegalStateException("away");
                    }
                    return 7;
                },
                Duration.ofDays(1),
                () -> 0);
        assertThrows(IllegalStateException.class, read::get);
        assertEquals(7, read.get());
    }

    /** An earlier result is used again until it is too old or this process has changed something. */
    @Test
    void earlierResultsAreUsedUntilAChange() {
        AtomicInteger reads = new AtomicInteger();
        AtomicLong changes = new AtomicLong();
        SharedRead<Integer> read = new SharedRead<>(reads::incrementAndGet, Duration.ofDays(1), changes::get);
        assertEquals(List.of(1, 1), List.of(read.get(), read.get()));
        changes.incrementAndGet();
        assertEquals(List.of(2, 2), List.of(read.get(), read.get()));
        SharedRead<Integer> always = new SharedRead<>(reads::incrementAndGet, Duration.ZERO, changes::get);
        assertEquals(List.of(3, 4), List.of(always.get(), always.get()));
    }

    /** From half of the age on, one caller reads again; the others do not wait for it before the result is too old. */
    @Test
    void oneCallerReadsAgainBeforeTheResultIsTooOld() throws Exception {
        AtomicLong time = new AtomicLong();
        AtomicInteger reads = new AtomicInteger();
        CountDownLatch secondBegun = new CountDownLatch(1);
        CountDownLatch secondMayEnd = new CountDownLatch(1);
        SharedRead<Integer> read = new SharedRead<>(
                () -> {
                    int number = reads.incrementAndGet();
                    if (number == 2) {
                        secondBegun.countDown();
                        awaitUninterruptibly(secondMayEnd);
                    }
                    return number;
                },
                Duration.ofNanos(100),
                () -> 0,
                time::get);
        assertEquals(1, read.get());
        time.set(50);
        assertEquals(1, read.get());
        time.set(51);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> second = threads.submit(read::get);
            secondBegun.await();
            assertEquals(1, read.get());
            time.set(100);
            Future<Integer> third = threads.submit(read::get);
            secondMayEnd.countDown();
            assertEquals(2, second.get());
            assertTrue(third.get() >= 2, "the first result is too old");
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
