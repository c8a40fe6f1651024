package dev.kiroku.serving.worker;

import dev.kiroku.serving.input.InputTable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One Python process with the model loaded. Used by one thread at a time; {@link #kill} may come from any. */
final class WorkerProcess implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int MAX_FRAME_BYTES = 1 << 30;

    /**
     * What a worker tells when it is ready.
     *
     * @param mlflow the version of MLflow in its environment
     * @param tables whether it takes tables; otherwise only bodies as they came
     * @param merge whether requests may be merged, and why (not)
     */
    record Capabilities(String mlflowVersion, boolean acceptsTables, boolean mergeable, String mergeReason) {}

    private final Process process;
    private final SocketChannel channel;
    private final Capabilities capabilities;
    private final FrameWriter writer = new FrameWriter();
    private final ByteBuffer lengthBuffer = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    /** When the call under way must be over, by System.nanoTime; 0 between calls. */
    private final AtomicLong deadline = new AtomicLong();

    private volatile String killReason;

    private WorkerProcess(Process process, SocketChannel channel, Capabilities about) {
        this.process = process;
        this.channel = channel;
        this.capabilities = about;
    }

    /**
     * Starts the process and waits until it has loaded the model.
     *
     * @throws IOException when it could not be started or could not load the model, with what it said
     */
    static WorkerProcess start(WorkerSettings settings, Path model) throws IOException {
        Path folder = Files.createTempDirectory(
                "kiroku-worker", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path socket = folder.resolve("s");
        Process process = null;
        SocketChannel channel = null;
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket), 1);
            process = processBuilder(settings, socket, model).start();
            channel = accept(server, process, settings);
            String text = readHandshake(channel, process, settings);
            JsonNode hello = JSON.readTree(text);
            if (hello.has("failed")) {
                throw new IOException(
                        "the model could not be loaded: " + hello.path("failed").asString());
            }
            return new WorkerProcess(
                    process,
                    channel,
                    new Capabilities(
                            hello.path("mlflow").asString(),
                            hello.path("tables").asBoolean(),
                            hello.path("merge").asBoolean(),
                            hello.path("reason").asString()));
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
            Files.deleteIfExists(folder);
        }
    }

    private static ProcessBuilder processBuilder(WorkerSettings settings, Path socket, Path model) {
        ProcessBuilder builder = new ProcessBuilder(
                settings.python().toString(),
                "-u",
                "-m",
                "kiroku_worker",
                socket.toString(),
                model.toString(),
                settings.batching());
        Map<String, String> environment = builder.environment();
        String path = environment.get("PYTHONPATH");
        environment.put(
                "PYTHONPATH",
                path == null || path.isEmpty()
                        ? settings.packageDirectory().toString()
                        : settings.packageDirectory() + ":" + path);
        // The workers share the processors; a library that takes them all for itself slows the others down.
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / settings.workers());
        environment.putIfAbsent("OMP_NUM_THREADS", Integer.toString(threads));
        environment.putIfAbsent("PYTHONDONTWRITEBYTECODE", "1");
        environment.putAll(settings.environment());
        return builder.redirectInput(
                        ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
    }

    private static SocketChannel accept(ServerSocketChannel server, Process process, WorkerSettings settings)
            throws IOException {
        server.configureBlocking(false);
        long end = System.nanoTime() + settings.startTimeout().toNanos();
        for (SocketChannel channel = server.accept(); ; channel = server.accept()) {
            if (channel != null) {
                channel.configureBlocking(true);
                return channel;
            }
            if (!process.isAlive()) {
                throw new IOException("the worker process ended with status " + process.exitValue()
                        + " before it had loaded the model;" + " what it said is above (python: " + settings.python()
                        + ")");
            }
            if (System.nanoTime() > end) {
                throw new IOException("the worker process did not come up within "
                        + settings.startTimeout().toSeconds() + " s");
            }
            pause();
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static String readHandshake(SocketChannel channel, Process process, WorkerSettings settings)
            throws IOException {
        Thread watch = Thread.ofVirtual().start(() -> {
            try {
                if (!process.waitFor(settings.startTimeout())) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                // the model is loaded
            }
        });
        try {
            return switch (WorkerReply.read(
                    readFrame(channel, ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN)))) {
                case WorkerReply.Json json -> json.text();
                default -> throw new IOException("the worker process began with something else than its state");
            };
        } catch (IOException e) {
            throw new IOException("the worker process ended while it loaded the model; what it said is above", e);
        } finally {
            watch.interrupt();
        }
    }

    Capabilities capabilities() {
        return capabilities;
    }

    /** @throws IOException when the worker broke off; it is of no use any more */
    WorkerReply predictRaw(String contentType, byte[] body, long until) throws IOException {
        return call(writer.writeRaw(contentType, body), until);
    }

    WorkerReply predictTables(List<InputTable> tables, long until) throws IOException {
        return call(writer.writeTables(tables), until);
    }

    /** What an engine needs to answer for the model, as JSON; {@code null} in it when there is none. */
    String exportEngine(long until) throws IOException {
        return call(writer.writeEngineExport(), until) instanceof WorkerReply.Json json ? json.text() : "null";
    }

    private WorkerReply call(ByteBuffer request, long until) throws IOException {
        deadline.set(until == 0 ? 1 : until);
        try {
            while (request.hasRemaining()) {
                channel.write(request);
            }
            return WorkerReply.read(readFrame(channel, lengthBuffer));
        } catch (IllegalStateException e) {
            kill(e.getMessage());
            throw new IOException(e.getMessage(), e);
        } catch (IOException e) {
            throw new IOException(terminationReason(), e);
        } finally {
            deadline.set(0);
        }
    }

    private static ByteBuffer readFrame(SocketChannel channel, ByteBuffer head) throws IOException {
        head.clear();
        readFully(channel, head);
        int length = head.getInt(0);
        if (length <= 0 || length > MAX_FRAME_BYTES) {
            throw new IllegalStateException("the worker said something of " + length + " bytes");
        }
        ByteBuffer frame = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        readFully(channel, frame);
        return frame.flip();
    }

    private static void readFully(SocketChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new IOException("the worker hung up");
            }
        }
    }

    /** Why the worker is gone, for the client of the request that it was at. */
    private String terminationReason() {
        if (killReason != null) {
            return killReason;
        }
        try {
            if (process.waitFor(500, TimeUnit.MILLISECONDS)) {
                int status = process.exitValue();
                return status > 128
                        ? "the worker process was ended by signal " + (status - 128)
                        : "the worker process ended with status " + status;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return "the worker process hung up";
    }

    /** Whether the call under way should have been over by now. */
    boolean isOverdue(long now) {
        long until = deadline.get();
        return until != 0 && now - until > 0;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Resident bytes; 0 where the system does not tell. */
    long residentBytes() {
        try {
            String[] pages = Files.readString(Path.of("/proc/" + process.pid() + "/statm"))
                    .split(" ");
            return Long.parseLong(pages[1]) * 4096;
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }

    long pid() {
        return process.pid();
    }

    void kill(String because) {
        killReason = because;
        process.destroyForcibly();
    }

    String killReason() {
        return killReason;
    }

    @Override
    public void close() {
        try {
            channel.close();
            if (!process.waitFor(2, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
