package dev.kiroku.bench.servers;

import dev.kiroku.bench.http.BenchmarkClient;
import dev.kiroku.bench.http.BenchmarkRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A measured server: a process of its own in a folder of its own. */
public final class BenchmarkServer implements AutoCloseable {
    private static final long START_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(180);
    private static final double MILLIS_PER_TICK = 10; // USER_HZ is 100 on Linux
    private static final JsonMapper JSON = JsonMapper.shared();
    /** The time limit for a response to {@link #call}. */
    public static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(60);

    /** The compared products. */
    public enum Product {
        KIROKU,
        MLFLOW
    }

    private final Product product;
    private final String database;
    private final List<String> command;
    private final Path folder;
    private final Process process;
    private final int port;
    private final double startMillis;

    private BenchmarkServer(
            Product side,
            String database,
            List<String> command,
            Path folder,
            Process process,
            int port,
            double startMillis) {
        this.product = side;
        this.database = database;
        this.command = command;
        this.folder = folder;
        this.process = process;
        this.port = port;
        this.startMillis = startMillis;
    }

    /**
     * Starts a command with {@code --host} and {@code --port} added, and waits for the first response.
     *
     * @param database the name of its database in the store
     */
    public static BenchmarkServer start(Product side, String database, List<String> command, Path folder)
            throws IOException {
        Files.createDirectories(folder);
        int port = freePort();
        List<String> words = Stream.concat(
                        command.stream(), Stream.of("--host", "127.0.0.1", "--port", Integer.toString(port)))
                .toList();
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("server.log").toFile());
        builder.environment()
                .keySet()
                .removeIf(key ->
                        key.startsWith("MLFLOW_") || key.startsWith("KIROKU_") && !key.startsWith("KIROKU_JAVA"));
        builder.environment().put("MLFLOW_DISABLE_TELEMETRY", "true");
        long begin = System.nanoTime();
        Process process = builder.start();
        while (process.isAlive() && System.nanoTime() - begin < START_LIMIT_NANOS) {
            if (answers(port)) {
                return new BenchmarkServer(
                        side, database, command, folder, process, port, (System.nanoTime() - begin) / 1e6);
            }
            pause();
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new IOException(side + " did not start:\n" + Files.readString(folder.resolve("server.log")));
    }

    /** Stops the server and starts it again on the same database. */
    public BenchmarkServer restarted() throws IOException {
        close();
        return start(product, database, command, folder);
    }

    private static boolean answers(int port) {
        try (BenchmarkClient client = new BenchmarkClient(port)) {
            return client.send(BenchmarkRequest.get("/health")).status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(3);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a server started", e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Returns which product runs. */
    public Product product() {
        return product;
    }

    /** Returns the name of the database. */
    public String database() {
        return database;
    }

    /** Returns the port on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** Returns the time from the start of the process to its first response, in ms. */
    public double startMillis() {
        return startMillis;
    }

    /**
     * Sends a request that must succeed and returns the response.
     *
     * @throws java.net.SocketTimeoutException if there is no response within {@link #RESPONSE_TIMEOUT}
     */
    public JsonNode call(BenchmarkRequest request) throws IOException {
        try (BenchmarkClient client = new BenchmarkClient(port, (int) RESPONSE_TIMEOUT.toMillis())) {
            BenchmarkClient.BenchmarkResponse answer = client.send(request);
            if (answer.status() != 200) {
                throw new IOException(product + ": " + request.verb() + " " + request.path() + " was answered with "
                        + answer.status() + ": " + answer.text());
            }
            return JSON.readTree(answer.body());
        }
    }

    /** Returns the resident memory of the process and its children in MiB. */
    public double residentMiB() throws IOException {
        return memory("VmRSS:");
    }

    /** Returns the peak resident memory in MiB. */
    public double peakMiB() throws IOException {
        return memory("VmHWM:");
    }

    /** Returns the CPU time of the process and its children in ms. Unlike wall time it does not depend on other load. */
    public double processorMillis() throws IOException {
        double ticks = 0;
        for (ProcessHandle each : Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList()) {
            Path stat = Path.of("/proc", Long.toString(each.pid()), "stat");
            if (Files.exists(stat)) {
                String text = Files.readString(stat);
                String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
                ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
            }
        }
        return ticks * MILLIS_PER_TICK;
    }

    private double memory(String line) throws IOException {
        double sum = 0;
        for (ProcessHandle each : Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList()) {
            Path status = Path.of("/proc", Long.toString(each.pid()), "status");
            if (Files.exists(status)) {
                sum += Files.readAllLines(status).stream()
                        .filter(l -> l.startsWith(line))
                        .mapToDouble(l -> Double.parseDouble(l.replaceAll("\\D", "")) / 1024)
                        .sum();
            }
        }
        return sum;
    }

    @Override
    public void close() {
        List<ProcessHandle> family = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        family.forEach(ProcessHandle::destroy);
        try {
            process.waitFor(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        family.forEach(ProcessHandle::destroyForcibly);
    }
}
