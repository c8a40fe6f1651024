package dev.kiroku.cli.command;

import dev.kiroku.model.KirokuException;
import dev.kiroku.serving.source.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku models generate-dockerfile} and {@code build-docker}: an image that serves one model. */
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
                    .println("It stands on the image " + base(new ModelOptions(arguments, context.environment()))
                            + ", which deploy/serving/Dockerfile of Kiroku's sources makes.");
            return ExitStatus.SUCCESS;
        };
        CommandSpec spec = CommandSpec.wrapWithoutInspection(handler).name("generate-dockerfile");
        spec.usageMessage()
                .description("Write a Dockerfile whose image serves a model on port 8080.")
                .abbreviateSynopsis(true)
                .footer("", "Example:", "  kiroku models generate-dockerfile -m models:/iris-classifier/3 -d my-model");
        common(spec);
        spec.addOption(
                ModelOptions.text("FOLDER", "Where it goes. Default: kiroku-dockerfile.", "-d", "--output-directory")
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
        spec.addOption(ModelOptions.text("NAME", "The image's name. Default: kiroku-pyfunc-servable.", "-n", "--name")
                .build());
        return spec;
    }

    private static void common(CommandSpec spec) {
        spec.addOption(CommandOptions.help());
        spec.addOption(ModelOptions.text(
                        "URI",
                        "The model that goes into the image. Without one, the image serves what is mounted at /opt/ml/model.",
                        "-m",
                        "--model-uri")
                .build());
        spec.addOption(ModelOptions.text(
                        "IMAGE",
                        "An image with Kiroku, as deploy/serving/Dockerfile makes it. Default: " + BASE + ".",
                        "--base-image")
                .build());
        spec.addOption(ModelOptions.text(
                        "MANAGER",
                        "local installs what the model needs beside what the base image has; virtualenv and uv give it an environment "
                                + "of its own. Default: local with a model, virtualenv without one.",
                        "--env-manager")
                .build());
        spec.addOption(ModelOptions.flag("For MLflow's sake; the model's requirements name MLflow.", "--install-mlflow")
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
                        "%s is there already and holds no model: choose another --output-directory.", model);
            }
            Directories.deleteRecursively(model); // of another time
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
