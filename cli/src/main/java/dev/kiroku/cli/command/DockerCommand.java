package dev.kiroku.cli.command;

import dev.kiroku.model.KirokuException;
import dev.kiroku.serving.source.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku models generate-dockerfile} and {@code build-docker}: builds an image that serves one model. */
final class DockerCommand {
    private static final String BASE = "kiroku-model-serve";

    private final CommandContext context;

    DockerCommand(CommandContext context) {
        this.context = context;
    }

    CommandSpec generate() {
        CommandHandler handler = arguments -> {
            Path folder = Path.of(new ModelOptions(arguments, context.environment())
                    .value("--output-directory", null, "kiroku-dockerfile"));
            write(arguments, folder);
            context.out()
                    .println("The Dockerfile is in " + folder + "; build it with: docker build -t my-model " + folder);
            context.out()
                    .println("Its base image is " + base(new ModelOptions(arguments, context.environment()))
                            + ", built by deploy/serving/Dockerfile in Kiroku's sources.");
            return ExitStatus.SUCCESS;
        };
        CommandSpec spec = CommandSpec.wrapWithoutInspection(handler).name("generate-dockerfile");
        spec.usageMessage()
                .description("Write a Dockerfile whose image serves a model on port 8080.")
                .abbreviateSynopsis(true)
                .footer("", "Example:", "  kiroku models generate-dockerfile -m models:/iris-classifier/3 -d my-model");
        common(spec);
        spec.addOption(ModelOptions.text(
                        "FOLDER", "The output folder. Default: kiroku-dockerfile.", "-d", "--output-directory")
                .build());
        return spec;
    }

    CommandSpec build() {
        CommandHandler handler = arguments -> {
            String name =
                    new ModelOptions(arguments, context.environment()).value("--name", null, "kiroku-pyfunc-servable");
            Path folder = Files.createTempDirectory("kiroku-docker");
            try {
                write(arguments, folder);
                return new ProcessBuilder(List.of("docker", "build", "-t", name, folder.toString()))
                                        .inheritIO()
                                        .start()
                                        .waitFor()
                                == 0
                        ? ExitStatus.SUCCESS
                        : ExitStatus.FAILURE;
            } catch (IOException e) {
                throw KirokuException.invalid(
                        "%s. 'kiroku models generate-dockerfile' writes the Dockerfile without docker.",
                        e.getMessage());
            } finally {
                Directories.deleteRecursively(folder);
            }
        };
        CommandSpec spec = CommandSpec.wrapWithoutInspection(handler).name("build-docker");
        spec.usageMessage()
                .description("Build an image that serves a model on port 8080.")
                .abbreviateSynopsis(true)
                .footer("", "Example:", "  kiroku models build-docker -m models:/iris-classifier/3 -n iris");
        common(spec);
        spec.addOption(
                ModelOptions.text("NAME", "The name of the image. Default: kiroku-pyfunc-servable.", "-n", "--name")
                        .build());
        return spec;
    }

    private static void common(CommandSpec spec) {
        spec.addOption(CommandOptions.help());
        spec.addOption(ModelOptions.text(
                        "URI",
                        "The model to put into the image. Without it, the image serves the model that is mounted at /opt/ml/model.",
                        "-m",
                        "--model-uri")
                .build());
        spec.addOption(ModelOptions.text(
                        "IMAGE",
                        "An image with Kiroku, built by deploy/serving/Dockerfile. Default: " + BASE + ".",
                        "--base-image")
                .build());
        spec.addOption(ModelOptions.text(
                        "MANAGER",
                        "local installs the model's requirements into the Python of the base image; virtualenv and uv create a separate "
                                + "environment. Default: local with a model, virtualenv without one.",
                        "--env-manager")
                .build());
        spec.addOption(ModelOptions.flag(
                        "Accepted for compatibility with MLflow; the model's requirements include MLflow.",
                        "--install-mlflow")
                .hidden(true)
                .build());
    }

    private static String base(ModelOptions options) {
        return options.value("--base-image", null, BASE);
    }

    private void write(ParseResult arguments, Path folder) throws IOException {
        ModelOptions options = new ModelOptions(arguments, context.environment());
        String uri = options.value("--model-uri", null, null);
        String manager =
                options.oneOf("--env-manager", uri == null ? "virtualenv" : "local", "local", "virtualenv", "uv");
        StringBuilder file = new StringBuilder("FROM " + base(options) + "\n");
        if (manager.equals("uv")) {
            file.append("USER root\nRUN pip install --no-cache-dir uv\nUSER kiroku\n");
        }
        Files.createDirectories(folder);
        if (uri != null) {
            var source = options.modelSources(context.err()).create(uri);
            Path model = folder.resolve("model");
            if (Files.exists(model) && !Files.exists(model.resolve("MLmodel"))) {
                throw KirokuException.invalid(
                        "%s exists and contains no model: choose another --output-directory.", model);
            }
            Directories.deleteRecursively(model); // from an earlier run
            copy(source.fetch(source.resolve()), model);
            file.append("COPY model /opt/ml/model\n")
                    .append(
                            manager.equals("local")
                                    ? "USER root\nRUN pip install --no-cache-dir -r /opt/ml/model/requirements.txt\nUSER kiroku\n"
                                    : "RUN kiroku models prepare-env -m /opt/ml/model --env-manager " + manager + "\n");
        }
        file.append(
                        "EXPOSE 8080\nCMD exec kiroku models serve -m /opt/ml/model --host 0.0.0.0 --port 8080 --workers ${MLFLOW_MODELS_WORKERS:-1} --env-manager ")
                .append(manager)
                .append('\n');
        Files.writeString(folder.resolve("Dockerfile"), file);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }
}
