package dev.kiroku.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server in a process and a temporary directory of its own. Closing it also ends its child processes. */
public final class ServerProcess implements ConformanceServer {
    private static final Duration START_LIMIT = Duration.ofSeconds(300);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    private final String name;
    private final int port;
    private final Path directory;
    private final Process process;

    private ServerProcess(String name, int port, Path directory, Process process) {
        this.name = name;
        this.port = port;
        this.directory = directory;
        this.process = process;
    }

    /** Starts the command with {@code --host} and {@code --port} added, and waits until {@code /health} answers. */
    static ServerProcess start(String name, List<String> command) {
        return start(name, command, Map.of());
    }

    /** @param environment variables in addition to those of this process */
    static ServerProcess start(String name, List<String> command, Map<String, String> environment) {
        try {
            return start(name, command, environment, Files.createTempDirectory("conformance-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a server in a directory that may contain the data of an earlier server. Closing deletes the directory. */
    static ServerProcess start(String name, List<String> command, Path directory) {
        return start(name, command, Map.of(), directory);
    }

    private static ServerProcess start(
            String name, List<String> command, Map<String, String> environment, Path directory) {
        try {
            int port = freePort();
            List<String> words = Stream.concat(command.stream(), Stream.of("--host", "127.0.0.1", "--port", "" + port))
                    .toList();
            ProcessBuilder builder = new ProcessBuilder(words)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("server.log").toFile());
            builder.environment().keySet().removeIf(key -> key.startsWith("MLFLOW_") || key.startsWith("KIROKU_"));
            builder.environment().put("MLFLOW_DISABLE_TELEMETRY", "true");
            builder.environment().putAll(environment);
            ServerProcess server = new ServerProcess(name, port, directory, builder.start());
            server.awaitHealth();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitHealth() throws IOException {
        long limit = System.nanoTime() + START_LIMIT.toNanos();
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (process.isAlive() && System.nanoTime() < limit) {
                if (isHealthy(client)) {
                    return;
                }
                Thread.sleep(100);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        String log = Files.readString(directory.resolve("server.log"));
        close();
        throw new IllegalStateException(name + " did not start:\n" + log);
    }

    private boolean isHealthy(HttpClient client) throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(uri() + "/health"))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Returns the working directory, with the data and {@code server.log}. */
    public Path directory() {
        return directory;
    }

    /** Returns the log so far. */
    public String log() throws IOException {
        return Files.readString(directory.resolve("server.log"));
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Sends SIGTERM: the server may finish the requests in flight. */
    void terminate() {
        process.destroy();
    }

    /** Waits for the end of the process and returns its exit status. */
    int waitFor() throws InterruptedException {
        return process.waitFor();
    }

    /** Kills the process with SIGKILL. The directory is kept. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String uri() {
        return "http://127.0.0.1:" + port;
    }

    @Override
    public String artifactRoot() {
        return "mlflow-artifacts:";
    }

    @Override
    public void close() {
        List<ProcessHandle> family = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        family.forEach(ProcessHandle::destroy);
        try {
            process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        family.forEach(ProcessHandle::destroyForcibly);
        if (!Files.exists(directory)) { // a later server in the same directory has deleted it
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
