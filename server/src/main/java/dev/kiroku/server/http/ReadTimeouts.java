package dev.kiroku.server.http;

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
 * Ends the waiting for clients that promise bytes and do not send them. The sockets' own timeout does not hold for the channels that are
 * read from here, but a thread that waits on one can be interrupted, which also closes it.
 */
public final class ReadTimeouts implements AutoCloseable {
    private static final long CHECK_INTERVAL_MILLIS = 250;

    /** One read under way. Its monitor decides whether the bytes or the end of the patience came first. */
    private static final class PendingRead {
        final Thread reader = Thread.currentThread();
        final long deadlineNanos;
        boolean finished;
        boolean timedOut;

        PendingRead(long until) {
            this.deadlineNanos = until;
        }

        /** @return whether it has been given up */
        synchronized boolean interruptIfExpired(long now) {
            if (!finished && now - deadlineNanos > 0) {
                timedOut = true;
                finished = true;
                reader.interrupt();
            }
            return timedOut;
        }

        synchronized void finish() throws IOException {
            finished = true;
            if (timedOut) {
                Thread.interrupted();
                throw new IOException("the client was waited for too long");
            }
        }
    }

    private final long timeoutNanos;
    private final Set<PendingRead> bodyReads = ConcurrentHashMap.newKeySet();
    /** By the thread that reads: a connection has one for as long as it lasts. */
    private final Map<Thread, PendingRead> headerReads = new ConcurrentHashMap<>();

    private final Thread watchdog;

    /** @param limit how long a client may take for its next byte, and for all headers together */
    public ReadTimeouts(Duration limit) {
        this.timeoutNanos = limit.toNanos();
        this.watchdog = Thread.ofVirtual().name("patience").start(this::interruptExpiredReads);
    }

    private void interruptExpiredReads() {
        try {
            while (true) {
                Thread.sleep(CHECK_INTERVAL_MILLIS);
                long now = System.nanoTime();
                bodyReads.forEach(wait -> wait.interruptIfExpired(now));
                headerReads.values().removeIf(wait -> wait.interruptIfExpired(now));
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    /**
     * To be asked to listen to what is received. A first line is waited for as long as a connection may rest; once it is there, the headers
     * must all come within the limit, however many single bytes keep the connection alive.
     */
    public Http1ConnectionListener headerListener() {
        return new Http1ConnectionListener() {
            @Override
            public void prologue(ConnectionContext connection, HttpPrologue prologue) {
                headerReads.put(Thread.currentThread(), new PendingRead(System.nanoTime() + timeoutNanos));
            }

            @Override
            public void headers(ConnectionContext connection, Headers headers) {
                PendingRead wait = headerReads.remove(Thread.currentThread());
                if (wait != null) {
                    try {
                        wait.finish();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            }
        };
    }

    /** The same bytes; a read that takes too long fails, and the connection is closed. */
    public InputStream withTimeout(InputStream body) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                PendingRead wait = new PendingRead(System.nanoTime() + timeoutNanos);
                bodyReads.add(wait);
                try {
                    return body.read(bytes, offset, length);
                } finally {
                    bodyReads.remove(wait);
                    wait.finish();
                }
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

    @Override
    public void close() {
        watchdog.interrupt();
    }
}
