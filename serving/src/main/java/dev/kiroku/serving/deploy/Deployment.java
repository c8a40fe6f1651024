package dev.kiroku.serving.deploy;

import dev.kiroku.http.prometheus.Histogram;
import dev.kiroku.http.prometheus.PrometheusSample;
import dev.kiroku.serving.input.InputTable;
import dev.kiroku.serving.metrics.ServingMetrics;
import dev.kiroku.serving.protocol.ScoringResponse;
import dev.kiroku.serving.source.ModelSource;
import dev.kiroku.serving.worker.WorkerObserver;
import dev.kiroku.serving.worker.WorkerSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model in service. When its alias moves, the new version is loaded beside the old, takes over when it can answer, and the old one ends
 * once it has answered who had come to it. Each request is answered by one version as a whole.
 */
public final class Deployment implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Deployment.class);

    /** An answer, and who gave it. */
    public record VersionedResponse(ScoringResponse response, String version) {}

    /** Tells how the workers of a model are run, once there is the environment that it needs. */
    public interface WorkerSettingsFactory {
        /** @param model the folder with its files */
        WorkerSettings create(Path model) throws IOException;
    }

    private final String name;
    private final ModelSource source;
    private final WorkerSettingsFactory workerSettings;
    private final boolean engines;
    private final Duration gracePeriod;
    private final ServingMetrics metrics;
    private volatile LoadedModel current;
    private volatile ModelSource.ResolvedVersion version;
    private ModelSource.ResolvedVersion failedVersion;
    private Thread pollThread;

    /**
     * @param name how the model is called in metrics
     * @param preparation of the workers
     * @param engines whether engines in this process may answer
     * @param grace how long requests may take to finish when a version is taken out of service
     */
    public Deployment(
            String name,
            ModelSource source,
            WorkerSettingsFactory preparation,
            boolean engines,
            Duration grace,
            ServingMetrics metrics) {
        this.name = name;
        this.source = source;
        this.workerSettings = preparation;
        this.engines = engines;
        this.gracePeriod = grace;
        this.metrics = metrics;
    }

    /** Loads the version that is meant now. */
    public void load() throws IOException {
        ModelSource.ResolvedVersion first = source.resolve();
        current = load(first);
        version = first;
    }

    /** Looks every so often whether another version is meant, if the source can move at all. */
    public void startPolling(Duration every) {
        if (!source.canChange()) {
            return;
        }
        pollThread = Thread.ofVirtual().name("follow-" + name).start(() -> {
            try {
                while (true) {
                    Thread.sleep(every);
                    checkForUpdate();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private LoadedModel load(ModelSource.ResolvedVersion which) throws IOException {
        Path folder = source.fetch(which);
        return LoadedModel.load(which.label(), folder, workerSettings.create(folder), engines, new MetricsObserver());
    }

    private void checkForUpdate() {
        ModelSource.ResolvedVersion meant;
        try {
            meant = source.resolve();
        } catch (IOException | RuntimeException e) {
            metrics.increment("kiroku_model_lookup_failures_total", "model", name);
            LOG.warn(
                    "cannot tell which version {} means now, {} stays in service: {}",
                    source.uri(),
                    version.label(),
                    e.getMessage());
            return;
        }
        if (meant.equals(version)) {
            failedVersion = null; // moved back: the failed one gets another chance when it is meant again
            return;
        }
        if (meant.equals(failedVersion)) {
            return;
        }
        LOG.info("{} now means {}: loading it beside {}", source.uri(), meant.label(), version.label());
        LoadedModel old = current;
        try {
            LoadedModel fresh = load(meant);
            current = fresh;
            version = meant;
            failedVersion = null;
            metrics.increment("kiroku_model_updates_total", "model", name);
            LOG.info("{} is in service", meant.label());
        } catch (IOException | RuntimeException e) {
            failedVersion = meant;
            metrics.increment("kiroku_model_update_failures_total", "model", name);
            LOG.error("{} cannot be loaded, {} stays in service: {}", meant.label(), version.label(), e.getMessage());
            return;
        }
        old.drain(gracePeriod);
    }

    public String name() {
        return name;
    }

    /** The version in service; empty before there is one. */
    public String version() {
        LoadedModel model = current;
        return model == null ? "" : model.version();
    }

    public String mlflowVersion() {
        LoadedModel model = current;
        return model == null ? "" : model.mlflowVersion();
    }

    public boolean isReady() {
        LoadedModel model = current;
        return model != null && model.isReady();
    }

    /** @return null while there is no version in service */
    public VersionedResponse predict(String contentType, byte[] body, InputTable table) {
        LoadedModel model = current;
        while (model != null) {
            ScoringResponse answer = model.predict(contentType, body, table);
            if (answer != null) {
                return new VersionedResponse(answer, model.version());
            }
            LoadedModel next = current;
            if (next == model) {
                return null;
            }
            model = next;
        }
        return null;
    }

    /** Returns the present values of this deployment's gauges. */
    public List<PrometheusSample> samples() {
        LoadedModel model = current;
        return Stream.of(
                        PrometheusSample.gauge(
                                "kiroku_model_ready", "Whether the model answers (1) or not (0).", isReady() ? 1 : 0),
                        PrometheusSample.gauge("kiroku_model_info", "The model's URI and version.", 1)
                                .withLabel("uri", source.uri())
                                .withLabel("version", version()),
                        PrometheusSample.gauge(
                                "kiroku_model_update_failed",
                                "Whether the newest version could not be loaded.",
                                failedVersion == null ? 0 : 1),
                        PrometheusSample.gauge(
                                "kiroku_queue_waiting",
                                "Requests that wait for a worker.",
                                model == null ? 0 : model.workers().queueSize()),
                        PrometheusSample.gauge(
                                "kiroku_workers_alive",
                                "Worker processes that run.",
                                model == null ? 0 : model.workers().aliveWorkers()),
                        PrometheusSample.gauge(
                                "kiroku_workers_memory_bytes",
                                "Resident memory of the worker processes.",
                                residentBytes()))
                .map(sample -> sample.withLabel("model", name))
                .toList();
    }

    /** Resident bytes of the workers. */
    public long residentBytes() {
        LoadedModel model = current;
        return model == null
                ? 0
                : model.workers().residentBytes().stream()
                        .mapToLong(Long::longValue)
                        .sum();
    }

    /** Processes of the workers in service. */
    public List<Long> pids() {
        LoadedModel model = current;
        return model == null ? List.of() : model.workers().pids();
    }

    /** Answers who waits, within the grace period, and ends the workers. */
    @Override
    public void close() {
        if (pollThread != null) {
            pollThread.interrupt();
        }
        LoadedModel model = current;
        if (model != null) {
            model.drain(gracePeriod);
        }
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
