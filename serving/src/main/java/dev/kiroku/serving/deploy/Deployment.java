package dev.kiroku.serving.deploy;

import dev.kiroku.serving.input.Table;
import dev.kiroku.serving.metrics.Metrics;
import dev.kiroku.serving.protocol.Answer;
import dev.kiroku.serving.source.ModelSource;
import dev.kiroku.serving.worker.WorkerObserver;
import dev.kiroku.serving.worker.WorkerSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model in service. When its alias moves, the new version is loaded beside the old, takes over when it can answer, and the old one ends
 * once it has answered who had come to it. Each request is answered by one version as a whole.
 */
public final class Deployment implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Deployment.class);

    /** An answer, and who gave it. */
    public record Answered(Answer answer, String version) {}

    /** Tells how the workers of a model are run, once there is the environment that it needs. */
    public interface Preparation {
        /** @param model the folder with its files */
        WorkerSettings of(Path model) throws IOException;
    }

    private final String name;
    private final ModelSource source;
    private final Preparation preparation;
    private final boolean engines;
    private final Duration grace;
    private final Metrics metrics;
    private volatile LoadedModel current;
    private volatile ModelSource.Version version;
    private ModelSource.Version failed;
    private Thread follower;

    /**
     * @param name how the model is called in metrics
     * @param preparation of the workers
     * @param engines whether engines in this process may answer
     * @param grace how long requests may take to finish when a version is taken out of service
     */
    public Deployment(
            String name,
            ModelSource source,
            Preparation preparation,
            boolean engines,
            Duration grace,
            Metrics metrics) {
        this.name = name;
        this.source = source;
        this.preparation = preparation;
        this.engines = engines;
        this.grace = grace;
        this.metrics = metrics;
    }

    /** Loads the version that is meant now. */
    public void load() throws IOException {
        ModelSource.Version first = source.current();
        current = load(first);
        version = first;
    }

    /** Looks every so often whether another version is meant, if the source can move at all. */
    public void follow(Duration every) {
        if (!source.moves()) {
            return;
        }
        follower = Thread.ofVirtual().name("follow-" + name).start(() -> {
            try {
                while (true) {
                    Thread.sleep(every);
                    look();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private LoadedModel load(ModelSource.Version which) throws IOException {
        Path folder = source.fetch(which);
        return LoadedModel.load(which.label(), folder, preparation.of(folder), engines, new Counting());
    }

    private void look() {
        ModelSource.Version meant;
        try {
            meant = source.current();
        } catch (IOException | RuntimeException e) {
            metrics.count("kiroku_model_lookup_failures_total", "model", name);
            LOG.warn(
                    "cannot tell which version {} means now, {} stays in service: {}",
                    source.uri(),
                    version.label(),
                    e.getMessage());
            return;
        }
        if (meant.equals(version)) {
            failed = null; // moved back: the failed one gets another chance when it is meant again
            return;
        }
        if (meant.equals(failed)) {
            return;
        }
        LOG.info("{} now means {}: loading it beside {}", source.uri(), meant.label(), version.label());
        LoadedModel old = current;
        try {
            LoadedModel fresh = load(meant);
            current = fresh;
            version = meant;
            failed = null;
            metrics.count("kiroku_model_updates_total", "model", name);
            LOG.info("{} is in service", meant.label());
        } catch (IOException | RuntimeException e) {
            failed = meant;
            metrics.count("kiroku_model_update_failures_total", "model", name);
            LOG.error("{} cannot be loaded, {} stays in service: {}", meant.label(), version.label(), e.getMessage());
            return;
        }
        old.drain(grace);
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
    public Answered answer(String contentType, byte[] body, Table table) {
        LoadedModel model = current;
        while (model != null) {
            Answer answer = model.answer(contentType, body, table);
            if (answer != null) {
                return new Answered(answer, model.version());
            }
            LoadedModel next = current;
            if (next == model) {
                return null;
            }
            model = next;
        }
        return null;
    }

    /** Appends one kind of gauge, for all deployments to be written together. */
    public void gauge(StringBuilder text, Gauge gauge) {
        LoadedModel model = current;
        switch (gauge) {
            case READY -> Metrics.gauge(text, "kiroku_model_ready", isReady() ? 1 : 0, "model", name);
            case INFO ->
                Metrics.gauge(text, "kiroku_model_info", 1, "model", name, "uri", source.uri(), "version", version());
            case UPDATE_FAILED ->
                Metrics.gauge(text, "kiroku_model_update_failed", failed == null ? 0 : 1, "model", name);
            case QUEUE ->
                Metrics.gauge(
                        text,
                        "kiroku_queue_waiting",
                        model == null ? 0 : model.workers().waiting(),
                        "model",
                        name);
            case WORKERS ->
                Metrics.gauge(
                        text,
                        "kiroku_workers_alive",
                        model == null ? 0 : model.workers().alive(),
                        "model",
                        name);
            case MEMORY -> Metrics.gauge(text, "kiroku_workers_memory_bytes", memory(), "model", name);
        }
    }

    /** What can be seen of a deployment at a moment. */
    public enum Gauge {
        READY,
        INFO,
        UPDATE_FAILED,
        QUEUE,
        WORKERS,
        MEMORY
    }

    /** Resident bytes of the workers. */
    public long memory() {
        LoadedModel model = current;
        return model == null
                ? 0
                : model.workers().memory().stream().mapToLong(Long::longValue).sum();
    }

    /** Processes of the workers in service. */
    public java.util.List<Long> pids() {
        LoadedModel model = current;
        return model == null ? java.util.List.of() : model.workers().pids();
    }

    /** Answers who waits, within the grace period, and ends the workers. */
    @Override
    public void close() {
        if (follower != null) {
            follower.interrupt();
        }
        LoadedModel model = current;
        if (model != null) {
            model.drain(grace);
        }
    }

    private final class Counting implements WorkerObserver {
        private final Metrics.Histogram requests = metrics.sizes("kiroku_batch_requests", "model", name);
        private final Metrics.Histogram rows = metrics.sizes("kiroku_batch_rows", "model", name);
        private final Metrics.Histogram seconds = metrics.seconds("kiroku_predict_seconds", "model", name);

        @Override
        public void batch(int requests, int rows, double seconds) {
            this.requests.add(requests);
            this.rows.add(rows);
            this.seconds.add(seconds);
        }

        @Override
        public void restart() {
            metrics.count("kiroku_worker_restarts_total", "model", name);
        }
    }
}
