package dev.kiroku.cli.wiring;

import dev.kiroku.artifacts.ConfiguredArtifactStores;
import dev.kiroku.cli.config.ModelServerConfig;
import dev.kiroku.cli.config.ModelsFile;
import dev.kiroku.cli.config.UsageException;
import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.model.KirokuException;
import dev.kiroku.serving.deploy.Deployment;
import dev.kiroku.serving.deploy.MultiModelManager;
import dev.kiroku.serving.deploy.ServedModels;
import dev.kiroku.serving.deploy.TrafficRouter;
import dev.kiroku.serving.http.ServingServer;
import dev.kiroku.serving.metrics.ServingMetrics;
import dev.kiroku.serving.source.ModelCache;
import dev.kiroku.serving.source.ModelSourceFactory;
import dev.kiroku.serving.source.PythonEnvironment;
import dev.kiroku.serving.source.UriMasker;
import dev.kiroku.serving.worker.WorkerPackage;
import dev.kiroku.serving.worker.WorkerSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/** Creates the model server from a configuration. */
public final class ModelServerWiring {
    private static final String DEFAULT_NAME = "model";
    private static final Duration FILE_POLL_INTERVAL = Duration.ofSeconds(2);

    private final ModelServerConfig config;
    private final ModelSourceFactory sources;
    private final PythonEnvironment python;
    private final Path workerPackage;
    private final Consumer<String> log;
    private final ServingMetrics metrics = new ServingMetrics();

    private ModelServerWiring(
            ModelServerConfig config,
            ModelSourceFactory sources,
            PythonEnvironment python,
            Path workerPackage,
            Consumer<String> log) {
        this.config = config;
        this.sources = sources;
        this.python = python;
        this.workerPackage = workerPackage;
        this.log = log;
    }

    /**
     * Starts a model server. If the start fails, everything that was opened is closed.
     *
     * @param sources where models come from
     * @param python the environment in which they run
     * @param log receives lines for the operator: the access log and problems of the models file
     * @throws UsageException if the models file or the URI of a model is invalid
     * @throws IOException if a model cannot be loaded or the server cannot start
     */
    public static RunningServer start(
            ModelServerConfig config, ModelSourceFactory sources, PythonEnvironment python, Consumer<String> log)
            throws IOException {
        ResourceStack resources = new ResourceStack();
        try {
            Path workerPackage = WorkerPackage.extract();
            resources.add(() -> WorkerPackage.delete(workerPackage));
            var wiring = new ModelServerWiring(config, sources, python, workerPackage, log);
            return config.modelsFile() == null ? wiring.startSingle(resources) : wiring.startMultiple(resources);
        } catch (IOException | RuntimeException | Error e) {
            resources.closeAfter(e);
            throw e;
        }
    }

    /**
     * Returns a factory of model sources.
     *
     * @param environment the environment variables that name the tracking server and its credentials
     * @param cache where downloaded models are kept
     */
    public static ModelSourceFactory modelSources(Map<String, String> environment, ModelCache cache) {
        return new ModelSourceFactory(environment, cache, uri -> artifactStore(uri, environment));
    }

    private static ArtifactStore artifactStore(String uri, Map<String, String> environment) {
        return new ConfiguredArtifactStores(null, uri, environment).resolve(uri).store();
    }

    private RunningServer startSingle(ResourceStack resources) throws IOException {
        TrafficRouter traffic = trafficRouter();
        ServedModels models = resources.add(ServedModels.single(traffic));
        ServingServer server = resources.add(ServingServer.start(config.http(), models, metrics, log));
        for (Deployment deployment : traffic.deployments()) {
            deployment.load();
            deployment.startPolling(config.pollInterval());
        }
        String description =
                UriMasker.mask(config.modelUri()) + " (" + traffic.primary().version() + ")";
        return new RunningServer(description, server.port(), resources);
    }

    private RunningServer startMultiple(ResourceStack resources) throws IOException {
        Path file = config.modelsFile();
        MultiModelManager<ModelsFile.ModelSpec> models = resources.add(new MultiModelManager<>(
                readModelsFile(file),
                (name, spec) -> new TrafficRouter(deployment(name, spec), null, 0, null, metrics),
                config.pollInterval()));
        ServingServer server = resources.add(ServingServer.start(config.http(), models, metrics, log));
        models.preload();
        Thread watcher = Thread.ofVirtual().name("models-file").start(() -> watch(file, models));
        resources.add(watcher::interrupt);
        return new RunningServer("the models of " + file, server.port(), resources);
    }

    /** Applies changes of the models file and enforces its memory limit. An invalid file changes nothing. */
    private void watch(Path file, MultiModelManager<ModelsFile.ModelSpec> models) {
        try {
            MultiModelManager.ModelSet<ModelsFile.ModelSpec> applied = null;
            String reported = "";
            while (true) {
                try {
                    MultiModelManager.ModelSet<ModelsFile.ModelSpec> read = ModelsFile.read(file);
                    if (!read.equals(applied)) {
                        models.apply(read);
                        applied = read;
                    }
                    reported = "";
                } catch (KirokuException e) {
                    if (!reported.equals(e.getMessage())) {
                        reported = e.getMessage();
                        log.accept("The models stay as they were: " + reported);
                    }
                }
                models.enforceMemoryLimit();
                Thread.sleep(FILE_POLL_INTERVAL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private TrafficRouter trafficRouter() {
        ModelServerConfig.Canary canary = config.canary();
        return new TrafficRouter(
                deployment(DEFAULT_NAME, config.modelUri()),
                canary == null ? null : deployment("canary", canary.uri()),
                canary == null ? 0 : canary.share(),
                config.shadowUri() == null ? null : deployment("shadow", config.shadowUri()),
                metrics);
    }

    private Deployment deployment(String name, String uri) {
        try {
            return deployment(name, new ModelsFile.ModelSpec(uri, null, null, null));
        } catch (KirokuException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private Deployment deployment(String name, ModelsFile.ModelSpec spec) {
        return new Deployment(
                name,
                sources.create(spec.uri()),
                workerSettings(spec),
                config.nativeEngines(),
                config.http().gracePeriod(),
                metrics);
    }

    private static MultiModelManager.ModelSet<ModelsFile.ModelSpec> readModelsFile(Path file) {
        try {
            return ModelsFile.read(file);
        } catch (KirokuException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private Deployment.WorkerSettingsFactory workerSettings(ModelsFile.ModelSpec spec) {
        ModelServerConfig.WorkerDefaults defaults = config.workers();
        int workers = spec.workers() != null ? spec.workers() : defaults.count();
        String batching = spec.batching() != null ? spec.batching() : defaults.batching();
        long memoryMiB = spec.workerMemory() != null ? spec.workerMemory() : defaults.memoryLimitMiB();
        return folder -> new WorkerSettings(
                python.prepareInterpreter(folder),
                workerPackage,
                workers,
                batching,
                defaults.maxBatchRows(),
                defaults.maxQueue(),
                defaults.requestTimeout(),
                defaults.startTimeout(),
                memoryMiB << 20,
                Map.of());
    }
}
