package dev.kiroku.serving.deploy;

import dev.kiroku.serving.engine.EngineFactory;
import dev.kiroku.serving.engine.InProcessEngine;
import dev.kiroku.serving.input.InputTable;
import dev.kiroku.serving.protocol.ScoringResponse;
import dev.kiroku.serving.worker.WorkerObserver;
import dev.kiroku.serving.worker.WorkerPool;
import dev.kiroku.serving.worker.WorkerSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One version of a model, loaded: workers for all requests, and where there is one an engine in this process for the plain ones. */
public final class LoadedModel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LoadedModel.class);

    private final String version;
    private final WorkerPool workers;
    private final InProcessEngine engine;
    private final WorkerObserver observer;

    private LoadedModel(String version, WorkerPool workers, InProcessEngine engine, WorkerObserver observer) {
        this.version = version;
        this.workers = workers;
        this.engine = engine;
        this.observer = observer;
    }

    /**
     * Loads the model and returns when it can answer.
     *
     * @param version how it is called in the header of answers, as {@code iris-classifier/3}
     * @param folder with its files
     * @param engines whether engines in this process may answer
     * @throws IOException when it cannot be loaded
     */
    public static LoadedModel load(
            String version, Path folder, WorkerSettings settings, boolean engines, WorkerObserver observer)
            throws IOException {
        WorkerPool workers = WorkerPool.start(settings, folder, observer);
        InProcessEngine engine = null;
        try {
            if (engines && workers.acceptsTables()) {
                // Whether rows may go together, an engine finds out for itself: it gives rows back even where predict
                // in Python does not.
                int rows = settings.batching().equals("off") ? 0 : settings.maxBatchRows();
                engine = EngineVerifier.verify(EngineFactory.create(workers.exportEngine(), folder, rows), workers)
                        .orElse(null);
            }
        } catch (IOException | RuntimeException e) {
            workers.close();
            throw e;
        }
        LOG.info(
                "{} is loaded: MLflow {}, {} worker(s), {}, {}",
                version,
                workers.mlflowVersion(),
                settings.workers(),
                engine == null
                        ? "answered by Python"
                        : "plain requests are answered in this process (" + engine.name() + ")",
                (workers.mergesRequests() ? "waiting requests are merged: " : "requests are not merged: ")
                        + workers.mergeReason());
        return new LoadedModel(version, workers, engine, observer);
    }

    public String version() {
        return version;
    }

    public String mlflowVersion() {
        return workers.mlflowVersion();
    }

    public WorkerPool workers() {
        return workers;
    }

    /** Whether a request would find somebody to answer it. */
    public boolean isReady() {
        return workers.aliveWorkers() > 0;
    }

    /** @return null when this version is being taken out of service and its successor has to be asked */
    public ScoringResponse predict(String contentType, byte[] body, InputTable table) {
        if (engine != null && table != null) {
            long began = System.nanoTime();
            Optional<byte[]> json = engine.predict(table);
            if (json.isPresent()) {
                observer.onBatch(1, table.rows(), (System.nanoTime() - began) / 1e9);
                return new ScoringResponse(200, ScoringResponse.JSON, json.get());
            }
        }
        return workers.predict(contentType, body, table);
    }

    /** Answers who waits, then ends. */
    public void drain(Duration limit) {
        workers.drain(limit);
        close();
    }

    @Override
    public void close() {
        workers.close();
        if (engine != null) {
            engine.close();
        }
    }
}
