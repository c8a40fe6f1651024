package dev.kiroku.cli.command;

import dev.kiroku.cli.config.LogLevel;
import dev.kiroku.cli.config.ModelServerConfig;
import dev.kiroku.cli.config.UsageException;
import dev.kiroku.cli.logging.Logging;
import dev.kiroku.cli.wiring.ModelServerWiring;
import dev.kiroku.cli.wiring.RunningServer;
import dev.kiroku.model.KirokuException;
import dev.kiroku.serving.http.ServingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku models serve}: serves one model, or the models of a file, with the scoring protocol. */
final class ServeCommand {
    private final CommandContext context;

    ServeCommand(CommandContext context) {
        this.context = context;
    }

    CommandSpec spec() {
        CommandHandler handler = this::run;
        CommandSpec spec = CommandSpec.wrapWithoutInspection(handler).name("serve");
        spec.usageMessage()
                .description(
                        "Serve a model as MLflow's scoring server does: POST /invocations, GET /ping, /health, /version; "
                                + "and also GET /live and /metrics.")
                .abbreviateSynopsis(true)
                .footer(
                        "",
                        "Examples:",
                        "  kiroku models serve -m models:/iris-classifier@champion --host 0.0.0.0 --port 8080 --workers 2 --no-conda",
                        "  kiroku models serve -m runs:/4f1c…/model",
                        "  kiroku models serve -m models:/m@champion --canary models:/m@challenger=10%",
                        "  kiroku models serve --config models.yaml");
        spec.addOption(CommandOptions.help());
        spec.addOption(ModelOptions.text(
                        "URI",
                        "The model: models:/name@alias, models:/name/version, models:/name/Stage, models:/m-id, "
                                + "runs:/id/path, s3://…, or a folder. An alias or stage is followed when it moves.",
                        "-m",
                        "--model-uri")
                .build());
        spec.addOption(ModelOptions.text("FILE", "Serve the models of a YAML file; see docs/serving.md.", "--config")
                .build());
        spec.addOption(ModelOptions.text(
                        "HOST", "The address to listen on. Default: 127.0.0.1. [$MLFLOW_HOST]", "-h", "--host")
                .build());
        spec.addOption(ModelOptions.text("PORT", "The port to listen on. Default: 5000. [$MLFLOW_PORT]", "-p", "--port")
                .build());
        spec.addOption(ModelOptions.text(
                        "N", "The number of Python workers. Default: 1. [$MLFLOW_MODELS_WORKERS]", "-w", "--workers")
                .build());
        spec.addOption(ModelOptions.text(
                        "SECONDS",
                        "Time limit of a request, waiting included. Default: 60. [$MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT]",
                        "-t",
                        "--timeout")
                .build());
        spec.addOption(ModelOptions.tokenFile());
        ModelOptions.pythonOptions().forEach(spec::addOption);
        spec.addOption(ModelOptions.text(
                        "MODE",
                        "Whether waiting requests are merged into one call of predict: auto (flavors that predict row by row, "
                                + "after a check at the start), on, off. Default: auto.",
                        "--batching")
                .build());
        spec.addOption(ModelOptions.text("N", "The most rows of a merged call. Default: 256.", "--max-batch-rows")
                .build());
        spec.addOption(ModelOptions.text(
                        "MODE",
                        "Whether models are evaluated in this process where the result equals Python's: auto, off. "
                                + "Default: auto.",
                        "--engines")
                .build());
        spec.addOption(ModelOptions.text(
                        "N", "Requests that may wait; further ones get status 429. Default: 1000.", "--max-queue")
                .build());
        spec.addOption(ModelOptions.text("MIB", "The largest request body. Default: 100.", "--max-body")
                .build());
        spec.addOption(
                ModelOptions.text("MIB", "Memory at which a worker is replaced. Default: no limit.", "--worker-memory")
                        .build());
        spec.addOption(ModelOptions.text(
                        "SECONDS", "Time limit for a worker to load the model. Default: 600.", "--start-timeout")
                .build());
        spec.addOption(ModelOptions.text(
                        "SECONDS",
                        "The interval at which the version of an alias or stage is looked up. Default: 5.",
                        "--poll")
                .build());
        spec.addOption(ModelOptions.text("URI=N%", "Another model that answers a share of the requests.", "--canary")
                .build());
        spec.addOption(ModelOptions.text(
                        "URI",
                        "Another model that gets a copy of each request; /metrics has the share of equal responses.",
                        "--shadow")
                .build());
        spec.addOption(ModelOptions.flag("Log each request on standard error, as a JSON line.", "--access-log")
                .build());
        spec.addOption(ModelOptions.text("FILE", "Write requests and responses to a file, as JSON lines.", "--capture")
                .build());
        spec.addOption(ModelOptions.text("N%", "The share of requests to write. Default: 100%.", "--capture-share")
                .build());
        spec.addOption(ModelOptions.text(
                        "SECONDS",
                        "Time for requests in flight to finish when the server stops. Default: 25.",
                        "--grace")
                .build());
        return spec;
    }

    /** Serves until the process is terminated; returns only by an exception. */
    int run(ParseResult arguments) throws Exception {
        ModelOptions options = new ModelOptions(arguments, context.environment());
        Logging.start(LogLevel.INFO, context.err());
        ModelServerConfig config = config(options);
        RunningServer server;
        try {
            server = ModelServerWiring.start(
                    config, options.modelSources(context.err()), options.pythonEnvironment(), context.err()::println);
        } catch (IOException e) {
            throw KirokuException.invalid("%s", e.getMessage());
        }
        ServerShutdown.closeOnTermination(server, config.http().gracePeriod(), context.err());
        context.err()
                .println("Serving " + server.description() + " on http://"
                        + config.http().host() + ":" + server.port());
        Thread.currentThread().join(); // waits for its own end, that is, until the process is terminated
        throw new IllegalStateException("the wait for the end of the process has ended");
    }

    private static ModelServerConfig config(ModelOptions options) {
        String file = options.value("--config", null, null);
        if (file != null && options.value("--model-uri", null, null) != null) {
            throw new UsageException("--model-uri and --config exclude each other");
        }
        return new ModelServerConfig(
                listener(options),
                file == null ? options.modelUri() : null,
                file == null ? null : Path.of(file),
                Duration.ofSeconds(options.number("--poll", null, 5, 1, 86_400)),
                canary(options),
                options.value("--shadow", null, null),
                options.oneOf("--engines", "auto", "auto", "off").equals("auto"),
                new ModelServerConfig.WorkerDefaults(
                        options.number("--workers", "MLFLOW_MODELS_WORKERS", 1, 1, 1000),
                        options.oneOf("--batching", "auto", "auto", "on", "off"),
                        options.number("--max-batch-rows", null, 256, 1, 1_000_000),
                        options.number("--max-queue", null, 1000, 1, 1_000_000),
                        Duration.ofSeconds(
                                options.number("--timeout", "MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT", 60, 1, 86_400)),
                        Duration.ofSeconds(options.number("--start-timeout", null, 600, 1, 86_400)),
                        options.number("--worker-memory", null, 0, 0, 1 << 30)));
    }

    private static ServingSettings listener(ModelOptions options) {
        String capture = options.value("--capture", null, null);
        return new ServingSettings(
                options.value("--host", "MLFLOW_HOST", "127.0.0.1"),
                options.number("--port", "MLFLOW_PORT", 5000, 0, 65_535),
                Math.multiplyExact(options.number("--max-body", null, 100, 1, 1000), 1 << 20),
                Duration.ofSeconds(30),
                Duration.ofSeconds(options.number("--grace", null, 25, 0, 86_400)),
                options.isSet("--access-log"),
                capture == null ? null : Path.of(capture),
                ModelOptions.share("--capture-share", options.value("--capture-share", null, "100%")));
    }

    private static ModelServerConfig.Canary canary(ModelOptions options) {
        String canary = options.value("--canary", null, null);
        if (canary == null) {
            return null;
        }
        int equals = canary.lastIndexOf('=');
        if (equals < 0) {
            throw new UsageException("--canary needs a share, as models:/m@challenger=10%");
        }
        return new ModelServerConfig.Canary(
                canary.substring(0, equals), ModelOptions.share("--canary", canary.substring(equals + 1)));
    }
}
