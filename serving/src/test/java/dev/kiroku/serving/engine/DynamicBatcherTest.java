package dev.kiroku.serving.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DynamicBatcherTest {
    private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();

    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch entered = new CountDownLatch(1);
    private final ConcurrentLinkedQueue<List<Integer>> runs = new ConcurrentLinkedQueue<>();

    /** Blocks until the gate is opened. */
    private List<Integer> doubleAll(List<Integer> items) {
        runs.add(items);
        entered.countDown();
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (items.contains(13)) {
            throw new IllegalArgumentException("13");
        }
        return items.stream().map(item -> item * 2).toList();
    }

    private static CompletableFuture<Integer> call(DynamicBatcher<Integer, Integer> merger, int item) {
        return CompletableFuture.supplyAsync(() -> merger.call(item, 1).orElseThrow(), THREADS);
    }

    @Test
    void waitingCallsAreMergedAndEachGetsItsOwnResult() throws InterruptedException {
        DynamicBatcher<Integer, Integer> merger = new DynamicBatcher<>(this::doubleAll, 1, 8);
        CompletableFuture<Integer> first = call(merger, 1);
        entered.await();
        List<CompletableFuture<Integer>> others =
                IntStream.range(100, 120).mapToObj(i -> call(merger, i)).toList();
        await(merger, 20);
        gate.countDown();
        assertEquals(2, first.join());
        for (int i = 0; i < 20; i++) {
            assertEquals(2 * (100 + i), others.get(i).join());
        }
        assertEquals(List.of(1, 8, 8, 4), runs.stream().map(List::size).toList());
    }

    @Test
    void eachCallRunsAloneWhenMergingIsOff() throws InterruptedException {
        DynamicBatcher<Integer, Integer> merger = new DynamicBatcher<>(this::doubleAll, 1, 0);
        CompletableFuture<Integer> first = call(merger, 1);
        entered.await();
        List<CompletableFuture<Integer>> others =
                IntStream.range(100, 105).mapToObj(i -> call(merger, i)).toList();
        await(merger, 5);
        gate.countDown();
        first.join();
        others.forEach(CompletableFuture::join);
        assertEquals(6, runs.size());
    }

    @Test
    void failedBatchFailsAllItsCallsAndTheNextBatchRuns() throws InterruptedException {
        DynamicBatcher<Integer, Integer> merger = new DynamicBatcher<>(this::doubleAll, 1, 2);
        CompletableFuture<Integer> first = call(merger, 1);
        entered.await();
        CompletableFuture<Integer> bad = call(merger, 13);
        await(merger, 1);
        CompletableFuture<Integer> beside = call(merger, 14);
        await(merger, 2);
        CompletableFuture<Integer> after = call(merger, 15);
        await(merger, 3);
        gate.countDown();
        assertEquals(2, first.join());
        assertThrows(CompletionException.class, bad::join);
        assertThrows(CompletionException.class, beside::join);
        assertEquals(30, after.join());
    }

    @Test
    void closeWaitsForActiveCallsAndRejectsNewOnes() throws InterruptedException {
        DynamicBatcher<Integer, Integer> merger = new DynamicBatcher<>(this::doubleAll, 1, 8);
        CompletableFuture<Integer> first = call(merger, 1);
        entered.await();
        CompletableFuture<Integer> waiting = call(merger, 2);
        await(merger, 1);
        CompletableFuture<Void> closing = CompletableFuture.runAsync(merger::close, THREADS);
        gate.countDown();
        closing.join();
        assertTrue(first.isDone() || first.join() == 2);
        assertEquals(4, waiting.join());
        assertTrue(merger.call(3, 1).isEmpty());
    }

    private static void await(DynamicBatcher<?, ?> merger, int waiting) throws InterruptedException {
        while (merger.queueSize() < waiting) {
            Thread.sleep(1);
        }
    }
}
