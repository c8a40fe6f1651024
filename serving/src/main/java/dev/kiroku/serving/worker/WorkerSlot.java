package dev.kiroku.serving.worker;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.serving.input.InputTable;
import dev.kiroku.serving.protocol.ScoringResponse;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of a pool's threads, with the worker that it sends batches to. A worker that fails is replaced. The request that made it fail gets an
 * error; requests that were merged with it are queued again, each to be sent alone, so that only the one that causes the failure fails.
 */
final class WorkerSlot implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerSlot.class);
    private static final int MIN_RESTART_DELAY_MILLIS = 100;
    private static final int MAX_RESTART_DELAY_MILLIS = 30_000;

    private final RequestQueue queue;
    private final WorkerLauncher launcher;
    private final WorkerObserver observer;
    private final Thread thread;
    private volatile WorkerProcess worker;
    private volatile boolean closed;

    WorkerSlot(
            String name, WorkerProcess worker, RequestQueue queue, WorkerLauncher launcher, WorkerObserver observer) {
        this.worker = worker;
        this.queue = queue;
        this.launcher = launcher;
        this.observer = observer;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Returns the current worker, which may have ended. */
    WorkerProcess worker() {
        return worker;
    }

    private void run() {
        try {
            while (!closed) {
                List<PendingRequest> batch = queue.takeBatch(() -> !closed && worker.isAlive());
                if (!batch.isEmpty()) {
                    process(batch);
                } else if (!closed && !worker.isAlive()) {
                    LOG.warn("a worker process ended while it was idle");
                    replaceWorker();
                } else {
                    return; // the queue is closed
                }
            }
        } catch (InterruptedException e) {
            // The slot is closed.
        }
    }

    private void process(List<PendingRequest> batch) throws InterruptedException {
        boolean failed = false;
        try {
            predict(batch);
        } catch (IOException e) {
            if (closed) { // which has closed the connection
                batch.forEach(request -> request.complete(RequestQueue.interrupted()));
            } else {
                failed = true;
                handleFailure(batch, String.valueOf(e.getMessage()));
            }
        } catch (RuntimeException e) {
            LOG.error("a batch was not processed", e);
            batch.forEach(request -> request.complete(
                    ScoringResponse.error(ErrorCode.INTERNAL_ERROR, "The request could not be answered.")));
        } finally {
            queue.batchCompleted();
        }
        if (failed) {
            replaceWorker();
        }
    }

    private void predict(List<PendingRequest> batch) throws IOException {
        PendingRequest first = batch.getFirst();
        boolean predicted = first.table() != null && !first.isRetryAlone() && predictTogether(batch);
        if (!predicted) {
            for (PendingRequest request : batch) {
                if (!request.isDone()) {
                    predictAlone(request);
                }
            }
        }
    }

    /** Sends the tables of a batch. Returns false if the worker asks for the requests one by one. */
    private boolean predictTogether(List<PendingRequest> batch) throws IOException {
        List<InputTable> tables = batch.stream()
                .map(request -> Objects.requireNonNull(request.table()))
                .toList();
        long deadline = batch.stream().mapToLong(PendingRequest::deadline).max().orElseThrow();
        switch (worker.predictTables(tables, deadline)) {
            case WorkerReply.Responses reply
            when reply.responses().size() == batch.size() -> {
                observer.onBatch(
                        batch.size(),
                        batch.stream().mapToInt(PendingRequest::rows).sum(),
                        reply.seconds());
                for (int i = 0; i < batch.size(); i++) {
                    batch.get(i).complete(reply.responses().get(i));
                }
                return true;
            }
            case WorkerReply.RetryIndividually retry -> {
                LOG.debug("the requests of a batch are sent one by one: {}", retry.reason());
                return false;
            }
            default -> throw worker.kill("the worker sent an unexpected reply");
        }
    }

    /** Sends the body as the client sent it: MLflow's own parser defines what it means and words the errors. */
    private void predictAlone(PendingRequest request) throws IOException {
        request.retryAlone();
        if (!(worker.predictRaw(request.contentType(), request.body(), request.deadline())
                        instanceof WorkerReply.Responses reply)
                || reply.responses().size() != 1) {
            throw worker.kill("the worker sent an unexpected reply");
        }
        observer.onBatch(1, request.rows(), reply.seconds());
        request.complete(reply.responses().getFirst());
    }

    private void handleFailure(List<PendingRequest> batch, String reason) {
        List<PendingRequest> open =
                batch.stream().filter(request -> !request.isDone()).toList();
        LOG.warn("a worker failed with {} unanswered request(s): {}", open.size(), reason);
        if (open.isEmpty()) {
            return;
        }
        PendingRequest first = open.getFirst();
        boolean firstCausedIt = open.size() == 1 || first.isRetryAlone();
        List<PendingRequest> retries = firstCausedIt ? open.subList(1, open.size()) : open;
        retries.forEach(PendingRequest::retryAlone);
        queue.requeue(retries);
        if (firstCausedIt) {
            boolean timedOut = System.nanoTime() - first.deadline() >= 0;
            first.complete(
                    timedOut
                            ? ScoringResponse.timeout()
                            : ScoringResponse.error(
                                    ErrorCode.INTERNAL_ERROR,
                                    "The model's process failed while it answered this request: " + reason
                                            + ". It is being replaced."));
        }
    }

    /** Starts a new worker, again and again with growing delays, until one has loaded the model or this slot is closed. */
    private void replaceWorker() throws InterruptedException {
        observer.onRestart();
        worker.kill("the worker is being replaced");
        worker.close();
        for (int delay = MIN_RESTART_DELAY_MILLIS; !closed; delay = Math.min(delay * 2, MAX_RESTART_DELAY_MILLIS)) {
            try {
                use(launcher.launch());
                return;
            } catch (IOException e) {
                LOG.error("a worker could not be started, next attempt in {} ms: {}", delay, e.getMessage());
                Thread.sleep(delay);
            }
        }
    }

    private synchronized void use(WorkerProcess replacement) {
        if (closed) {
            replacement.close();
            return;
        }
        worker = replacement;
        LOG.info("a worker was replaced (process {})", replacement.pid());
    }

    /** Stops the thread. The caller closes the worker. */
    @Override
    public synchronized void close() {
        closed = true;
        thread.interrupt();
    }
}
