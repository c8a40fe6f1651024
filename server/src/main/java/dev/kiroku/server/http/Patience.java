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
public final class Patience implements AutoCloseable {
    private static final long TICK_MILLIS = 250;

    /** One read under way. Its monitor decides whether the bytes or the end of the patience came first. */
    private static final class Wait {
        final Thread reader = Thread.currentThread();
        final long until;
        boolean over;
        boolean late;

        Wait(long until) {
            this.until = until;
        }

        /** @return whether it has been given up */
        synchronized boolean giveUpAt(long now) {
            if (!over && now - until > 0) {
                late = true;
                over = true;
                reader.interrupt();
            }
            return late;
        }

        synchronized void end() throws IOException {
            over = true;
            if (late) {
                Thread.interrupted();
                throw new IOException("the client was waited for too long");
            }
        }
    }

    private final long nanos;
    private final Set<Wait> waits = ConcurrentHashMap.newKeySet();
    /** By the thread that reads: a connection has one for as long as it lasts. */
    private final Map<Thread, Wait> heads = new ConcurrentHashMap<>();

    private final Thread watch;

    /** @param limit how long a client may take for its next byte, and for all headers together */
    public Patience(Duration limit) {
        this.nanos = limit.toNanos();
        this.watch = Thread.ofVirtual().name("patience").start(this::watch);
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(TICK_MILLIS);
                long now = System.nanoTime();
                waits.forEach(wait -> wait.giveUpAt(now));
                heads.values().removeIf(wait -> wait.giveUpAt(now));
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    /**
     * To be asked to listen to what is received. A first line is waited for as long as a connection may rest; once it is there, the headers
     * must all come within the limit, however many single bytes keep the connection alive.
     */
    public Http1ConnectionListener heads() {
        return new Http1ConnectionListener() {
            @Override
            public void prologue(ConnectionContext connection, HttpPrologue prologue) {
                heads.put(Thread.currentThread(), new Wait(System.nanoTime() + nanos));
            }

            @Override
            public void headers(ConnectionContext connection, Headers headers) {
                Wait wait = heads.remove(Thread.currentThread());
                if (wait != null) {
                    try {
                        wait.end();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            }
        };
    }

    /** The same bytes; a read that takes too long fails, and the connection is closed. */
    public InputStream on(InputStream body) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                Wait wait = new Wait(System.nanoTime() + nanos);
                waits.add(wait);
                try {
                    return body.read(bytes, offset, length);
                } finally {
                    waits.remove(wait);
                    wait.end();
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
        watch.interrupt();
    }
}
