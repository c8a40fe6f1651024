package dev.kiroku.reliability;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Kiroku in a process of its own, on a fixed port, that can be killed and restarted. */
final class KirokuProcess implements AutoCloseable {
    private static final long START_LIMIT_SECONDS = 90;
    /** The JVM options of the launcher. */
    private static final List<String> JVM = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx320m",
            "-Djdk.virtualThreadScheduler.parallelism=8");

    private final Path folder;
    private final String store;
    private final List<String> options;
    private final int port;
    private Process process;

    private KirokuProcess(Path folder, String store, String... options) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.store = store;
        this.options = List.of(options);
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = socket.getLocalPort();
        }
    }

    /** Starts a server. @param folder for the log and, with SQLite, the data */
    static KirokuProcess start(Path folder, String store, String... options) throws Exception {
        KirokuProcess server = new KirokuProcess(folder, store, options);
        server.start();
        return server;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    ReliabilityClient api() {
        return new ReliabilityClient(url());
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String log() throws IOException {
        return Files.readString(folder.resolve("server.log"));
    }

    /** Starts the process, with compaction always active, and waits until it responds. */
    void start() throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(JVM);
        command.addAll(List.of(
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                "dev.kiroku.cli.Main",
                "server",
                "--host",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--backend-store-uri",
                store,
                "--compact-after",
                "0"));
        command.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("server.log").toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("MLFLOW_") || name.startsWith("KIROKU_"));
        process = builder.start();
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_LIMIT_SECONDS);
        while (!api().isUp()) {
            if (!process.isAlive() || System.nanoTime() > limit) {
                throw new IllegalStateException("the server did not start:\n" + log());
            }
            Thread.sleep(50);
        }
    }

    /** Sends SIGTERM, and returns the exit status. */
    int terminate() throws InterruptedException {
        process.destroy();
        return process.waitFor();
    }

    /** Kills the process with SIGKILL. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
