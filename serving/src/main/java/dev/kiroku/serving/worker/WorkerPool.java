package dev.kiroku.serving.worker;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.serving.input.InputTable;
import dev.kiroku.serving.protocol.ScoringResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers of one loaded model and the requests that wait for them. A worker that is free takes the request that has waited longest
 * and, where the model allows, all that wait and are alike: they share one call of predict. Nobody waits for others to come.
 *
 * <p>A worker that dies, hangs or grows too large is replaced. The request that it was at is answered with an error; requests that shared
 * its batch are tried again one by one, so that only the one that is to blame fails.
 */
public final class WorkerPool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);
    private static final Duration MONITOR_INTERVAL = Duration.ofMillis(200);
    private static final int MAX_RESTART_DELAY_MILLIS = 30_000;

    private final WorkerSettings settings;
    private final Path model;
    private final WorkerObserver observer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition requestArrived = lock.newCondition();
    private final Condition drained = lock.newCondition();
    private final Deque<PendingRequest> queue = new ArrayDeque<>();
    private final List<WorkerProcess> workers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private int inFlight;
    private boolean draining;
    private boolean closed;
    private volatile boolean mergeRequests;
    private volatile WorkerProcess.Capabilities capabilities;

    private WorkerPool(WorkerSettings settings, Path model, WorkerObserver observer) {
        this.settings = settings;
        this.model = model;
        this.observer = observer;
    }

    /**
     * Starts all workers at once and returns when each has loaded the model.
     *
     * @throws IOException when a worker cannot load it
     */
    public static WorkerPool start(WorkerSettings settings, Path model, WorkerObserver observer) throws IOException {
        WorkerPool pool = new WorkerPool(settings, model, observer);
        List<CompletableFuture<WorkerProcess>> starting = new ArrayList<>();
        for (int i = 0; i < settings.workers(); i++) {
            CompletableFuture<WorkerProcess> worker = new CompletableFuture<>();
            starting.add(worker);
            Thread.ofPlatform().daemon().name("worker-start").start(() -> {
                try {
                    worker.complete(WorkerProcess.start(settings, model));
                } catch (IOException | RuntimeException e) {
                    worker.completeExceptionally(e);
                }
            });
        }
        IOException failure = null;
        List<WorkerProcess> started = new ArrayList<>();
        for (CompletableFuture<WorkerProcess> worker : starting) {
            try {
                started.add(worker.get());
            } catch (ExecutionException e) {
                failure = new IOException(e.getCause().getMessage(), e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                failure = new IOException("interrupted", e);
            }
        }
        if (failure != null) {
            started.forEach(WorkerProcess::close);
            throw failure;
        }
        pool.startThreads(started);
        return pool;
    }

    private void startThreads(List<WorkerProcess> started) {
        capabilities = started.getFirst().capabilities();
        mergeRequests = capabilities.mergeable();
        workers.addAll(started);
        for (int i = 0; i < started.size(); i++) {
            int slot = i;
            threads.add(Thread.ofPlatform().daemon().name("worker-" + i).start(() -> runWorker(slot)));
        }
        threads.add(Thread.ofPlatform().daemon().name("worker-watch").start(this::monitorWorkers));
    }

    /** The version of MLflow that the workers have. */
    public String mlflowVersion() {
        return capabilities.mlflowVersion();
    }

    /** Whether requests are merged. */
    public boolean mergesRequests() {
        return mergeRequests;
    }

    public String mergeReason() {
        return capabilities.mergeReason();
    }

    /** Whether the workers take tables, or only bodies as they came. */
    public boolean acceptsTables() {
        return capabilities.acceptsTables();
    }

    /** What an engine needs to answer for the model, as JSON; {@code null} in it when there is none. Only before requests are sent. */
    public String exportEngine() throws IOException {
        CompletableFuture<String> text = new CompletableFuture<>();
        lock.lock();
        try {
            text.complete(workers.getFirst()
                    .exportEngine(System.nanoTime() + settings.startTimeout().toNanos()));
        } finally {
            lock.unlock();
        }
        return text.join();
    }

    /** Requests that wait. */
    public int queueSize() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    /** Workers that can take requests. */
    public int aliveWorkers() {
        lock.lock();
        try {
            return (int) workers.stream()
                    .filter(worker -> worker != null && worker.isAlive())
                    .count();
        } finally {
            lock.unlock();
        }
    }

    /** Resident bytes of each worker that is up. */
    public List<Long> residentBytes() {
        lock.lock();
        try {
            return workers.stream()
                    .filter(worker -> worker != null && worker.isAlive())
                    .map(WorkerProcess::residentBytes)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** The processes, for who looks after them. */
    public List<Long> pids() {
        lock.lock();
        try {
            return workers.stream()
                    .filter(worker -> worker != null && worker.isAlive())
                    .map(WorkerProcess::pid)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Answers one request; waits for it.
     *
     * @param table null when Python has to read the body
     * @return null when the pool is closing and another one has to be asked
     */
    public ScoringResponse predict(String contentType, byte[] body, InputTable table) {
        PendingRequest pending = new PendingRequest(
                contentType,
                body,
                capabilities.acceptsTables() ? table : null,
                System.nanoTime() + settings.requestTimeout().toNanos());
        lock.lock();
        try {
            if (draining) {
                return null;
            }
            if (queue.size() >= settings.maxQueue()) {
                return ScoringResponse.error(
                        ErrorCode.TEMPORARILY_UNAVAILABLE,
                        "The server is saturated: " + queue.size() + " requests wait already. Try again soon.");
            }
            queue.addLast(pending);
            requestArrived.signal();
        } finally {
            lock.unlock();
        }
        try {
            return pending.response.get(settings.requestTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            removeFromQueue(pending);
            return timeoutResponse();
        } catch (ExecutionException e) {
            LOG.error("a request was not answered", e.getCause());
            return ScoringResponse.error(ErrorCode.INTERNAL_ERROR, "The request could not be answered.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ScoringResponse.error(ErrorCode.TEMPORARILY_UNAVAILABLE, "The server is stopping.");
        }
    }

    /** As MLflow words it, and with the type it gives. */
    private static ScoringResponse timeoutResponse() {
        return new ScoringResponse(
                504,
                ScoringResponse.JSON,
                "Request processing time exceeded limit".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    private void removeFromQueue(PendingRequest pending) {
        lock.lock();
        try {
            queue.remove(pending);
        } finally {
            lock.unlock();
        }
    }

    /** One worker's life, and those of its successors. */
    private void runWorker(int slot) {
        while (true) {
            List<PendingRequest> batch = takeBatch(slot);
            if (batch == null) {
                return;
            }
            if (batch.isEmpty()) {
                LOG.warn("a worker ended while it had nothing to do");
                if (!replaceWorker(slot)) {
                    return;
                }
                continue;
            }
            try {
                predict(getWorker(slot), batch);
            } catch (IOException e) {
                handleFailure(batch, e.getMessage());
                if (!replaceWorker(slot)) {
                    return;
                }
            } catch (RuntimeException e) {
                LOG.error("a batch was not answered", e);
                batch.forEach(pending -> pending.response.complete(
                        ScoringResponse.error(ErrorCode.INTERNAL_ERROR, "The request could not be answered.")));
            } finally {
                finishBatch();
            }
        }
    }

    private WorkerProcess getWorker(int slot) {
        lock.lock();
        try {
            return workers.get(slot);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for requests; null when the pool is closed, none when the worker has died meanwhile. */
    private List<PendingRequest> takeBatch(int slot) {
        lock.lock();
        try {
            while (true) {
                if (closed) {
                    return null;
                }
                if (!workers.get(slot).isAlive()) {
                    return List.of();
                }
                if (!queue.isEmpty()) {
                    break;
                }
                requestArrived.awaitNanos(MONITOR_INTERVAL.toNanos());
            }
            List<PendingRequest> batch = new ArrayList<>();
            PendingRequest first = queue.removeFirst();
            batch.add(first);
            if (mergeRequests) {
                addMergeable(batch, first);
            }
            inFlight++;
            return batch;
        } catch (InterruptedException e) {
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void addMergeable(List<PendingRequest> batch, PendingRequest first) {
        int rows = first.rows();
        for (Iterator<PendingRequest> others = queue.iterator(); others.hasNext() && rows < settings.maxBatchRows(); ) {
            PendingRequest other = others.next();
            if (first.canMergeWith(other) && rows + other.rows() <= settings.maxBatchRows()) {
                others.remove();
                batch.add(other);
                rows += other.rows();
            }
        }
    }

    private void finishBatch() {
        lock.lock();
        try {
            inFlight--;
            if (inFlight == 0 && queue.isEmpty()) {
                drained.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void predict(WorkerProcess worker, List<PendingRequest> batch) throws IOException {
        PendingRequest first = batch.getFirst();
        long until = batch.stream().mapToLong(pending -> pending.deadline).max().orElseThrow();
        if (first.table != null && !first.retriedAlone) {
            WorkerReply reply = worker.predictTables(
                    batch.stream().map(pending -> pending.table).toList(), until);
            if (reply instanceof WorkerReply.Responses answers
                    && answers.responses().size() == batch.size()) {
                observer.onBatch(
                        batch.size(),
                        batch.stream().mapToInt(PendingRequest::rows).sum(),
                        answers.seconds());
                for (int i = 0; i < batch.size(); i++) {
                    batch.get(i).response.complete(answers.responses().get(i));
                }
                return;
            }
            if (!(reply instanceof WorkerReply.RetryIndividually replay)) {
                worker.kill("the worker did not answer what it was asked");
                throw new IOException(worker.killReason());
            }
            LOG.debug("answered one by one: {}", replay.reason());
        }
        // What a body means and what is wrong with it, MLflow's own reading says best.
        for (PendingRequest pending : batch) {
            if (pending.response.isDone()) {
                continue;
            }
            pending.retriedAlone = true;
            if (!(worker.predictRaw(pending.contentType, pending.body, pending.deadline)
                            instanceof WorkerReply.Responses answers)
                    || answers.responses().size() != 1) {
                worker.kill("the worker did not answer what it was asked");
                throw new IOException(worker.killReason());
            }
            observer.onBatch(1, pending.rows(), answers.seconds());
            pending.response.complete(answers.responses().getFirst());
        }
    }

    /** The worker is gone. Whoever was alone with it is answered; who shared a batch is tried again alone. */
    private void handleFailure(List<PendingRequest> batch, String because) {
        List<PendingRequest> left =
                batch.stream().filter(pending -> !pending.response.isDone()).toList();
        LOG.warn("a worker broke off at {} request(s): {}", left.size(), because);
        boolean culprit = left.size() == 1 || left.getFirst().retriedAlone;
        lock.lock();
        try {
            for (PendingRequest pending : left.reversed()) {
                if (culprit && pending == left.getFirst()) {
                    continue;
                }
                pending.retriedAlone = true;
                queue.addFirst(pending);
            }
            requestArrived.signalAll();
        } finally {
            lock.unlock();
        }
        if (culprit) {
            PendingRequest pending = left.getFirst();
            boolean late = System.nanoTime() - pending.deadline >= 0;
            pending.response.complete(
                    late
                            ? timeoutResponse()
                            : ScoringResponse.error(
                                    ErrorCode.INTERNAL_ERROR,
                                    "The model's process broke off while it answered this request: " + because
                                            + ". It is being replaced."));
        }
    }

    /** @return false when the pool was closed meanwhile */
    private boolean replaceWorker(int slot) {
        observer.onRestart();
        for (int pause = 100; ; pause = Math.min(pause * 2, MAX_RESTART_DELAY_MILLIS)) {
            WorkerProcess old = getWorker(slot);
            if (old != null) {
                old.kill("replaced");
                old.close();
            }
            try {
                WorkerProcess fresh = WorkerProcess.start(settings, model);
                lock.lock();
                try {
                    workers.set(slot, fresh);
                    if (closed) {
                        fresh.close();
                        return false;
                    }
                } finally {
                    lock.unlock();
                }
                LOG.info("a worker was replaced (process {})", fresh.pid());
                return true;
            } catch (IOException e) {
                LOG.error("a worker could not be replaced, next try in {} ms: {}", pause, e.getMessage());
                try {
                    Thread.sleep(pause);
                } catch (InterruptedException interrupted) {
                    return false;
                }
            }
        }
    }

    /** Ends what takes too long or too much. */
    private void monitorWorkers() {
        try {
            while (true) {
                Thread.sleep(MONITOR_INTERVAL);
                List<WorkerProcess> now;
                lock.lock();
                try {
                    if (closed) {
                        return;
                    }
                    now = List.copyOf(workers);
                } finally {
                    lock.unlock();
                }
                long time = System.nanoTime();
                for (WorkerProcess worker : now) {
                    if (worker.isOverdue(time)) {
                        worker.kill("predict took longer than the limit of "
                                + settings.requestTimeout().toSeconds() + " s");
                    } else if (settings.memoryLimitBytes() > 0
                            && worker.residentBytes() > settings.memoryLimitBytes()) {
                        worker.kill("it held more memory than the limit of " + (settings.memoryLimitBytes() >> 20)
                                + " MiB");
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes no more requests, answers those that wait, and ends the workers. */
    public void drain(Duration limit) {
        lock.lock();
        try {
            draining = true;
            long left = limit.toNanos();
            while ((inFlight > 0 || !queue.isEmpty()) && left > 0) {
                left = drained.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        close();
    }

    @Override
    public void close() {
        List<WorkerProcess> all;
        lock.lock();
        try {
            draining = true;
            closed = true;
            requestArrived.signalAll();
            queue.forEach(pending -> pending.response.complete(
                    ScoringResponse.error(ErrorCode.TEMPORARILY_UNAVAILABLE, "The server is stopping.")));
            queue.clear();
            all = List.copyOf(workers);
        } finally {
            lock.unlock();
        }
        all.forEach(WorkerProcess::close);
        threads.forEach(Thread::interrupt);
    }
}
