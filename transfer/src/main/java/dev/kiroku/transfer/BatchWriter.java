package dev.kiroku.transfer;

import dev.kiroku.core.transfer.TransferBatch;
import dev.kiroku.core.transfer.TransferResult;
import dev.kiroku.core.transfer.TransferStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Writes batches one after the other while the next ones are read. At most a few batches wait, which bounds the memory. To be used by one
 * thread.
 */
final class BatchWriter implements AutoCloseable {
    private static final int MAX_WAITING = 2;

    private final TransferStore store;
    private final ExecutorService executor = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("import-writer").factory());
    private final Semaphore free = new Semaphore(MAX_WAITING);
    private Future<?> last = CompletableFuture.completedFuture(null);
    // Written by the thread of the executor only; read after its end.
    private volatile TransferResult result = TransferResult.NONE;
    private volatile @Nullable RuntimeException failure;

    BatchWriter(TransferStore store) {
        this.store = store;
    }

    /**
     * Queues a batch.
     *
     * @throws RuntimeException if a batch before it failed
     */
    void write(TransferBatch batch) {
        free.acquireUninterruptibly();
        requireNoFailure();
        last = executor.submit(() -> {
            try {
                if (failure == null) {
                    result = result.plus(store.apply(batch));
                }
            } catch (RuntimeException e) {
                failure = e;
            } finally {
                free.release();
            }
        });
    }

    /** Waits until everything is written; returns the sum of the results. */
    TransferResult finish() {
        try {
            last.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        requireNoFailure();
        return result;
    }

    private void requireNoFailure() {
        RuntimeException before = failure;
        if (before != null) {
            throw before;
        }
    }

    @Override
    public void close() {
        executor.close();
    }
}
