package dev.kiroku.serving.worker;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.serving.input.InputTable;
import dev.kiroku.serving.protocol.ScoringResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers of one loaded model and the queue of its requests. An idle worker takes the request that has waited longest and, where the
 * model allows it, the waiting requests of the same layout: they share one call of predict. Merging therefore sets in only under load and
 * adds no latency. A worker that crashes, exceeds the time limit or exceeds the memory limit is replaced.
 *
 * <p>Thread-safe.
 */
public final class WorkerPool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);
    private static final String NO_ENGINE = "null";

    private final WorkerSettings settings;
    private final WorkerCapabilities capabilities;
    private final RequestQueue queue;
    private final List<WorkerSlot> slots;
    private final WorkerMonitor monitor;
    private final String engineExport;

    private WorkerPool(
            WorkerSettings settings,
            WorkerLauncher launcher,
            List<WorkerProcess> workers,
            String engineExport,
            WorkerObserver observer) {
        this.settings = settings;
        this.capabilities = workers.getFirst().capabilities();
        this.engineExport = engineExport;
        this.queue = new RequestQueue(settings.maxQueue(), capabilities.mergeable(), settings.maxBatchRows());
        List<WorkerSlot> all = new ArrayList<>();
        for (WorkerProcess worker : workers) {
            all.add(new WorkerSlot("worker-" + all.size(), worker, queue, launcher, observer));
        }
        this.slots = List.copyOf(all);
        this.monitor = new WorkerMonitor(settings, slots);
    }

    /**
     * Starts all workers in parallel and returns when each has loaded the model.
     *
     * @param model the directory with the model's files
     * @param exportEngine whether a worker is asked for {@link #engineExport}
     * @throws IOException when a worker cannot load the model; the message says why
     */
    public static WorkerPool start(WorkerSettings settings, Path model, boolean exportEngine, WorkerObserver observer)
            throws IOException {
        WorkerLauncher launcher = new WorkerLauncher(settings, model);
        List<WorkerProcess> workers = launcher.launchAll();
        String engine = NO_ENGINE;
        try {
            WorkerProcess first = workers.getFirst();
            if (exportEngine && first.capabilities().acceptsTables()) {
                engine = first.exportEngine(
                        System.nanoTime() + settings.startTimeout().toNanos());
            }
        } catch (IOException | RuntimeException e) {
            WorkerProcess.closeAll(workers);
            throw e;
        }
        WorkerPool pool = new WorkerPool(settings, launcher, workers, engine, observer);
        pool.slots.forEach(WorkerSlot::start);
        pool.monitor.start();
        return pool;
    }

    /** Returns the description of the model for an in-process engine, as JSON; the text {@code null} when there is none. */
    public String engineExport() {
        return engineExport;
    }

    /** Returns the version of MLflow in the workers' environment. */
    public String mlflowVersion() {
        return capabilities.mlflowVersion();
    }

    /** Returns whether waiting requests may share a call of predict. */
    public boolean mergesRequests() {
        return capabilities.mergeable();
    }

    /** Returns why requests are merged, or why not. */
    public String mergeReason() {
        return capabilities.mergeReason();
    }

    /** Returns whether the workers accept parsed tables; otherwise they parse each body themselves. */
    public boolean acceptsTables() {
        return capabilities.acceptsTables();
    }

    /** Returns the number of requests that wait for a worker. */
    public int queueSize() {
        return queue.size();
    }

    private Stream<WorkerProcess> aliveWorkers() {
        return slots.stream().map(WorkerSlot::worker).filter(WorkerProcess::isAlive);
    }

    /** Returns the number of running workers. */
    public int aliveWorkerCount() {
        return (int) aliveWorkers().count();
    }

    /** Returns the resident set size of the running workers together, in bytes. */
    public long residentBytes() {
        return aliveWorkers().mapToLong(WorkerProcess::residentBytes).sum();
    }

    /** Returns the process ids of the running workers. */
    public List<Long> pids() {
        return aliveWorkers().map(WorkerProcess::pid).toList();
    }

    /**
     * Queues a request and waits for its response.
     *
     * @param table the parsed body; null when Python has to parse it
     * @return empty when this pool is draining or closed
     */
    public Optional<ScoringResponse> predict(String contentType, byte[] body, @Nullable InputTable table) {
        PendingRequest request = new PendingRequest(
                contentType,
                body,
                capabilities.acceptsTables() ? table : null,
                System.nanoTime() + settings.requestTimeout().toNanos());
        return switch (queue.offer(request)) {
            case ACCEPTED -> Optional.of(await(request));
            case FULL ->
                Optional.of(
                        ScoringResponse.error(
                                ErrorCode.RESOURCE_EXHAUSTED,
                                "The server is saturated: " + settings.maxQueue()
                                        + " requests are waiting, which is the limit (--max-queue). Nothing was computed; try again in a moment."));
            case CLOSED -> Optional.empty();
        };
    }

    private ScoringResponse await(PendingRequest request) {
        try {
            return request.response().get(settings.requestTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            queue.remove(request);
            return ScoringResponse.timeout();
        } catch (ExecutionException e) {
            LOG.error("a request was not processed", e.getCause());
            return ScoringResponse.error(ErrorCode.INTERNAL_ERROR, "The request could not be answered.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return RequestQueue.interrupted();
        }
    }

    /** Rejects new requests, waits until the others are answered, up to a limit, and ends the workers. */
    public void drain(Duration limit) {
        queue.drain(limit);
        close();
    }

    /** Ends the workers. Requests that are not answered yet get an error. */
    @Override
    public void close() {
        queue.close();
        monitor.close();
        slots.forEach(WorkerSlot::close);
        WorkerProcess.closeAll(slots.stream().map(WorkerSlot::worker).toList());
    }
}
