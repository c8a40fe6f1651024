package dev.kiroku.conformance;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The reference in a Python environment of its own, installed on first use and kept for the next time. */
final class MlflowInstallation {
    static final String VERSION = "3.17.2";

    private final Path environment;

    private MlflowInstallation(Path environment) {
        this.environment = environment;
    }

    /**
     * Finds the installation under {@code ~/.cache/kiroku}, or makes it with {@code python3} and {@code pip}.
     *
     * @throws IOException when it cannot be made; the message says why
     */
    static MlflowInstallation findOrInstall() throws IOException {
        Path cache = Files.createDirectories(Path.of(System.getProperty("user.home"), ".cache", "kiroku"));
        Path environment = cache.resolve("mlflow-" + VERSION);
        Path complete = environment.resolve(".complete");
        try (FileChannel channel = FileChannel.open(cache.resolve("mlflow.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (lock.isValid() && !Files.exists(complete)) {
                run(cache, List.of("python3", "-m", "venv", "--clear", environment.toString()));
                run(cache, List.of(environment.resolve("bin/pip").toString(), "install", "--quiet", "mlflow==" + VERSION));
                Files.createFile(complete);
            }
        }
        return new MlflowInstallation(environment);
    }

    /** The interpreter that has it. */
    Path python() {
        return environment.resolve("bin/python");
    }

    /** A new server on an empty SQLite database, with artifacts proxied. */
    Target startServer(String name) {
        return ServerProcess.start(name, List.of(environment.resolve("bin/python").toString(), "-m", "mlflow", "server",
                "--backend-store-uri", "sqlite:///mlflow.db", "--artifacts-destination", "./artifacts", "--workers", "1"));
    }

    private static void run(Path directory, List<String> command) throws IOException {
        Path log = directory.resolve("install.log");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + " failed: " + Files.readString(log).strip());
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while installing", e);
        }
    }
}
