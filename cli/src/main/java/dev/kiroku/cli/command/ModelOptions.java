package dev.kiroku.cli.command;

import dev.kiroku.cli.config.UsageException;
import dev.kiroku.cli.wiring.ModelServerWiring;
import dev.kiroku.model.KirokuException;
import dev.kiroku.serving.source.ModelCache;
import dev.kiroku.serving.source.ModelSourceFactory;
import dev.kiroku.serving.source.PythonEnvironment;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The words of a command about a model, read: a flag beats the environment. */
record ModelOptions(ParseResult arguments, Map<String, String> environment) {
    static OptionSpec.Builder text(String label, String help, String... names) {
        return OptionSpec.builder(names).type(String.class).paramLabel(label).description(help.replace("%", "%%"));
    }

    static OptionSpec.Builder flag(String help, String... names) {
        return OptionSpec.builder(names).type(boolean.class).arity("0").description(help);
    }

    /** The options that say which Python a model runs in. */
    static List<OptionSpec> pythonOptions() {
        return List.of(
                text(
                                "MANAGER",
                                "Where the model's Python comes from: virtualenv or uv make one from what the model says it needs; local is the one that is "
                                        + "there ($KIROKU_PYTHON, the active virtual environment, or the PATH). Default: virtualenv.",
                                "--env-manager")
                        .build(),
                flag("The same as --env-manager local.", "--no-conda").build(),
                flag("For MLflow's sake; the model's requirements name MLflow.", "--install-mlflow")
                        .hidden(true)
                        .build());
    }

    String value(String flag, String variable, String otherwise) {
        String given = arguments.matchedOptionValue(flag, (String) null);
        if (given != null) {
            return given;
        }
        String set = variable == null ? null : environment.get(variable);
        return set == null || set.isBlank() ? otherwise : set;
    }

    int number(String flag, String variable, int otherwise, int least, int most) {
        String text = value(flag, variable, Integer.toString(otherwise));
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new UsageException(
                flag + " must be a whole number from " + least + " to " + most + " (got '" + text + "')");
    }

    String oneOf(String flag, String otherwise, String... arguments) {
        String word = value(flag, null, otherwise);
        if (!List.of(arguments).contains(word)) {
            throw new UsageException(
                    flag + " must be one of " + String.join(", ", arguments) + " (got '" + word + "')");
        }
        return word;
    }

    /** @return from 0 to 1 */
    static double share(String flag, String text) {
        try {
            double percent = Double.parseDouble(text.endsWith("%") ? text.substring(0, text.length() - 1) : text);
            if (percent >= 0 && percent <= 100) {
                return percent / 100;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new UsageException(flag + " must be a share such as 10% (got '" + text + "')");
    }

    String modelUri() {
        String uri = value("--model-uri", null, null);
        if (uri == null) {
            throw new UsageException("--model-uri is missing: name the model, as models:/iris-classifier@champion");
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

    /** Where downloaded models and made environments are kept. */
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
                environment, new ModelCache(cache().resolve("models"), new DownloadProgress(progress)));
    }

    /** Returns the Python environments that the options ask for. */
    PythonEnvironment pythonEnvironment() {
        return new PythonEnvironment(environmentManager(), cache().resolve("envs"), environment);
    }

    boolean isSet(String flag) {
        return arguments.hasMatchedOption(flag);
    }
}
