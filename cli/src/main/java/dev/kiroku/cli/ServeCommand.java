package dev.kiroku.cli;

import dev.kiroku.cli.config.LogLevel;
import dev.kiroku.model.KirokuException;
import dev.kiroku.serving.http.ServingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku models serve}: one model, or several by a file, behind the scoring protocol. */
final class ServeCommand {
    private final Console console;

    ServeCommand(Console console) {
        this.console = console;
    }

    CommandSpec spec() {
        CommandHandler action = this::run;
        CommandSpec spec = CommandSpec.wrapWithoutInspection(action).name("serve");
        spec.usageMessage()
                .description(
                        "Serve a model as MLflow's scoring server does: POST /invocations, GET /ping, /health, /version; "
                                + "and beside it /live and /metrics.")
                .abbreviateSynopsis(true)
                .footer(
                        "",
                        "Examples:",
                        "  kiroku models serve -m models:/iris-classifier@champion --host 0.0.0.0 --port 8080 --workers 2 --no-conda",
                        "  kiroku models serve -m runs:/4f1c…/model",
                        "  kiroku models serve -m models:/m@champion --canary models:/m@challenger=10%",
                        "  kiroku models serve --config models.yaml");
        spec.addOption(Cli.helpOption());
        spec.addOption(ModelOptions.text(
                        "URI",
                        "The model: models:/name@alias, models:/name/version, models:/name/Stage, models:/m-id, "
                                + "runs:/id/path, s3://…, or a folder. An alias or stage is followed when it moves.",
                        "-m",
                        "--model-uri")
                .build());
        spec.addOption(
                ModelOptions.text("FILE", "Several models, named in a YAML file; see docs/serving.md.", "--config")
                        .build());
        spec.addOption(ModelOptions.text("HOST", "Where to listen. Default: 127.0.0.1. [$MLFLOW_HOST]", "-h", "--host")
                .build());
        spec.addOption(ModelOptions.text("PORT", "Default: 5000. [$MLFLOW_PORT]", "-p", "--port")
                .build());
        spec.addOption(ModelOptions.text(
                        "N", "Python processes with the model. Default: 1. [$MLFLOW_MODELS_WORKERS]", "-w", "--workers")
                .build());
        spec.addOption(ModelOptions.text(
                        "SECONDS",
                        "For one request, waiting included. Default: 60. [$MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT]",
                        "-t",
                        "--timeout")
                .build());
        ModelOptions.pythonOptions().forEach(spec::addOption);
        spec.addOption(ModelOptions.text(
                        "MODE",
                        "Whether requests that wait are merged into one call of predict: auto (flavors that predict row by row, "
                                + "after a check at the start), on, off. Default: auto.",
                        "--batching")
                .build());
        spec.addOption(
                ModelOptions.text("N", "Rows that merged requests may have together. Default: 256.", "--max-batch-rows")
                        .build());
        spec.addOption(ModelOptions.text(
                        "MODE",
                        "Whether this process answers by itself where it gives the very answers of Python: auto, off. "
                                + "Default: auto.",
                        "--engines")
                .build());
        spec.addOption(ModelOptions.text(
                        "N", "Requests that may wait; more are answered with 503. Default: 1000.", "--max-queue")
                .build());
        spec.addOption(ModelOptions.text("MIB", "The largest request body. Default: 100.", "--max-body")
                .build());
        spec.addOption(
                ModelOptions.text("MIB", "Memory at which a worker is replaced. Default: no limit.", "--worker-memory")
                        .build());
        spec.addOption(ModelOptions.text("SECONDS", "For a worker to load the model. Default: 600.", "--start-timeout")
                .build());
        spec.addOption(ModelOptions.text(
                        "SECONDS", "How often the registry is asked where the alias points. Default: 5.", "--poll")
                .build());
        spec.addOption(ModelOptions.text("URI=N%", "Another model that answers a share of the requests.", "--canary")
                .build());
        spec.addOption(ModelOptions.text(
                        "URI",
                        "Another model that gets a copy of each request; the share of equal answers is in /metrics.",
                        "--shadow")
                .build());
        spec.addOption(ModelOptions.flag("Tell each request on stderr, as a line of JSON.", "--access-log")
                .build());
        spec.addOption(ModelOptions.text("FILE", "Keep requests and answers in a file, as lines of JSON.", "--capture")
                .build());
        spec.addOption(ModelOptions.text("N%", "The share of requests that is kept. Default: 100%.", "--capture-share")
                .build());
        spec.addOption(ModelOptions.text(
                        "SECONDS", "For requests under way when the server is told to stop. Default: 25.", "--grace")
                .build());
        return spec;
    }

    private int run(ParseResult words) throws Exception {
        ModelOptions options = new ModelOptions(words, console.environment());
        Logging logging = Logging.start(LogLevel.INFO, console.err());
        ServingSettings settings = new ServingSettings(
                options.value("--host", "MLFLOW_HOST", "127.0.0.1"),
                options.number("--port", "MLFLOW_PORT", 5000, 0, 65_535),
                Math.multiplyExact(options.number("--max-body", null, 100, 1, 1000), 1 << 20),
                Duration.ofSeconds(30),
                Duration.ofSeconds(options.number("--grace", null, 25, 0, 86_400)),
                words.hasMatchedOption("--access-log"),
                options.value("--capture", null, null) == null ? null : Path.of(options.value("--capture", null, null)),
                ModelOptions.share("--capture-share", options.value("--capture-share", null, "100%")));
        ModelServerWiring serving = new ModelServerWiring(options, console);
        ModelServerWiring.RunningModelServer running;
        try {
            running = serving.start(settings);
        } catch (IOException e) {
            throw KirokuException.invalid("%s", e.getMessage());
        }
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            console.err().println("Stopping: finishing the requests under way.");
                            running.close();
                            console.err().println("Stopped.");
                            Runtime.getRuntime().halt(Cli.SUCCESS);
                        },
                        "stop"));
        console.err().println("Serving " + running.what() + " on http://" + settings.host() + ":" + running.port());
        Thread.currentThread().join();
        throw new IllegalStateException(logging + " outlives the server");
    }
}
