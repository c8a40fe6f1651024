package dev.kiroku.reference;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The reference in a Python environment of its own, installed on first use and kept for the next time. */
public final class MlflowInstallation {
    public static final String VERSION = "3.17.2";

    private final Path environment;

    private MlflowInstallation(Path environment) {
        this.environment = environment;
    }

    /**
     * Finds the installation under {@code ~/.cache/kiroku}, or makes it with {@code python3} and {@code pip}.
     *
     * @throws IOException when it cannot be made; the message says why
     */
    public static MlflowInstallation findOrInstall() throws IOException {
        Path environment = cache().resolve("mlflow-" + VERSION);
        Path complete = environment.resolve(".complete");
        locked(() -> {
            if (!Files.exists(complete)) {
                run(cache(), List.of("python3", "-m", "venv", "--clear", environment.toString()));
                run(
                        cache(),
                        List.of(environment.resolve("bin/pip").toString(), "install", "--quiet", "mlflow==" + VERSION));
                Files.createFile(complete);
            }
        });
        return new MlflowInstallation(environment);
    }

    /**
     * Adds the driver without which MLflow cannot use PostgreSQL, unless it is there.
     *
     * @throws IOException when it cannot be installed; the message says why
     */
    public void addPostgresDriver() throws IOException {
        addPackages(List.of("psycopg2"), List.of("psycopg2-binary"));
    }

    /**
     * Adds packages, unless those of these names are there.
     *
     * @param modules by which Python knows them
     * @param packages by which pip knows them
     * @throws IOException when they cannot be installed; the message says why
     */
    public void addPackages(List<String> modules, List<String> packages) throws IOException {
        locked(() -> {
            try (Stream<Path> there = Files.walk(environment.resolve("lib"), 3)) {
                if (there.map(path -> path.getFileName().toString())
                        .collect(Collectors.toSet())
                        .containsAll(modules)) {
                    return;
                }
            }
            run(
                    cache(),
                    Stream.concat(
                                    Stream.of(environment.resolve("bin/pip").toString(), "install", "--quiet"),
                                    packages.stream())
                            .toList());
        });
    }

    /** The interpreter that has it. */
    public Path python() {
        return environment.resolve("bin/python");
    }

    /** The virtual environment: its packages hold MLflow's built pages too. */
    public Path environment() {
        return environment;
    }

    /** The command that starts a server with one worker and artifacts proxied into {@code ./artifacts}; {@code --host} and {@code --port} are to be added. */
    public List<String> serverCommand(String backendStoreUri) {
        return List.of(
                python().toString(),
                "-m",
                "mlflow",
                "server",
                "--backend-store-uri",
                backendStoreUri,
                "--artifacts-destination",
                "./artifacts",
                "--workers",
                "1");
    }

    private interface InstallStep {
        void run() throws IOException;
    }

    /** One at a time, whichever process it is that installs. */
    private static void locked(InstallStep installation) throws IOException {
        try (FileChannel channel = FileChannel.open(
                        cache().resolve("mlflow.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (lock.isValid()) {
                installation.run();
            }
        }
    }

    private static Path cache() throws IOException {
        return Files.createDirectories(Path.of(System.getProperty("user.home"), ".cache", "kiroku"));
    }

    private static void run(Path directory, List<String> command) throws IOException {
        Path log = directory.resolve("install.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + " failed: "
                        + Files.readString(log).strip());
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while installing", e);
        }
    }
}
