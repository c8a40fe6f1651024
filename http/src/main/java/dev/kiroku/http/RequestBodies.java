package dev.kiroku.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.io.IOException;
import java.io.InputStream;

/** The bodies of requests as streams with limits of time and, for chunks of any announced size, of memory. Thread-safe. */
public final class RequestBodies {
    /** Of a body that no handler has read: a client may read the response only after it has sent the body. */
    private static final long MAX_DISCARDED_BYTES = 64L << 20;

    private static final int DISCARD_BUFFER_BYTES = 8 << 10;

    private final ReadTimeouts timeouts;
    /** A connection has one thread while it is open. */
    private final ThreadLocal<DataReader> connection = new ThreadLocal<>();

    /** Creates bodies with time limits. */
    public RequestBodies(ReadTimeouts timeouts) {
        this.timeouts = timeouts;
    }

    /**
     * Returns the receive listener for Helidon's configuration, which limits the time for headers and without which chunked bodies cannot be
     * read. It is one for both, since Helidon calls none of several listeners.
     */
    public Http1ConnectionListener receiveListener() {
        Http1ConnectionListener headerTimeouts = timeouts.headerListener();
        return new Http1ConnectionListener() {
            @Override
            public void prologue(ConnectionContext context, HttpPrologue prologue) {
                headerTimeouts.prologue(context, prologue);
            }

            @Override
            public void headers(ConnectionContext context, Headers headers) {
                headerTimeouts.headers(context, headers);
                if (headers.contains(HeaderNames.TRANSFER_ENCODING)) {
                    connection.set(context.dataReader());
                }
            }
        };
    }

    /** Returns the body of a request that the current thread answers. Nothing is read before the first read of the stream. */
    public Body open(ServerRequest request) {
        return new Body(request, request.headers().contains(HeaderNames.TRANSFER_ENCODING) ? connection.get() : null);
    }

    /** The body of one request; empty if it has none. Used by one thread. */
    public final class Body extends InputStream {
        private final ServerRequest request;
        /** Null if the body is not chunked. */
        private final DataReader chunks;

        private final long length;
        private InputStream in;
        private long remaining;
        private boolean ended;
        private boolean failed;

        private Body(ServerRequest request, DataReader chunks) {
            this.request = request;
            this.chunks = chunks;
            this.length = chunks == null ? request.headers().contentLength().orElse(0) : -1;
            this.remaining = chunks == null ? length : Long.MAX_VALUE;
            this.ended = length == 0;
        }

        /** Returns the announced length in bytes, or -1 if the body is chunked. */
        public long length() {
            return length;
        }

        /**
         * Returns whether the connection must be closed after the response, since it is not known where the next request begins: a read has
         * failed; after {@code Expect: 100-continue} the client may have sent the body or not; the end of a body with invalid framing is
         * ambiguous; and Helidon does not know where a chunked body has ended.
         */
        public boolean isLastOfConnection() {
            return failed
                    || chunks != null
                    || request.headers().contains(HeaderNames.EXPECT)
                    || !RequestFraming.isValid(request.headers());
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (ended) {
                return -1;
            }
            if (in == null) {
                InputStream content = request.content().inputStream(); // also invites a client that expects it to send
                in = timeouts.withTimeout(chunks == null ? content : new ChunkedInputStream(chunks));
            }
            int count;
            try {
                count = in.read(bytes, offset, length);
            } catch (IOException e) {
                failed = true;
                throw e;
            }
            remaining -= Math.max(0, count);
            ended = count < 0 || remaining == 0;
            return count;
        }

        /**
         * Reads and discards what no handler has read, so that the client receives the response and the next request begins where this one
         * ends. To be called after the response was sent.
         *
         * @throws CloseConnectionException if the connection must be closed
         */
        public void finish() {
            boolean mayBeUnsent = in == null && request.headers().contains(HeaderNames.EXPECT);
            if (!ended && !failed && !mayBeUnsent) {
                discard();
            }
            if (!ended || isLastOfConnection()) {
                throw new CloseConnectionException("the end of the request's body is not known");
            }
        }

        private void discard() {
            byte[] buffer = new byte[DISCARD_BUFFER_BYTES];
            long discarded = 0;
            try {
                while (!ended && discarded < MAX_DISCARDED_BYTES) {
                    discarded += Math.max(0, read(buffer, 0, buffer.length));
                }
            } catch (IOException
                    | RuntimeException e) { // Helidon reports the end of a connection by several runtime exceptions
                throw new CloseConnectionException("the request's body cannot be read", e);
            }
        }
    }
}
