package dev.kiroku.cli.config;

import dev.kiroku.serving.http.ServingSettings;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The configuration of {@code kiroku models serve}.
 *
 * @param http how the server listens
 * @param modelUri the model to serve; null if {@code modelsFile} names the models
 * @param modelsFile the YAML file that names the models to serve; null if {@code modelUri} is set
 * @param pollInterval how often the registry is asked which version an alias or a stage points to
 * @param canary the model that answers a share of the requests, or null
 * @param shadowUri the model that gets a copy of each request, or null
 * @param nativeEngines whether models are evaluated in this process where the result equals Python's
 * @param workers the settings of Python workers, for models that do not override them
 */
public record ModelServerConfig(
        ServingSettings http,
        String modelUri,
        Path modelsFile,
        Duration pollInterval,
        Canary canary,
        String shadowUri,
        boolean nativeEngines,
        WorkerDefaults workers) {

    /** A model that answers a share of the requests. @param share from 0 to 1 */
    public record Canary(String uri, double share) {}

    /**
     * The settings of the Python workers of a model.
     *
     * @param count how many workers a model has
     * @param batching {@code auto}, {@code on} or {@code off}
     * @param maxBatchRows the most rows of a merged call
     * @param maxQueue how many requests may wait for a worker
     * @param requestTimeout for one request, waiting included
     * @param startTimeout for a worker to load the model
     * @param memoryLimitMiB memory at which a worker is replaced; 0 for no limit
     */
    public record WorkerDefaults(
            int count,
            String batching,
            int maxBatchRows,
            int maxQueue,
            Duration requestTimeout,
            Duration startTimeout,
            int memoryLimitMiB) {}
}
