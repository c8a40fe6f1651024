package dev.kiroku.serving.worker;

import dev.kiroku.serving.input.InputTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Python process with the model loaded. Calls come from one thread at a time; {@link #kill}, {@link #close} and the getters may be called
 * by any thread.
 */
final class WorkerProcess implements AutoCloseable {
    private static final Duration EXIT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration EXIT_STATUS_TIMEOUT = Duration.ofMillis(500);
    private static final int PAGE_BYTES = 4096;

    private final Process process;
    private final WorkerConnection connection;
    private final WorkerCapabilities capabilities;
    private final FrameWriter writer = new FrameWriter();
    /** The end of the time limit of the current call, by System.nanoTime; 0 between calls. */
    private volatile long deadline;

    private volatile @Nullable String killReason;

    WorkerProcess(Process process, WorkerConnection connection, WorkerCapabilities capabilities) {
        this.process = process;
        this.connection = connection;
        this.capabilities = capabilities;
    }

    WorkerCapabilities capabilities() {
        return capabilities;
    }

    /**
     * Sends a body that Python has to parse.
     *
     * @param deadline the value of {@link System#nanoTime} from which on {@link #isOverdue} is true
     * @throws IOException when the worker failed; it cannot be used any more
     */
    WorkerReply predictRaw(String contentType, byte[] body, long deadline) throws IOException {
        return call(writer.writeRaw(contentType, body), deadline);
    }

    /**
     * Sends the tables of a batch, to be predicted in one call.
     *
     * @param tables of equal layouts
     * @param deadline as for {@link #predictRaw}
     * @throws IOException when the worker failed; it cannot be used any more
     */
    WorkerReply predictTables(List<InputTable> tables, long deadline) throws IOException {
        return call(writer.writeTables(tables), deadline);
    }

    /**
     * Returns the description of the model for an in-process engine, as JSON; the text {@code null} when there is none.
     *
     * @throws IOException when the worker failed; it cannot be used any more
     */
    String exportEngine(long deadline) throws IOException {
        return call(writer.writeEngineExport(), deadline) instanceof WorkerReply.Json json ? json.text() : "null";
    }

    private WorkerReply call(ByteBuffer request, long until) throws IOException {
        deadline = until == 0 ? 1 : until;
        try {
            connection.write(request);
            return connection.read();
        } catch (IllegalStateException e) {
            throw kill(String.valueOf(e.getMessage()));
        } catch (OutOfMemoryError e) {
            throw kill("the response is too large for the memory of the server");
        } catch (IOException e) {
            throw new IOException(terminationReason(), e);
        } finally {
            deadline = 0;
        }
    }

    /** Returns why the worker ended, for the client whose request failed. */
    private String terminationReason() {
        String reason = killReason;
        if (reason != null) {
            return reason;
        }
        try {
            if (process.waitFor(EXIT_STATUS_TIMEOUT)) {
                int status = process.exitValue();
                return status > 128
                        ? "the worker process was ended by signal " + (status - 128)
                        : "the worker process exited with status " + status;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return "the worker process closed the connection";
    }

    /**
     * Returns whether the current call has exceeded its time limit.
     *
     * @param now a value of {@link System#nanoTime}
     */
    boolean isOverdue(long now) {
        long until = deadline;
        return until != 0 && now - until > 0;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Returns the resident set size in bytes; 0 where the system has no {@code /proc}. */
    long residentBytes() {
        try {
            String[] pages = Files.readString(Path.of("/proc/" + process.pid() + "/statm"))
                    .split(" ", 3);
            return Long.parseLong(pages[1]) * PAGE_BYTES;
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }

    long pid() {
        return process.pid();
    }

    /**
     * Ends the process. A current call fails with this reason.
     *
     * @return the exception for a caller that gives up on this worker
     */
    IOException kill(String reason) {
        killReason = reason;
        process.destroyForcibly();
        return new IOException(reason);
    }

    @Override
    public void close() {
        closeAll(List.of(this));
    }

    /** Closes the connections of workers, upon which they exit, and ends those that do not within two seconds. */
    static void closeAll(Collection<WorkerProcess> workers) {
        for (WorkerProcess worker : workers) {
            try {
                worker.connection.close();
            } catch (IOException e) {
                worker.process.destroyForcibly();
            }
        }
        long deadline = System.nanoTime() + EXIT_TIMEOUT.toNanos();
        for (WorkerProcess worker : workers) {
            try {
                if (!worker.process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    worker.process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                worker.process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
