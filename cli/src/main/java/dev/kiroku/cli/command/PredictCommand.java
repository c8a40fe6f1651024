package dev.kiroku.cli.command;

import dev.kiroku.cli.config.LogLevel;
import dev.kiroku.cli.logging.Logging;
import dev.kiroku.model.KirokuException;
import dev.kiroku.serving.protocol.ScoringResponse;
import dev.kiroku.serving.source.ModelSource;
import dev.kiroku.serving.worker.WorkerObserver;
import dev.kiroku.serving.worker.WorkerPackage;
import dev.kiroku.serving.worker.WorkerPool;
import dev.kiroku.serving.worker.WorkerSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku models predict} and {@code prepare-env}: use a model without a server. */
final class PredictCommand {
    private static final Duration LIMIT = Duration.ofHours(24);

    private final CommandContext context;

    PredictCommand(CommandContext context) {
        this.context = context;
    }

    CommandSpec predict() {
        CommandHandler handler = this::runPredict;
        CommandSpec spec = CommandSpec.wrapWithoutInspection(handler).name("predict");
        spec.usageMessage()
                .description("Predict for one input file as the served model would, and write the predictions as JSON.")
                .abbreviateSynopsis(true)
                .footer(
                        "",
                        "Example:",
                        "  kiroku models predict -m models:/iris-classifier@champion -i rows.csv -t csv --no-conda");
        common(spec);
        spec.addOption(ModelOptions.text("FILE", "The input file. Default: standard input.", "-i", "--input-path")
                .build());
        spec.addOption(ModelOptions.text("FILE", "The output file. Default: standard output.", "-o", "--output-path")
                .build());
        spec.addOption(ModelOptions.text("TYPE", "json or csv. Default: json.", "-t", "--content-type")
                .build());
        return spec;
    }

    CommandSpec prepare() {
        CommandHandler handler = this::runPrepare;
        CommandSpec spec = CommandSpec.wrapWithoutInspection(handler).name("prepare-env");
        spec.usageMessage()
                .description("Download a model and create its environment, so that serving it starts fast.")
                .abbreviateSynopsis(true)
                .footer(
                        "",
                        "Example:",
                        "  kiroku models prepare-env -m models:/iris-classifier@champion --env-manager uv");
        common(spec);
        return spec;
    }

    private static void common(CommandSpec spec) {
        spec.addOption(CommandOptions.help());
        spec.addOption(ModelOptions.text("URI", "The model, as for 'kiroku models serve'.", "-m", "--model-uri")
                .build());
        spec.addOption(ModelOptions.tokenFile());
        ModelOptions.pythonOptions().forEach(spec::addOption);
    }

    /** The local folder of a model and the Python interpreter to run it with. */
    private record PreparedModel(Path folder, Path python) {}

    private PreparedModel prepare(ModelOptions options) throws IOException {
        ModelSource source = options.modelSources(context.err()).create(options.modelUri());
        Path folder = source.fetch(source.resolve());
        return new PreparedModel(folder, options.pythonEnvironment().prepareInterpreter(folder));
    }

    private int runPrepare(ParseResult arguments) throws Exception {
        Logging.start(LogLevel.INFO, context.err());
        PreparedModel prepared = withIoErrors(() -> prepare(new ModelOptions(arguments, context.environment())));
        context.out().println("The model is in " + prepared.folder() + ", its Python is " + prepared.python());
        return ExitStatus.SUCCESS;
    }

    private int runPredict(ParseResult arguments) throws Exception {
        ModelOptions options = new ModelOptions(arguments, context.environment());
        String type = options.oneOf("--content-type", "json", "json", "csv");
        String input = options.value("--input-path", null, null);
        Logging.start(LogLevel.INFO, context.err());
        ScoringResponse answer = withIoErrors(() -> {
            byte[] body = input == null ? System.in.readAllBytes() : Files.readAllBytes(Path.of(input));
            PreparedModel prepared = prepare(options);
            Path code = WorkerPackage.extract();
            WorkerSettings settings =
                    new WorkerSettings(prepared.python(), code, 1, "off", 1, 1, LIMIT, LIMIT, 0, Map.of());
            try (WorkerPool pool = WorkerPool.start(settings, prepared.folder(), false, WorkerObserver.NONE)) {
                return pool.predict(type.equals("csv") ? "text/csv" : "application/json", body, null)
                        .orElseThrow();
            } finally {
                WorkerPackage.delete(code);
            }
        });
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        if (!answer.isOk()) {
            throw KirokuException.invalid("%s", text);
        }
        String output = options.value("--output-path", null, null);
        if (output == null) {
            context.out().println(text);
        } else {
            Files.writeString(Path.of(output), text);
        }
        return ExitStatus.SUCCESS;
    }

    private interface IoCallable<T> {
        T run() throws IOException;
    }

    private static <T> T withIoErrors(IoCallable<T> what) {
        try {
            return what.run();
        } catch (java.nio.file.NoSuchFileException e) {
            throw KirokuException.invalid("There is no file %s.", e.getMessage());
        } catch (IOException e) {
            throw KirokuException.invalid("%s", e.getMessage());
        }
    }
}
