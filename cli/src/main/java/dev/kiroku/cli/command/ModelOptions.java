package dev.kiroku.cli.command;

import dev.kiroku.cli.config.UsageException;
import dev.kiroku.cli.wiring.ModelServerWiring;
import dev.kiroku.core.files.FileErrors;
import dev.kiroku.model.KirokuException;
import dev.kiroku.serving.source.ModelCache;
import dev.kiroku.serving.source.ModelSourceFactory;
import dev.kiroku.serving.source.PythonEnvironment;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The parsed options of a command on a model. A flag takes precedence over the environment. */
record ModelOptions(ParseResult arguments, Map<String, String> environment) {
    private static final String TOKEN_FILE = "--token-file";
    private static final String TOKEN_FILE_VARIABLE = "KIROKU_TRACKING_TOKEN_FILE";

    static OptionSpec.Builder text(String label, String help, String... names) {
        return OptionSpec.builder(names).type(String.class).paramLabel(label).description(help.replace("%", "%%"));
    }

    /** Returns the option that names a file with the token for the tracking server. */
    static OptionSpec tokenFile() {
        return text(
                        "FILE",
                        "A file with the token for the tracking server, instead of $MLFLOW_TRACKING_TOKEN. [$"
                                + TOKEN_FILE_VARIABLE + "]",
                        TOKEN_FILE)
                .build();
    }

    static OptionSpec.Builder flag(String help, String... names) {
        return OptionSpec.builder(names).type(boolean.class).arity("0").description(help);
    }

    /** Returns the options that choose the Python environment of a model. */
    static List<OptionSpec> pythonOptions() {
        return List.of(
                text(
                                "MANAGER",
                                "The Python environment of the model: virtualenv or uv create one from the model's requirements; local uses the "
                                        + "installed Python ($KIROKU_PYTHON, the active virtual environment, or the PATH). Default: virtualenv.",
                                "--env-manager")
                        .build(),
                flag("The same as --env-manager local.", "--no-conda").build(),
                flag(
                                "Accepted for compatibility with MLflow; the model's requirements include MLflow.",
                                "--install-mlflow")
                        .hidden(true)
                        .build());
    }

    String value(String flag, String variable, String defaultValue) {
        String given = arguments.matchedOptionValue(flag, (String) null);
        if (given != null) {
            return given;
        }
        String set = variable == null ? null : environment.get(variable);
        return set == null || set.isBlank() ? defaultValue : set;
    }

    int number(String flag, String variable, int defaultValue, int least, int most) {
        String text = value(flag, variable, Integer.toString(defaultValue));
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw new UsageException(flag + " must be an integer from " + least + " to " + most + " (got '" + text + "')");
    }

    String oneOf(String flag, String defaultValue, String... arguments) {
        String word = value(flag, null, defaultValue);
        if (!List.of(arguments).contains(word)) {
            throw new UsageException(
                    flag + " must be one of " + String.join(", ", arguments) + " (got '" + word + "')");
        }
        return word;
    }

    /** Parses a percentage and returns it as a fraction from 0 to 1. */
    static double share(String flag, String text) {
        try {
            double percent = Double.parseDouble(text.endsWith("%") ? text.substring(0, text.length() - 1) : text);
            if (percent >= 0 && percent <= 100) {
                return percent / 100;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw new UsageException(flag + " must be a share such as 10% (got '" + text + "')");
    }

    String modelUri() {
        String uri = value("--model-uri", null, null);
        if (uri == null) {
            throw new UsageException("--model-uri is missing: give a model, such as models:/iris-classifier@champion");
        }
        return uri;
    }

    PythonEnvironment.Manager environmentManager() {
        try {
            return arguments.hasMatchedOption("--no-conda")
                    ? PythonEnvironment.Manager.LOCAL
                    : PythonEnvironment.Manager.parse(value("--env-manager", null, "virtualenv"));
        } catch (KirokuException e) {
            throw new UsageException(e.getMessage());
        }
    }

    /** Returns the folder for downloaded models and created environments. */
    Path cache() {
        String named = environment.get("KIROKU_CACHE");
        if (named != null && !named.isBlank()) {
            return Path.of(named);
        }
        String base = environment.get("XDG_CACHE_HOME");
        return base == null || base.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache", "kiroku")
                : Path.of(base, "kiroku");
    }

    /** Returns a factory of model sources that downloads into {@link #cache()} and shows its progress. */
    ModelSourceFactory modelSources(PrintStream progress) {
        return ModelServerWiring.modelSources(
                sourceEnvironment(), new ModelCache(cache().resolve("models"), new DownloadProgress(progress)));
    }

    /** Returns the environment with the token of the file that the options name, if any. It takes precedence over other credentials. */
    Map<String, String> sourceEnvironment() {
        String file = value(TOKEN_FILE, TOKEN_FILE_VARIABLE, null);
        if (file == null) {
            return environment;
        }
        Map<String, String> withToken = new HashMap<>(environment);
        withToken.keySet().removeAll(RemoteCommandSupport.CREDENTIAL_VARIABLES);
        withToken.put(RemoteCommandSupport.TOKEN_VARIABLE, readToken(Path.of(file)));
        return withToken;
    }

    private static String readToken(Path file) {
        String token;
        try {
            token = Files.readString(file).strip();
        } catch (IOException e) {
            throw new UsageException(TOKEN_FILE + ": " + file + " cannot be read: " + FileErrors.reason(e));
        }
        if (token.isEmpty() || token.lines().count() > 1) {
            throw new UsageException(TOKEN_FILE + ": " + file + " must have one line, the token");
        }
        return token;
    }

    /** Returns the Python environments that the options ask for. */
    PythonEnvironment pythonEnvironment() {
        return new PythonEnvironment(environmentManager(), cache().resolve("envs"), environment);
    }

    boolean isSet(String flag) {
        return arguments.hasMatchedOption(flag);
    }
}
