package dev.kiroku.serving.worker;

import dev.kiroku.serving.process.ChildEnvironment;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Starts worker processes for one model. Thread-safe. */
final class WorkerLauncher {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration ACCEPT_INTERVAL = Duration.ofMillis(10);

    private final WorkerSettings settings;
    private final Path model;

    /**
     * Creates a launcher.
     *
     * @param model the directory with the model's files
     */
    WorkerLauncher(WorkerSettings settings, Path model) {
        this.settings = settings;
        this.model = model;
    }

    /**
     * Starts as many workers as the settings say, in parallel, and waits until each has loaded the model.
     *
     * @throws IOException when one of them cannot be started; the others are closed
     */
    List<WorkerProcess> launchAll() throws IOException {
        List<CompletableFuture<WorkerProcess>> starting = new ArrayList<>();
        for (int i = 0; i < settings.workers(); i++) {
            CompletableFuture<WorkerProcess> worker = new CompletableFuture<>();
            starting.add(worker);
            Thread.ofPlatform().daemon().name("worker-start").start(() -> {
                try {
                    worker.complete(launch());
                } catch (IOException | RuntimeException e) {
                    worker.completeExceptionally(e);
                }
            });
        }
        IOException failure = null;
        List<WorkerProcess> started = new ArrayList<>();
        for (CompletableFuture<WorkerProcess> worker : starting) {
            try {
                started.add(worker.get());
            } catch (ExecutionException e) {
                Throwable cause = Objects.requireNonNull(e.getCause());
                failure = new IOException(cause.getMessage(), cause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                failure = new IOException("interrupted", e);
            }
        }
        if (failure != null) {
            // Also those that are still starting, if this thread was interrupted.
            starting.forEach(worker -> worker.thenAccept(WorkerProcess::close));
            throw failure;
        }
        return started;
    }

    /**
     * Starts a process and waits until it has loaded the model.
     *
     * @throws IOException when the process cannot be started or cannot load the model; the message says why
     */
    WorkerProcess launch() throws IOException {
        Path directory = Files.createTempDirectory(
                "kiroku-worker", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path socket = directory.resolve("s");
        Process process = null;
        SocketChannel channel = null;
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket), 1);
            process = processBuilder(socket).start();
            channel = accept(server, process);
            WorkerConnection connection = new WorkerConnection(channel);
            WorkerCapabilities capabilities = readCapabilities(connection, process);
            return new WorkerProcess(process, connection, capabilities);
        } catch (IOException | RuntimeException e) {
            if (channel != null) {
                channel.close();
            }
            if (process != null) {
                process.destroyForcibly();
            }
            throw e;
        } finally {
            Files.deleteIfExists(socket);
            Files.deleteIfExists(directory);
        }
    }

    private ProcessBuilder processBuilder(Path socket) {
        ProcessBuilder builder = new ProcessBuilder(
                settings.python().toString(),
                "-u",
                "-m",
                "kiroku_worker",
                socket.toString(),
                model.toString(),
                settings.batching());
        Map<String, String> environment = builder.environment();
        ChildEnvironment.retainInherited(environment);
        String path = environment.get("PYTHONPATH");
        environment.put(
                "PYTHONPATH",
                path == null || path.isEmpty()
                        ? settings.packageDirectory().toString()
                        : settings.packageDirectory() + ":" + path);
        // The workers share the processors: a library that starts a thread for each of them slows the other workers
        // down.
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / settings.workers());
        environment.putIfAbsent("OMP_NUM_THREADS", Integer.toString(threads));
        environment.putIfAbsent("PYTHONDONTWRITEBYTECODE", "1");
        environment.putAll(settings.environment());
        return builder.redirectInput(
                        ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
    }

    /** Waits for the process to connect. Polls, because accept cannot wait for a connection and for the end of a process at once. */
    private SocketChannel accept(ServerSocketChannel server, Process process) throws IOException {
        server.configureBlocking(false);
        long deadline = System.nanoTime() + settings.startTimeout().toNanos();
        for (SocketChannel channel = server.accept(); ; channel = server.accept()) {
            if (channel != null) {
                channel.configureBlocking(true);
                return channel;
            }
            if (!process.isAlive()) {
                throw new IOException("the worker process exited with status " + process.exitValue()
                        + " before it loaded the model. Its output is above. Python: " + settings.python());
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("the worker process did not connect within "
                        + settings.startTimeout().toSeconds() + " s (--start-timeout)");
            }
            try {
                Thread.sleep(ACCEPT_INTERVAL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    private WorkerCapabilities readCapabilities(WorkerConnection connection, Process process) throws IOException {
        JsonNode handshake = JSON.readTree(readHandshake(connection, process));
        if (handshake.has("failed")) {
            throw new IOException(
                    "the model could not be loaded: " + handshake.path("failed").asString());
        }
        return new WorkerCapabilities(
                handshake.path("mlflow_version").asString(),
                handshake.path("accepts_tables").asBoolean(),
                handshake.path("mergeable").asBoolean(),
                handshake.path("merge_reason").asString());
    }

    /** Reads the first frame. Ends the process when the frame does not arrive in time, which ends the read. */
    private String readHandshake(WorkerConnection connection, Process process) throws IOException {
        Thread timeout = Thread.ofVirtual().start(() -> {
            try {
                if (!process.waitFor(settings.startTimeout())) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                // The handshake has arrived.
            }
        });
        try {
            if (connection.read() instanceof WorkerReply.Json json) {
                return json.text();
            }
            throw new IOException("the worker process sent another frame before its handshake");
        } catch (IOException e) {
            throw new IOException("the worker process ended while it loaded the model. Its output is above.", e);
        } finally {
            timeout.interrupt();
        }
    }
}
