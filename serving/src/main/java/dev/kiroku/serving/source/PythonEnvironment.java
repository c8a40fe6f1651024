package dev.kiroku.serving.source;

import dev.kiroku.model.KirokuException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Python that a model runs in: the one that is there, or one made from what the model says that it needs. */
public final class PythonEnvironment {
    private static final Logger LOG = LoggerFactory.getLogger(PythonEnvironment.class);
    private static final Pattern VERSION = Pattern.compile("^python: *['\"]?([0-9.]+)['\"]?\\s*$", Pattern.MULTILINE);
    private static final String COMPLETE_MARKER = ".complete";

    /** How an environment is got. */
    public enum Manager {
        LOCAL,
        VIRTUALENV,
        UV;

        /** @throws KirokuException for a word that is none of them, conda among them */
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
    /** Models with the same needs share an environment, whoever comes first makes it: threads here, and by a file other processes. */
    private final ReentrantLock creationLock = new ReentrantLock();

    /**
     * @param cache the folder in which made environments are kept
     * @param variables of this process: KIROKU_PYTHON, VIRTUAL_ENV and PATH say which Python is there
     */
    public PythonEnvironment(Manager manager, Path cache, Map<String, String> variables) {
        this.manager = manager;
        this.cache = cache;
        this.variables = variables;
    }

    /**
     * The interpreter for a model; makes its environment first where needed, which takes a while and is told in the log.
     *
     * @param model the folder with the model's files
     */
    public Path prepareInterpreter(Path model) throws IOException {
        if (manager == Manager.LOCAL) {
            return requireLocalInterpreter();
        }
        Path requirements = model.resolve("requirements.txt");
        if (!Files.exists(requirements)) {
            throw KirokuException.invalid(
                    "The model has no requirements.txt to make an environment from; use --env-manager local (--no-conda).");
        }
        String version = requiredVersion(model);
        Path environment = cache.resolve(
                manager.name().toLowerCase(Locale.ROOT) + "-" + digest(version, Files.readAllBytes(requirements)));
        Path python = environment.resolve("bin").resolve("python");
        if (Files.exists(environment.resolve(COMPLETE_MARKER))) {
            return python; // without waiting for others that are made, or writing to a cache that may be read-only
        }
        Files.createDirectories(cache);
        creationLock.lock();
        try (FileChannel file =
                        FileChannel.open(cache.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = file.lock()) {
            if (lock.isValid() && !Files.exists(environment.resolve(COMPLETE_MARKER))) {
                create(environment, python, version, requirements);
            }
        } finally {
            creationLock.unlock();
        }
        return python;
    }

    private void create(Path environment, Path python, String version, Path requirements) throws IOException {
        Path uv = findOnPath("uv");
        if (manager == Manager.UV && uv == null) {
            throw KirokuException.invalid(
                    "uv is not on the PATH. Install it ('pip install uv'), or use --env-manager virtualenv.");
        }
        LOG.info("making an environment of Python {} for the model in {}; this takes a while", version, environment);
        // Requirements may name files beside them, such as the code's wheels.
        if (manager == Manager.UV) {
            run(
                    requirements.getParent(),
                    List.of(
                            uv.toString(),
                            "venv",
                            "--quiet",
                            "--clear",
                            "--python",
                            minorVersion(version),
                            environment.toString()));
            run(
                    requirements.getParent(),
                    List.of(
                            uv.toString(),
                            "pip",
                            "install",
                            "--quiet",
                            "--compile-bytecode",
                            "--python",
                            python.toString(),
                            "-r",
                            requirements.toString()));
        } else {
            run(
                    requirements.getParent(),
                    List.of(requireInterpreter(version).toString(), "-m", "venv", "--clear", environment.toString()));
            run(
                    requirements.getParent(),
                    List.of(
                            python.toString(),
                            "-m",
                            "pip",
                            "install",
                            "--quiet",
                            "--disable-pip-version-check",
                            "-r",
                            requirements.toString()));
        }
        Files.createFile(environment.resolve(COMPLETE_MARKER));
    }

    private static String requiredVersion(Path model) throws IOException {
        Path file = model.resolve("python_env.yaml");
        Matcher version = VERSION.matcher(Files.exists(file) ? Files.readString(file) : "");
        return version.find() ? version.group(1) : "3";
    }

    /** The patch version is left to the machine. */
    private static String minorVersion(String version) {
        String[] parts = version.split("\\.");
        return parts.length > 1 ? parts[0] + "." + parts[1] : version;
    }

    private Path requireInterpreter(String version) throws IOException {
        String minor = minorVersion(version);
        for (String name : List.of("python" + minor, "python3", "python")) {
            Path found = findOnPath(name);
            if (found != null
                    && readOutput(List.of(found.toString(), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"))
                            .equals(minor)) {
                return found;
            }
        }
        throw KirokuException.invalid(
                "The model wants Python %s, which is not on the PATH. Install it, or use --env-manager uv, which fetches it, "
                        + "or --env-manager local.",
                minor);
    }

    private Path requireLocalInterpreter() {
        String named = variables.get("KIROKU_PYTHON");
        if (named != null && !named.isBlank()) {
            Path python = Path.of(named);
            if (!Files.isExecutable(python)) {
                throw KirokuException.invalid("KIROKU_PYTHON is %s, which cannot be run.", named);
            }
            return python;
        }
        String active = variables.get("VIRTUAL_ENV");
        if (active != null && Files.isExecutable(Path.of(active, "bin", "python"))) {
            return Path.of(active, "bin", "python");
        }
        for (String name : List.of("python3", "python")) {
            Path found = findOnPath(name);
            if (found != null) {
                return found;
            }
        }
        throw KirokuException.invalid(
                "There is no Python on the PATH. Install Python and mlflow, or name an interpreter with KIROKU_PYTHON.");
    }

    private Path findOnPath(String name) {
        return Stream.of(variables.getOrDefault("PATH", "").split(":"))
                .filter(folder -> !folder.isBlank())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    private static void run(Path folder, List<String> command) throws IOException {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            int status = process.waitFor();
            if (status != 0) {
                throw new IOException("'" + String.join(" ", new ArrayList<>(command)) + "' ended with status " + status
                        + "; what it said is above");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static String readOutput(List<String> command) throws IOException {
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
            throw new IllegalStateException(e);
        }
    }
}
