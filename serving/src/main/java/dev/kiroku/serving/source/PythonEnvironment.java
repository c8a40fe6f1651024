package dev.kiroku.serving.source;

import dev.kiroku.core.files.PrivateFiles;
import dev.kiroku.model.KirokuException;
import dev.kiroku.serving.process.ChildEnvironment;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Python environments for models: an installed interpreter, or one environment for each set of requirements, created with virtualenv or uv.
 * Thread-safe.
 */
public final class PythonEnvironment {
    private static final Logger LOG = LoggerFactory.getLogger(PythonEnvironment.class);
    private static final Pattern VERSION = Pattern.compile("^python: *['\"]?([0-9.]+)['\"]?\\s*$", Pattern.MULTILINE);
    private static final String COMPLETE_MARKER = ".complete";

    /** The values of {@code --env-manager}. */
    public enum Manager {
        /** An interpreter that is installed. */
        LOCAL,
        /** An environment that Python's module venv creates. */
        VIRTUALENV,
        /** An environment that uv creates. */
        UV;

        /**
         * Parses the value of the option.
         *
         * @throws KirokuException with {@code INVALID_PARAMETER_VALUE} for other words, {@code conda} included
         */
        public static Manager parse(String word) {
            return switch (word) {
                case "local" -> LOCAL;
                case "virtualenv" -> VIRTUALENV;
                case "uv" -> UV;
                case "conda" ->
                    throw KirokuException.invalid("--env-manager conda is not supported; use virtualenv, uv or local.");
                default ->
                    throw KirokuException.invalid("--env-manager must be local, virtualenv or uv (got '%s').", word);
            };
        }
    }

    private final Manager manager;
    private final Path cache;
    private final Map<String, String> variables;
    /** Held while an environment is created. A file lock does the same between processes. */
    private final ReentrantLock creationLock = new ReentrantLock();

    /**
     * Creates an object that finds or creates environments.
     *
     * @param cache the directory for environments
     * @param variables of this process; {@code KIROKU_PYTHON}, {@code VIRTUAL_ENV} and {@code PATH} are used to find interpreters
     */
    public PythonEnvironment(Manager manager, Path cache, Map<String, String> variables) {
        this.manager = manager;
        this.cache = cache;
        this.variables = variables;
    }

    /**
     * Returns the interpreter for a model, and creates its environment first if necessary, which may take minutes and is logged.
     *
     * @param model the directory with the model's files
     * @throws KirokuException if there is no suitable interpreter, or the model has no requirements
     * @throws IOException if the environment cannot be created
     */
    public Path prepareInterpreter(Path model) throws IOException {
        if (manager == Manager.LOCAL) {
            return requireLocalInterpreter();
        }
        Path requirements = model.resolve("requirements.txt");
        if (!Files.exists(requirements)) {
            throw KirokuException.invalid(
                    "The model has no requirements.txt to create an environment from. Use --env-manager local (--no-conda).");
        }
        String version = requiredVersion(model);
        Path environment = cache.resolve(
                manager.name().toLowerCase(Locale.ROOT) + "-" + digest(version, Files.readAllBytes(requirements)));
        Path python = environment.resolve("bin").resolve("python");
        if (Files.exists(environment.resolve(COMPLETE_MARKER))) {
            return python; // without locks: the cache may be read-only
        }
        PrivateFiles.createDirectories(cache);
        creationLock.lock();
        try (FileChannel file =
                        PrivateFiles.open(cache.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = file.lock()) {
            if (lock.isValid() && !Files.exists(environment.resolve(COMPLETE_MARKER))) {
                create(environment, python, version, model, requirements);
            }
        } finally {
            creationLock.unlock();
        }
        return python;
    }

    private void create(Path environment, Path python, String version, Path model, Path requirements)
            throws IOException {
        LOG.info("creating an environment for Python {} in {}, which may take minutes", version, environment);
        // The commands run in the model's directory, because requirements may name files relative to it, such as
        // wheels.
        if (manager == Manager.UV) {
            String uv = requireOnPath("uv", "Install it ('pip install uv'), or use --env-manager virtualenv.");
            run(model, uv, "venv", "--quiet", "--clear", "--python", minorVersion(version), environment.toString());
            run(
                    model,
                    uv,
                    "pip",
                    "install",
                    "--quiet",
                    "--compile-bytecode",
                    "--python",
                    python.toString(),
                    "-r",
                    requirements.toString());
        } else {
            String base = requireInterpreter(minorVersion(version)).toString();
            run(model, base, "-m", "venv", "--clear", environment.toString());
            run(
                    model,
                    python.toString(),
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "-r",
                    requirements.toString());
        }
        Files.createFile(environment.resolve(COMPLETE_MARKER));
    }

    private static String requiredVersion(Path model) throws IOException {
        Path file = model.resolve("python_env.yaml");
        Matcher version = VERSION.matcher(Files.exists(file) ? Files.readString(file) : "");
        return version.find() ? version.group(1) : "3";
    }

    /** Returns the version without the patch number: any patch release is accepted. */
    private static String minorVersion(String version) {
        String[] parts = version.split("\\.", -1);
        return parts.length > 1 ? parts[0] + "." + parts[1] : version;
    }

    private Path requireInterpreter(String minorVersion) throws IOException {
        for (String name : List.of("python" + minorVersion, "python3", "python")) {
            Optional<Path> interpreter = findOnPath(name);
            if (interpreter.isPresent()
                    && readOutput(
                                    interpreter.get().toString(),
                                    "-c",
                                    "import sys; print('%d.%d' % sys.version_info[:2])")
                            .equals(minorVersion)) {
                return interpreter.get();
            }
        }
        throw KirokuException.invalid(
                "The model requires Python %s, which is not on the PATH. Install it, or use --env-manager uv, which downloads it, "
                        + "or --env-manager local.",
                minorVersion);
    }

    private Path requireLocalInterpreter() {
        String configured = variables.get("KIROKU_PYTHON");
        if (configured != null && !configured.isBlank()) {
            Path python = Path.of(configured);
            if (!Files.isExecutable(python)) {
                throw KirokuException.invalid("KIROKU_PYTHON is %s, which is not an executable file.", configured);
            }
            return python;
        }
        String active = variables.get("VIRTUAL_ENV");
        if (active != null && Files.isExecutable(Path.of(active, "bin", "python"))) {
            return Path.of(active, "bin", "python");
        }
        return Stream.of("python3", "python")
                .flatMap(name -> findOnPath(name).stream())
                .findFirst()
                .orElseThrow(
                        () -> KirokuException.invalid(
                                "There is no Python on the PATH. Install Python and mlflow, or set KIROKU_PYTHON to an interpreter."));
    }

    private String requireOnPath(String name, String advice) {
        return findOnPath(name)
                .orElseThrow(() -> KirokuException.invalid("%s is not on the PATH. %s", name, advice))
                .toString();
    }

    private Optional<Path> findOnPath(String name) {
        return Stream.of(variables.getOrDefault("PATH", "").split(":", -1))
                .filter(directory -> !directory.isBlank())
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static void run(Path directory, String... command) throws IOException {
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.INHERIT);
            // Packages may run code while they are installed.
            ChildEnvironment.retainForInstallation(builder.environment());
            int status = builder.start().waitFor();
            if (status != 0) {
                throw new IOException(
                        "'" + String.join(" ", command) + "' exited with status " + status + ". Its output is above.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static String readOutput(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    private static String digest(String version, byte[] requirements) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(version.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sha.digest(requirements)).substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
