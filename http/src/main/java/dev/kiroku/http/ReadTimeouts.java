package dev.kiroku.http;

import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Read timeouts for clients that announce bytes and do not send them. A thread that reads for longer than the limit is interrupted, which
 * also closes its channel; a socket's own timeout has no effect on the channels that Helidon reads from. Thread-safe.
 */
public final class ReadTimeouts implements AutoCloseable {
    private static final long CHECK_INTERVAL_MILLIS = 250;
    private static final long MIN_BYTES_PER_SECOND = 16 << 10;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /** A read in progress. Its monitor decides which came first: the bytes or the deadline. */
    private static final class PendingRead {
        final Thread reader = Thread.currentThread();
        final long deadlineNanos;
        boolean finished;
        boolean timedOut;

        PendingRead(long deadlineNanos) {
            this.deadlineNanos = deadlineNanos;
        }

        /** Interrupts the reader if the deadline has passed. Returns whether the read has timed out. */
        synchronized boolean interruptIfExpired(long now) {
            if (now - deadlineNanos > 0) {
                interrupt();
            }
            return timedOut;
        }

        synchronized void interrupt() {
            if (!finished) {
                timedOut = true;
                finished = true;
                reader.interrupt();
            }
        }

        synchronized void finish() throws IOException {
            finished = true;
            if (timedOut) {
                Thread.interrupted();
                throw new IOException("the client did not send within the read timeout");
            }
        }
    }

    private final long timeoutNanos;
    private final Set<PendingRead> bodyReads = ConcurrentHashMap.newKeySet();
    /** By the thread that reads: a connection has one thread while it is open. */
    private final Map<Thread, PendingRead> headerReads = new ConcurrentHashMap<>();

    private final Thread watchdog;

    /**
     * Starts to watch reads, until {@link #close}.
     *
     * @param timeout how long a client may take for its next byte, for all headers together, and for a small body
     */
    public ReadTimeouts(Duration timeout) {
        this.timeoutNanos = timeout.toNanos();
        this.watchdog = Thread.ofVirtual().name("read-timeouts").start(this::interruptExpiredReads);
    }

    private void interruptExpiredReads() {
        try {
            while (true) {
                Thread.sleep(CHECK_INTERVAL_MILLIS);
                long now = System.nanoTime();
                bodyReads.forEach(read -> read.interruptIfExpired(now));
                headerReads.values().removeIf(read -> read.interruptIfExpired(now));
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    /**
     * Returns a receive listener that limits the time for headers. The read for a request line is limited by the
     * connection's idle timeout; once it has arrived, all headers must arrive within the limit, even if single bytes keep the connection
     * active.
     */
    Http1ConnectionListener headerListener() {
        return new Http1ConnectionListener() {
            @Override
            public void prologue(ConnectionContext connection, HttpPrologue prologue) {
                headerReads.put(Thread.currentThread(), new PendingRead(System.nanoTime() + timeoutNanos));
            }

            @Override
            public void headers(ConnectionContext connection, Headers headers) {
                PendingRead read = headerReads.remove(Thread.currentThread());
                if (read != null) {
                    try {
                        read.finish();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            }
        };
    }

    /**
     * Returns a stream of the same bytes. A read that takes longer than the timeout throws, and the connection is closed. A read throws
     * {@link SlowBodyException} if all reads together have waited longer than the timeout and one second for each 16 KiB that have arrived, as
     * in Apache's mod_reqtimeout: a client cannot keep a connection by single bytes, and a large body has the time that it needs. A body
     * that is not valid in HTTP is an {@code IOException}; Helidon reports wrong chunks and broken connections by several runtime exceptions.
     */
    public InputStream withTimeout(InputStream body) {
        return new InputStream() {
            private long waitedNanos;
            private long received;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                long start = System.nanoTime();
                PendingRead read = new PendingRead(start + timeoutNanos);
                bodyReads.add(read);
                int count;
                try {
                    count = body.read(bytes, offset, length);
                } catch (RuntimeException e) {
                    throw new IOException("the body is incomplete or not valid in HTTP", e);
                } finally {
                    bodyReads.remove(read);
                    read.finish();
                }
                received += Math.max(0, count);
                waitedNanos += System.nanoTime() - start;
                if (count >= 0 && waitedNanos > timeoutNanos + received / MIN_BYTES_PER_SECOND * NANOS_PER_SECOND) {
                    throw new SlowBodyException();
                }
                return count;
            }

            @Override
            public int available() throws IOException {
                return body.available();
            }

            @Override
            public void close() throws IOException {
                body.close();
            }
        };
    }

    /** Stops to watch, and interrupts the reads that are in progress: a stopped server does not close their connections. */
    @Override
    public void close() {
        watchdog.interrupt();
        bodyReads.forEach(PendingRead::interrupt);
        headerReads.values().forEach(PendingRead::interrupt);
    }
}
