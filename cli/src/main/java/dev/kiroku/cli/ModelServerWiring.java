package dev.kiroku.cli;

import dev.kiroku.artifacts.ConfiguredArtifactStores;
import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.model.KirokuException;
import dev.kiroku.serving.deploy.Deployment;
import dev.kiroku.serving.deploy.MultiModelManager;
import dev.kiroku.serving.deploy.ServedModels;
import dev.kiroku.serving.deploy.TrafficRouter;
import dev.kiroku.serving.http.ServingServer;
import dev.kiroku.serving.http.ServingSettings;
import dev.kiroku.serving.metrics.ServingMetrics;
import dev.kiroku.serving.source.ModelCache;
import dev.kiroku.serving.source.ModelSourceFactory;
import dev.kiroku.serving.source.PythonEnvironment;
import dev.kiroku.serving.worker.WorkerPackage;
import dev.kiroku.serving.worker.WorkerSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Puts the model server together, to be read from top to bottom. */
final class ModelServerWiring {
    private static final String DEFAULT_NAME = "model";
    private static final Duration FILE_POLL_INTERVAL = Duration.ofSeconds(2);

    /** A model server that is up. */
    record RunningModelServer(String what, int port, Runnable end) implements AutoCloseable {
        @Override
        public void close() {
            end.run();
        }
    }

    private final ModelOptions options;
    private final Console console;
    private final ServingMetrics metrics = new ServingMetrics();
    private final Path code;
    private final ModelSourceFactory sources;
    private final PythonEnvironment python;

    ModelServerWiring(ModelOptions options, Console console) throws IOException {
        this.options = options;
        this.console = console;
        this.sources = sources(options, console);
        this.python = new PythonEnvironment(
                options.environmentManager(), options.cache().resolve("envs"), console.environment());
        this.code = WorkerPackage.extract();
    }

    static ModelSourceFactory sources(ModelOptions options, Console console) {
        var cache = new ModelCache(options.cache().resolve("models"), new DownloadProgress(console.err()));
        return new ModelSourceFactory(console.environment(), cache, uri -> store(uri, console.environment()));
    }

    private static ArtifactStore store(String uri, Map<String, String> environment) {
        return new ConfiguredArtifactStores(null, uri, environment).resolve(uri).store();
    }

    RunningModelServer start(ServingSettings settings) throws IOException {
        Duration poll = Duration.ofSeconds(options.number("--poll", null, 5, 1, 86_400));
        String file = options.value("--config", null, null);
        if (file != null && options.value("--model-uri", null, null) != null) {
            throw new UsageException("--model-uri and --config exclude each other");
        }
        return file == null ? startOne(settings, poll) : startMany(settings, poll, Path.of(file));
    }

    private RunningModelServer startOne(ServingSettings settings, Duration poll) throws IOException {
        String uri = options.modelUri();
        TrafficRouter traffic = traffic(uri, settings.gracePeriod());
        ServedModels models = ServedModels.single(traffic);
        ServingServer server = ServingServer.start(settings, models, metrics, console.err()::println);
        Runnable end = end(server, models);
        try {
            for (Deployment deployment : traffic.deployments()) {
                deployment.load();
                deployment.startPolling(poll);
            }
        } catch (IOException | RuntimeException e) {
            end.run();
            throw e;
        }
        return new RunningModelServer(uri + " (" + traffic.primary().version() + ")", server.port(), end);
    }

    private RunningModelServer startMany(ServingSettings settings, Duration poll, Path file) throws IOException {
        MultiModelManager models = new MultiModelManager(
                plan(file), (name, spec) -> hosted(name, (ModelsFile.ModelSpec) spec, settings.gracePeriod()), poll);
        ServingServer server = ServingServer.start(settings, models, metrics, console.err()::println);
        models.preload();
        Thread watch = Thread.ofVirtual().name("models-file").start(() -> watch(file, models));
        Runnable end = end(server, models);
        return new RunningModelServer("the models of " + file, server.port(), () -> {
            watch.interrupt();
            end.run();
        });
    }

    private Runnable end(ServingServer server, ServedModels models) {
        return () -> {
            server.close();
            models.close();
            try {
                WorkerPackage.delete(code);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    private static MultiModelManager.ModelSet plan(Path file) {
        try {
            return ModelsFile.read(file);
        } catch (KirokuException e) {
            throw new UsageException(e.getMessage());
        }
    }

    /** Takes the file's changes while the server runs, and looks after its limit; a file that cannot be understood changes nothing. */
    private void watch(Path file, MultiModelManager models) {
        try {
            MultiModelManager.ModelSet last = null;
            String told = "";
            while (true) {
                try {
                    MultiModelManager.ModelSet plan = ModelsFile.read(file);
                    if (!plan.equals(last)) {
                        models.apply(plan);
                        last = plan;
                    }
                    told = "";
                } catch (KirokuException e) {
                    if (!told.equals(e.getMessage())) {
                        told = e.getMessage();
                        console.err().println("The models stay as they were: " + told);
                    }
                }
                models.enforceMemoryLimit();
                Thread.sleep(FILE_POLL_INTERVAL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private TrafficRouter hosted(String name, ModelsFile.ModelSpec spec, Duration grace) {
        Deployment.WorkerSettingsFactory workers = workers(spec);
        return new TrafficRouter(
                new Deployment(name, sources.create(spec.uri()), workers, engines(), grace, metrics),
                null,
                0,
                null,
                metrics);
    }

    private TrafficRouter traffic(String uri, Duration grace) {
        String canary = options.value("--canary", null, null);
        double share = 0;
        Deployment second = null;
        if (canary != null) {
            int equals = canary.lastIndexOf('=');
            if (equals < 0) {
                throw new UsageException("--canary needs a share, as models:/m@challenger=10%");
            }
            share = ModelOptions.share("--canary", canary.substring(equals + 1));
            second = deployment("canary", canary.substring(0, equals), grace);
        }
        String shadow = options.value("--shadow", null, null);
        Deployment copy = shadow == null ? null : deployment("shadow", shadow, grace);
        return new TrafficRouter(deployment(DEFAULT_NAME, uri, grace), second, share, copy, metrics);
    }

    private Deployment deployment(String name, String uri, Duration grace) {
        Deployment.WorkerSettingsFactory workers = workers(new ModelsFile.ModelSpec(uri, null, null, null));
        try {
            return new Deployment(name, sources.create(uri), workers, engines(), grace, metrics);
        } catch (KirokuException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private boolean engines() {
        return options.oneOf("--engines", "auto", "auto", "off").equals("auto");
    }

    private Deployment.WorkerSettingsFactory workers(ModelsFile.ModelSpec spec) {
        int workers = spec.workers() != null
                ? spec.workers()
                : options.number("--workers", "MLFLOW_MODELS_WORKERS", 1, 1, 1000);
        String batching =
                spec.batching() != null ? spec.batching() : options.oneOf("--batching", "auto", "auto", "on", "off");
        int rows = options.number("--max-batch-rows", null, 256, 1, 1_000_000);
        int queue = options.number("--max-queue", null, 1000, 1, 1_000_000);
        int timeout = options.number("--timeout", "MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT", 60, 1, 86_400);
        int start = options.number("--start-timeout", null, 600, 1, 86_400);
        long memory = (long)
                        (spec.workerMemory() != null
                                ? spec.workerMemory()
                                : options.number("--worker-memory", null, 0, 0, 1 << 30))
                << 20;
        return folder -> new WorkerSettings(
                python.prepareInterpreter(folder),
                code,
                workers,
                batching,
                rows,
                queue,
                Duration.ofSeconds(timeout),
                Duration.ofSeconds(start),
                memory,
                Map.of());
    }
}
