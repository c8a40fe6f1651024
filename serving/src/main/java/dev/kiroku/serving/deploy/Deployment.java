package dev.kiroku.serving.deploy;

import dev.kiroku.http.prometheus.Histogram;
import dev.kiroku.http.prometheus.PrometheusSample;
import dev.kiroku.serving.input.InputTable;
import dev.kiroku.serving.metrics.ServingMetrics;
import dev.kiroku.serving.protocol.ScoringResponse;
import dev.kiroku.serving.source.ModelSource;
import dev.kiroku.serving.source.UriMasker;
import dev.kiroku.serving.worker.WorkerObserver;
import dev.kiroku.serving.worker.WorkerSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model in service. When its alias changes, the new version is loaded beside the old one and takes over when it is ready; the old version
 * then answers the requests that it has and is unloaded. A request is answered by one version as a whole. Thread-safe.
 */
public final class Deployment implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Deployment.class);

    /**
     * A response, and the version that it is from.
     *
     * @param version the label of the version; empty for a response that no version gave
     */
    public record VersionedResponse(ScoringResponse response, String version) {}

    /** Creates the settings of the workers for a model, and its Python environment if necessary. */
    public interface WorkerSettingsFactory {
        /**
         * Returns the settings.
         *
         * @param model the directory with the model's files
         */
        WorkerSettings create(Path model) throws IOException;
    }

    /** A version, resolved and loaded. */
    private record VersionInService(ModelSource.ResolvedVersion version, LoadedModel model) {}

    private final String name;
    private final ModelSource source;
    /** For logs and metrics, without credentials. */
    private final String uri;

    private final WorkerSettingsFactory workerSettings;
    private final boolean useEngines;
    private final Duration gracePeriod;
    private final ServingMetrics metrics;
    private volatile @Nullable VersionInService current;
    private volatile ModelSource.@Nullable ResolvedVersion failedVersion;
    private @Nullable Thread pollThread;
    private boolean closed;

    /**
     * Creates a deployment without loading the model.
     *
     * @param name the value of the label {@code model} in metrics
     * @param useEngines whether engines may answer requests
     * @param gracePeriod the time limit for the remaining requests when a version is taken out of service
     */
    public Deployment(
            String name,
            ModelSource source,
            WorkerSettingsFactory workerSettings,
            boolean useEngines,
            Duration gracePeriod,
            ServingMetrics metrics) {
        this.name = name;
        this.source = source;
        this.uri = UriMasker.mask(source.uri());
        this.workerSettings = workerSettings;
        this.useEngines = useEngines;
        this.gracePeriod = gracePeriod;
        this.metrics = metrics;
    }

    /**
     * Loads the version that the source resolves to.
     *
     * @throws IOException when it cannot be resolved or loaded; the message says why
     */
    public void load() throws IOException {
        putInService(load(source.resolve()));
    }

    /** Checks in intervals whether the source resolves to another version, if it can. */
    public synchronized void startPolling(Duration interval) {
        if (!source.canChange() || closed) {
            return;
        }
        pollThread = Thread.ofVirtual().name("poll-" + name).start(() -> {
            try {
                while (true) {
                    Thread.sleep(interval);
                    checkForUpdate();
                }
            } catch (InterruptedException e) {
                // The deployment is closed.
            }
        });
    }

    private VersionInService load(ModelSource.ResolvedVersion version) throws IOException {
        Path folder = source.fetch(version);
        WorkerSettings settings = workerSettings.create(folder);
        return new VersionInService(
                version, LoadedModel.load(version.label(), folder, settings, useEngines, new MetricsObserver()));
    }

    /** Replaces the version in service. Returns the previous one; null for none. */
    private synchronized @Nullable VersionInService putInService(VersionInService next) throws IOException {
        if (closed) {
            next.model().close();
            throw new IOException("the server is stopping");
        }
        VersionInService previous = current;
        current = next;
        return previous;
    }

    private void checkForUpdate() {
        VersionInService old = current;
        if (old == null) {
            return;
        }
        String oldLabel = old.version().label();
        ModelSource.ResolvedVersion target;
        try {
            target = source.resolve();
        } catch (IOException | RuntimeException e) {
            metrics.increment("kiroku_model_lookup_failures_total", "model", name);
            LOG.warn("{} cannot be resolved, {} stays in service: {}", uri, oldLabel, e.getMessage());
            return;
        }
        if (target.equals(old.version())) {
            failedVersion = null; // so that a version that failed is tried again when the alias changes back to it
        } else if (!target.equals(failedVersion)) {
            update(oldLabel, target);
        }
    }

    private void update(String oldLabel, ModelSource.ResolvedVersion target) {
        LOG.info("{} resolves to {} now: loading it beside {}", uri, target.label(), oldLabel);
        VersionInService previous;
        try {
            previous = putInService(load(target));
        } catch (IOException | RuntimeException e) {
            failedVersion = target;
            metrics.increment("kiroku_model_update_failures_total", "model", name);
            LOG.error("{} cannot be loaded, {} stays in service: {}", target.label(), oldLabel, e.getMessage());
            return;
        }
        failedVersion = null;
        metrics.increment("kiroku_model_updates_total", "model", name);
        LOG.info("{} is in service", target.label());
        if (previous != null) {
            previous.model().drain(gracePeriod);
        }
    }

    /** Returns the value of the label {@code model} in metrics. */
    public String name() {
        return name;
    }

    private Optional<LoadedModel> model() {
        return Optional.ofNullable(current).map(VersionInService::model);
    }

    /** Returns the label of the version in service; an empty string for none. */
    public String version() {
        return model().map(LoadedModel::version).orElse("");
    }

    /** Returns the version of MLflow in the model's environment; an empty string before the model is loaded. */
    public String mlflowVersion() {
        return model().map(LoadedModel::mlflowVersion).orElse("");
    }

    /** Returns whether a version is in service and one of its workers is running. */
    public boolean isReady() {
        return model().map(LoadedModel::isReady).orElse(false);
    }

    /**
     * Predicts.
     *
     * @param table the parsed body; null when Python has to parse it
     * @return empty when no version is in service
     */
    public Optional<VersionedResponse> predict(String contentType, byte[] body, @Nullable InputTable table) {
        VersionInService asked = null;
        for (VersionInService next = current; next != asked && next != null; next = current) {
            asked = next;
            Optional<ScoringResponse> response = asked.model().predict(contentType, body, table);
            if (response.isPresent()) {
                return Optional.of(
                        new VersionedResponse(response.get(), asked.model().version()));
            }
        }
        return Optional.empty();
    }

    /** Returns the current values of this deployment's gauges. */
    public List<PrometheusSample> samples() {
        Optional<LoadedModel> model = model();
        return Stream.of(
                        PrometheusSample.gauge(
                                "kiroku_model_ready",
                                "Whether the model can answer requests (1) or not (0).",
                                isReady() ? 1 : 0),
                        PrometheusSample.gauge("kiroku_model_info", "The model's URI and version.", 1)
                                .withLabel("uri", uri)
                                .withLabel("version", version()),
                        PrometheusSample.gauge(
                                "kiroku_model_update_failed",
                                "Whether the latest version could not be loaded (1).",
                                failedVersion == null ? 0 : 1),
                        PrometheusSample.gauge(
                                "kiroku_queue_waiting",
                                "Requests that wait for a worker.",
                                model.map(loaded -> loaded.workers().queueSize())
                                        .orElse(0)),
                        PrometheusSample.gauge(
                                "kiroku_workers_alive",
                                "Running worker processes.",
                                model.map(loaded -> loaded.workers().aliveWorkerCount())
                                        .orElse(0)),
                        PrometheusSample.gauge(
                                "kiroku_workers_memory_bytes",
                                "Resident memory of the worker processes.",
                                residentBytes()))
                .map(sample -> sample.withLabel("model", name))
                .toList();
    }

    /** Returns the resident set size of the workers together, in bytes. */
    public long residentBytes() {
        return model().map(loaded -> loaded.workers().residentBytes()).orElse(0L);
    }

    /** Returns the process ids of the workers in service. */
    public List<Long> pids() {
        return model().map(loaded -> loaded.workers().pids()).orElse(List.of());
    }

    /** Answers the requests that are waiting, within the grace period, and closes. */
    public void drain() {
        stopPolling();
        model().ifPresent(loaded -> loaded.drain(gracePeriod));
    }

    private synchronized void stopPolling() {
        closed = true;
        if (pollThread != null) {
            pollThread.interrupt();
        }
    }

    /** Ends the workers at once. Requests that are not answered yet get an error. */
    @Override
    public void close() {
        stopPolling();
        model().ifPresent(LoadedModel::close);
    }

    private final class MetricsObserver implements WorkerObserver {
        private final Histogram requests = metrics.countHistogram("kiroku_batch_requests", "model", name);
        private final Histogram rows = metrics.countHistogram("kiroku_batch_rows", "model", name);
        private final Histogram seconds = metrics.durationHistogram("kiroku_predict_seconds", "model", name);

        @Override
        public void onBatch(int requests, int rows, double seconds) {
            this.requests.observe(requests);
            this.rows.observe(rows);
            this.seconds.observe(seconds);
        }

        @Override
        public void onRestart() {
            metrics.increment("kiroku_worker_restarts_total", "model", name);
        }
    }
}
