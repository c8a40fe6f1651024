package dev.kiroku.serving.worker;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.serving.input.Table;
import dev.kiroku.serving.protocol.Answer;
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
    private static final Duration WATCH = Duration.ofMillis(200);
    private static final int MAX_RESTART_PAUSE_MILLIS = 30_000;

    private final WorkerSettings settings;
    private final Path model;
    private final WorkerObserver observer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Condition drained = lock.newCondition();
    private final Deque<Pending> queue = new ArrayDeque<>();
    private final List<Worker> workers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private int inFlight;
    private boolean closing;
    private boolean closed;
    private volatile boolean merge;
    private volatile Worker.About about;

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
        List<CompletableFuture<Worker>> starting = new ArrayList<>();
        for (int i = 0; i < settings.workers(); i++) {
            CompletableFuture<Worker> worker = new CompletableFuture<>();
            starting.add(worker);
            Thread.ofPlatform().daemon().name("worker-start").start(() -> {
                try {
                    worker.complete(Worker.start(settings, model));
                } catch (IOException | RuntimeException e) {
                    worker.completeExceptionally(e);
                }
            });
        }
        IOException failure = null;
        List<Worker> started = new ArrayList<>();
        for (CompletableFuture<Worker> worker : starting) {
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
            started.forEach(Worker::close);
            throw failure;
        }
        pool.begin(started);
        return pool;
    }

    private void begin(List<Worker> started) {
        about = started.getFirst().about();
        merge = about.merge();
        workers.addAll(started);
        for (int i = 0; i < started.size(); i++) {
            int slot = i;
            threads.add(Thread.ofPlatform().daemon().name("worker-" + i).start(() -> serve(slot)));
        }
        threads.add(Thread.ofPlatform().daemon().name("worker-watch").start(this::watch));
    }

    /** The version of MLflow that the workers have. */
    public String mlflowVersion() {
        return about.mlflow();
    }

    /** Whether requests are merged. */
    public boolean merges() {
        return merge;
    }

    public String mergeReason() {
        return about.reason();
    }

    /** Whether the workers take tables, or only bodies as they came. */
    public boolean takesTables() {
        return about.tables();
    }

    /** What an engine needs to answer for the model, as JSON; {@code null} in it when there is none. Only before requests are sent. */
    public String engine() throws IOException {
        CompletableFuture<String> text = new CompletableFuture<>();
        lock.lock();
        try {
            text.complete(workers.getFirst()
                    .engine(System.nanoTime() + settings.startTimeout().toNanos()));
        } finally {
            lock.unlock();
        }
        return text.join();
    }

    /** Requests that wait. */
    public int waiting() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    /** Workers that can take requests. */
    public int alive() {
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
    public List<Long> memory() {
        lock.lock();
        try {
            return workers.stream()
                    .filter(worker -> worker != null && worker.isAlive())
                    .map(Worker::memory)
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
                    .map(Worker::pid)
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
    public Answer answer(String contentType, byte[] body, Table table) {
        Pending pending = new Pending(
                contentType,
                body,
                about.tables() ? table : null,
                System.nanoTime() + settings.timeout().toNanos());
        lock.lock();
        try {
            if (closing) {
                return null;
            }
            if (queue.size() >= settings.maxQueue()) {
                return Answer.error(
                        ErrorCode.TEMPORARILY_UNAVAILABLE,
                        "The server is saturated: " + queue.size() + " requests wait already. Try again soon.");
            }
            queue.addLast(pending);
            arrived.signal();
        } finally {
            lock.unlock();
        }
        try {
            return pending.answer.get(settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            forget(pending);
            return tooLate();
        } catch (ExecutionException e) {
            LOG.error("a request was not answered", e.getCause());
            return Answer.error(ErrorCode.INTERNAL_ERROR, "The request could not be answered.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.error(ErrorCode.TEMPORARILY_UNAVAILABLE, "The server is stopping.");
        }
    }

    /** As MLflow words it, and with the type it gives. */
    private static Answer tooLate() {
        return new Answer(
                504,
                Answer.JSON,
                "Request processing time exceeded limit".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    private void forget(Pending pending) {
        lock.lock();
        try {
            queue.remove(pending);
        } finally {
            lock.unlock();
        }
    }

    /** One worker's life, and those of its successors. */
    private void serve(int slot) {
        while (true) {
            List<Pending> batch = take(slot);
            if (batch == null) {
                return;
            }
            if (batch.isEmpty()) {
                LOG.warn("a worker ended while it had nothing to do");
                if (!replace(slot)) {
                    return;
                }
                continue;
            }
            try {
                answer(worker(slot), batch);
            } catch (IOException e) {
                broke(batch, e.getMessage());
                if (!replace(slot)) {
                    return;
                }
            } catch (RuntimeException e) {
                LOG.error("a batch was not answered", e);
                batch.forEach(pending -> pending.answer.complete(
                        Answer.error(ErrorCode.INTERNAL_ERROR, "The request could not be answered.")));
            } finally {
                done();
            }
        }
    }

    private Worker worker(int slot) {
        lock.lock();
        try {
            return workers.get(slot);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for requests; null when the pool is closed, none when the worker has died meanwhile. */
    private List<Pending> take(int slot) {
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
                arrived.awaitNanos(WATCH.toNanos());
            }
            List<Pending> batch = new ArrayList<>();
            Pending first = queue.removeFirst();
            batch.add(first);
            if (merge) {
                join(batch, first);
            }
            inFlight++;
            return batch;
        } catch (InterruptedException e) {
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void join(List<Pending> batch, Pending first) {
        int rows = first.rows();
        for (Iterator<Pending> others = queue.iterator(); others.hasNext() && rows < settings.maxBatchRows(); ) {
            Pending other = others.next();
            if (first.canJoin(other) && rows + other.rows() <= settings.maxBatchRows()) {
                others.remove();
                batch.add(other);
                rows += other.rows();
            }
        }
    }

    private void done() {
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

    private void answer(Worker worker, List<Pending> batch) throws IOException {
        Pending first = batch.getFirst();
        long until = batch.stream().mapToLong(pending -> pending.deadline).max().orElseThrow();
        if (first.table != null && !first.alone) {
            WorkerReply reply =
                    worker.tables(batch.stream().map(pending -> pending.table).toList(), until);
            if (reply instanceof WorkerReply.Answers answers
                    && answers.answers().size() == batch.size()) {
                observer.batch(
                        batch.size(), batch.stream().mapToInt(Pending::rows).sum(), answers.seconds());
                for (int i = 0; i < batch.size(); i++) {
                    batch.get(i).answer.complete(answers.answers().get(i));
                }
                return;
            }
            if (!(reply instanceof WorkerReply.Replay replay)) {
                worker.kill("the worker did not answer what it was asked");
                throw new IOException(worker.killedBecause());
            }
            LOG.debug("answered one by one: {}", replay.reason());
        }
        // What a body means and what is wrong with it, MLflow's own reading says best.
        for (Pending pending : batch) {
            if (pending.answer.isDone()) {
                continue;
            }
            pending.alone = true;
            if (!(worker.raw(pending.contentType, pending.body, pending.deadline)
                            instanceof WorkerReply.Answers answers)
                    || answers.answers().size() != 1) {
                worker.kill("the worker did not answer what it was asked");
                throw new IOException(worker.killedBecause());
            }
            observer.batch(1, pending.rows(), answers.seconds());
            pending.answer.complete(answers.answers().getFirst());
        }
    }

    /** The worker is gone. Whoever was alone with it is answered; who shared a batch is tried again alone. */
    private void broke(List<Pending> batch, String because) {
        List<Pending> left =
                batch.stream().filter(pending -> !pending.answer.isDone()).toList();
        LOG.warn("a worker broke off at {} request(s): {}", left.size(), because);
        boolean culprit = left.size() == 1 || left.getFirst().alone;
        lock.lock();
        try {
            for (Pending pending : left.reversed()) {
                if (culprit && pending == left.getFirst()) {
                    continue;
                }
                pending.alone = true;
                queue.addFirst(pending);
            }
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
        if (culprit) {
            Pending pending = left.getFirst();
            boolean late = System.nanoTime() - pending.deadline >= 0;
            pending.answer.complete(
                    late
                            ? tooLate()
                            : Answer.error(
                                    ErrorCode.INTERNAL_ERROR,
                                    "The model's process broke off while it answered this request: " + because
                                            + ". It is being replaced."));
        }
    }

    /** @return false when the pool was closed meanwhile */
    private boolean replace(int slot) {
        observer.restart();
        for (int pause = 100; ; pause = Math.min(pause * 2, MAX_RESTART_PAUSE_MILLIS)) {
            Worker old = worker(slot);
            if (old != null) {
                old.kill("replaced");
                old.close();
            }
            try {
                Worker fresh = Worker.start(settings, model);
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
    private void watch() {
        try {
            while (true) {
                Thread.sleep(WATCH);
                List<Worker> now;
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
                for (Worker worker : now) {
                    if (worker.isOverdue(time)) {
                        worker.kill("predict took longer than the limit of "
                                + settings.timeout().toSeconds() + " s");
                    } else if (settings.memoryLimit() > 0 && worker.memory() > settings.memoryLimit()) {
                        worker.kill("it held more memory than the limit of " + (settings.memoryLimit() >> 20) + " MiB");
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
            closing = true;
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
        List<Worker> all;
        lock.lock();
        try {
            closing = true;
            closed = true;
            arrived.signalAll();
            queue.forEach(pending -> pending.answer.complete(
                    Answer.error(ErrorCode.TEMPORARILY_UNAVAILABLE, "The server is stopping.")));
            queue.clear();
            all = List.copyOf(workers);
        } finally {
            lock.unlock();
        }
        all.forEach(Worker::close);
        threads.forEach(Thread::interrupt);
    }
}
