package dev.kiroku.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
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

        synchronized void giveUpAt(long now) {
            if (!over && now - until > 0) {
                late = true;
                over = true;
                reader.interrupt();
            }
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
    private final Thread watch;

    /** @param limit how long a client may take for its next byte */
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
            }
        } catch (InterruptedException e) {
            // closed
        }
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
