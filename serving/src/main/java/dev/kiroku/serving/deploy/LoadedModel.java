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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A loaded version of a model: workers that answer all requests and, for some models, an engine that answers the usual ones. Thread-safe. */
public final class LoadedModel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LoadedModel.class);

    private final String version;
    private final WorkerPool workers;
    private final @Nullable InProcessEngine engine;
    private final WorkerObserver observer;

    private LoadedModel(String version, WorkerPool workers, @Nullable InProcessEngine engine, WorkerObserver observer) {
        this.version = version;
        this.workers = workers;
        this.engine = engine;
        this.observer = observer;
    }

    /**
     * Loads a model and returns when it can answer requests.
     *
     * @param version the label of the version in response headers, for example {@code iris-classifier/3}
     * @param folder the directory with the model's files
     * @param useEngine whether an engine may answer requests
     * @throws IOException when the model cannot be loaded; the message says why
     */
    public static LoadedModel load(
            String version, Path folder, WorkerSettings settings, boolean useEngine, WorkerObserver observer)
            throws IOException {
        WorkerPool workers = WorkerPool.start(settings, folder, useEngine, observer);
        try {
            InProcessEngine engine = createEngine(workers, folder, settings);
            LOG.info(
                    "{} is loaded: MLflow {}, {} worker(s), {}, {}",
                    version,
                    workers.mlflowVersion(),
                    settings.workers(),
                    engine == null ? "predictions by Python" : "predictions by the engine '" + engine.name() + "'",
                    (workers.mergesRequests() ? "waiting requests are merged: " : "requests are not merged: ")
                            + workers.mergeReason());
            return new LoadedModel(version, workers, engine, observer);
        } catch (RuntimeException e) {
            workers.close();
            throw e;
        }
    }

    private static @Nullable InProcessEngine createEngine(WorkerPool workers, Path folder, WorkerSettings settings) {
        // An engine checks itself whether rows may be merged: unlike predict in Python, it always assigns predictions
        // to rows.
        int maxBatchRows = settings.batching().equals("off") ? 0 : settings.maxBatchRows();
        InProcessEngine engine = EngineFactory.create(workers.engineExport(), folder, maxBatchRows)
                .orElse(null);
        if (engine != null && !EngineVerifier.verify(engine, workers)) {
            engine.close();
            return null;
        }
        return engine;
    }

    /** Returns the label of the version. */
    public String version() {
        return version;
    }

    /** Returns the version of MLflow in the model's environment. */
    public String mlflowVersion() {
        return workers.mlflowVersion();
    }

    WorkerPool workers() {
        return workers;
    }

    /** Returns whether a worker is running. */
    public boolean isReady() {
        return workers.aliveWorkerCount() > 0;
    }

    /**
     * Predicts.
     *
     * @param table the parsed body; null when Python has to parse it
     * @return empty when this version is being taken out of service, so that its successor has to be asked
     */
    public Optional<ScoringResponse> predict(String contentType, byte[] body, @Nullable InputTable table) {
        if (engine != null && table != null) {
            long start = System.nanoTime();
            Optional<byte[]> json = engine.predict(table);
            if (json.isPresent()) {
                observer.onBatch(1, table.rows(), (System.nanoTime() - start) / 1e9);
                return Optional.of(new ScoringResponse(200, ScoringResponse.JSON, json.get()));
            }
        }
        return workers.predict(contentType, body, table);
    }

    /** Answers the requests that are waiting, up to a time limit, and closes. */
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
