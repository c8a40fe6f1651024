package dev.kiroku.cli;

import dev.kiroku.artifacts.ConfiguredArtifactStores;
import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.model.KirokuException;
import dev.kiroku.serving.deploy.Deployment;
import dev.kiroku.serving.deploy.Models;
import dev.kiroku.serving.deploy.Traffic;
import dev.kiroku.serving.http.ServingServer;
import dev.kiroku.serving.http.ServingSettings;
import dev.kiroku.serving.metrics.Metrics;
import dev.kiroku.serving.source.ModelCache;
import dev.kiroku.serving.source.ModelSources;
import dev.kiroku.serving.source.PythonEnvironment;
import dev.kiroku.serving.worker.WorkerCode;
import dev.kiroku.serving.worker.WorkerSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;

/** Puts the model server together, to be read from top to bottom. */
final class ServingWiring {
    private static final String ONLY = "model";

    /** A model server that is up. */
    record Running(String what, int port, Runnable end) implements AutoCloseable {
        @Override
        public void close() {
            end.run();
        }
    }

    private final ModelOptions options;
    private final Console console;
    private final Metrics metrics = new Metrics();
    private final Path code;
    private final ModelSources sources;
    private final PythonEnvironment python;

    ServingWiring(ModelOptions options, Console console) throws IOException {
        this.options = options;
        this.console = console;
        this.sources = sources(options, console);
        this.python = new PythonEnvironment(options.environmentManager(), options.cache().resolve("envs"), console.environment());
        this.code = WorkerCode.unpack();
    }

    static ModelSources sources(ModelOptions options, Console console) {
        var cache = new ModelCache(options.cache().resolve("models"), new DownloadProgress(console.err()));
        return new ModelSources(console.environment(), cache, uri -> store(uri, console.environment()));
    }

    private static ArtifactStore store(String uri, Map<String, String> environment) {
        return new ConfiguredArtifactStores(null, uri, environment).locate(uri).store();
    }

    Running start(ServingSettings settings) throws IOException {
        String uri = options.modelUri();
        Models models = Models.only(traffic(uri, settings.grace()));
        ServingServer server = ServingServer.start(settings, models, metrics, console.err()::println);
        Runnable end = () -> {
            server.close();
            models.close();
            try {
                WorkerCode.remove(code);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        try {
            for (Deployment deployment : models.main().deployments()) {
                deployment.load();
                deployment.follow(Duration.ofSeconds(options.number("--poll", null, 5, 1, 86_400)));
            }
        } catch (IOException | RuntimeException e) {
            end.run();
            throw e;
        }
        return new Running(uri + " (" + models.main().primary().version() + ")", server.port(), end);
    }

    private Traffic traffic(String uri, Duration grace) {
        String canary = options.value("--canary", null, null);
        double share = 0;
        Deployment second = null;
        if (canary != null) {
            int equals = canary.lastIndexOf('=');
            if (equals < 0) {
                throw new MisuseException("--canary needs a share, as models:/m@challenger=10%");
            }
            share = ModelOptions.share("--canary", canary.substring(equals + 1));
            second = deployment("canary", canary.substring(0, equals), grace);
        }
        String shadow = options.value("--shadow", null, null);
        Deployment copy = shadow == null ? null : deployment("shadow", shadow, grace);
        return new Traffic(deployment(ONLY, uri, grace), second, share, copy, metrics);
    }

    private Deployment deployment(String name, String uri, Duration grace) {
        Function<Path, WorkerSettings> settings = workerSettings();
        try {
            return new Deployment(name, sources.of(uri), settings, options.oneOf("--engines", "auto", "auto", "off").equals("auto"), grace, metrics);
        } catch (KirokuException e) {
            throw new MisuseException(e.getMessage());
        }
    }

    private Function<Path, WorkerSettings> workerSettings() {
        int workers = options.number("--workers", "MLFLOW_MODELS_WORKERS", 1, 1, 1000);
        String batching = options.oneOf("--batching", "auto", "auto", "on", "off");
        int rows = options.number("--max-batch-rows", null, 256, 1, 1_000_000);
        int queue = options.number("--max-queue", null, 1000, 1, 1_000_000);
        int timeout = options.number("--timeout", "MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT", 60, 1, 86_400);
        int start = options.number("--start-timeout", null, 600, 1, 86_400);
        long memory = (long) options.number("--worker-memory", null, 0, 0, 1 << 30) << 20;
        return folder -> {
            try {
                return new WorkerSettings(python.python(folder), code, workers, batching, rows, queue, Duration.ofSeconds(timeout),
                        Duration.ofSeconds(start), memory, Map.of());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }
}
