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

/** MLflow in a virtual environment of its own, which is created on first use and reused. */
public final class MlflowInstallation {
    /** The releases that Kiroku is compared with; the first one is installed with all its dependencies. */
    public static final List<String> RELEASES = List.of("3.17.2", "3.18.0");
    /** The release that is installed: the first of {@link #RELEASES}, or that of {@code -Dmlflow.version}. */
    public static final String VERSION = System.getProperty("mlflow.version", RELEASES.getFirst());

    private final Path environment;

    private MlflowInstallation(Path environment) {
        this.environment = environment;
    }

    /**
     * Returns the installation under {@code ~/.cache/kiroku}; creates it with {@code python3} and {@code pip} if it is missing.
     *
     * @throws IOException if it cannot be created; the message names the reason
     */
    public static MlflowInstallation findOrInstall() throws IOException {
        Path environment = cache().resolve("mlflow-" + VERSION);
        Path complete = environment.resolve(".complete");
        locked(() -> {
            if (!Files.exists(complete)) {
                run(cache(), List.of("python3", "-m", "venv", "--clear", environment.toString()));
                String pip = environment.resolve("bin/pip").toString();
                run(cache(), List.of(pip, "install", "--quiet", "mlflow==" + RELEASES.getFirst()));
                if (!VERSION.equals(RELEASES.getFirst())) { // with the same dependencies, so that only MLflow differs
                    run(cache(), List.of(pip, "install", "--quiet", "--no-deps", "mlflow==" + VERSION));
                }
                Files.createFile(complete);
            }
        });
        return new MlflowInstallation(environment);
    }

    /**
     * Returns a Python interpreter with the client of an MLflow release; installs it under {@code ~/.cache/kiroku} if it is missing.
     *
     * @throws IOException if it cannot be installed; the message names the reason
     */
    public static Path findOrInstallClient(String release) throws IOException {
        Path environment = cache().resolve("mlflow-client-" + release);
        Path complete = environment.resolve(".complete");
        locked(() -> {
            if (!Files.exists(complete)) {
                String pip = environment.resolve("bin/pip").toString();
                // Clients need no more than the dependencies of the small package, which hardly differ between
                // releases.
                String dependencies = "mlflow-skinny==" + (release.startsWith("3.") ? VERSION : release);
                run(cache(), List.of("python3", "-m", "venv", "--clear", environment.toString()));
                run(cache(), List.of(pip, "install", "--quiet", dependencies));
                run(cache(), List.of(pip, "uninstall", "--quiet", "--yes", "mlflow-skinny"));
                run(cache(), List.of(pip, "install", "--quiet", "--no-deps", "mlflow==" + release));
                Files.createFile(complete);
            }
        });
        return environment.resolve("bin/python");
    }

    /**
     * Returns a folder with the package of another release, without its dependencies: named by {@code PYTHONPATH}, it takes precedence over the
     * release of this installation. Installs it under {@code ~/.cache/kiroku} if it is missing.
     *
     * @throws IOException if it cannot be installed; the message names the reason
     */
    public Path findOrInstallPackage(String release) throws IOException {
        Path folder = cache().resolve("mlflow-package-" + release);
        Path complete = folder.resolve(".complete");
        locked(() -> {
            if (!Files.exists(complete)) {
                List<String> install = List.of(
                        environment.resolve("bin/pip").toString(),
                        "install",
                        "--quiet",
                        "--no-deps",
                        "--upgrade",
                        "--target",
                        folder.toString(),
                        "mlflow==" + release);
                // The one dependency of MLflow 2 whose later releases do not fit it.
                List<String> more = release.startsWith("2.") ? List.of("sqlalchemy<2.1") : List.of();
                run(cache(), Stream.concat(install.stream(), more.stream()).toList());
                Files.createFile(complete);
            }
        });
        return folder;
    }

    /**
     * Installs MLflow's driver for PostgreSQL if it is missing.
     *
     * @throws IOException if it cannot be installed; the message names the reason
     */
    public void addPostgresDriver() throws IOException {
        addPackages(List.of("psycopg2"), List.of("psycopg2-binary"));
    }

    /**
     * Installs packages if their modules are missing.
     *
     * @param modules the names of the Python modules
     * @param packages the names for pip
     * @throws IOException if they cannot be installed; the message names the reason
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

    /** Returns the Python interpreter. */
    public Path python() {
        return environment.resolve("bin/python");
    }

    /** Returns the folder of the virtual environment, whose packages include MLflow's web UI. */
    public Path environment() {
        return environment;
    }

    /** Returns the command for a server with one worker and artifacts in {@code ./artifacts}, without {@code --host} and {@code --port}. */
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

    /** Runs a step under a lock that all processes share. */
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
