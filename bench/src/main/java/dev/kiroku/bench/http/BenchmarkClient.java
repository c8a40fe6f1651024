package dev.kiroku.bench.http;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * A persistent connection, for one thread. It implements only as much of HTTP/1.1 as needed, so that its cost is negligible beside the
 * server's: a request is one write, and only status, length and body of a response are read.
 */
public final class BenchmarkClient implements Closeable {
    private static final int READ_TIMEOUT_MILLIS = 300_000;

    private final int port;
    private final int timeoutMillis;
    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private final byte[] buffer = new byte[64 << 10];
    private int at;
    private int end;

    /** Creates a client of a server on this machine. It connects when needed, and again when the server has closed the connection. */
    public BenchmarkClient(int port) {
        this(port, READ_TIMEOUT_MILLIS);
    }

    /** Creates a client whose reads fail with a {@link java.net.SocketTimeoutException} after a time limit. */
    public BenchmarkClient(int port, int timeoutMillis) {
        this.port = port;
        this.timeoutMillis = timeoutMillis;
    }

    /** A response with its body. */
    public record BenchmarkResponse(int status, byte[] body) {
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** Sends a request and returns the response. */
    public BenchmarkResponse send(BenchmarkRequest request) throws IOException {
        byte[][] body = new byte[1][];
        int status = exchange(request, body);
        return new BenchmarkResponse(status, body[0]);
    }

    /** Sends a request, discards the body of the response and returns its length in bytes. */
    public long sendAndDiscard(BenchmarkRequest request) throws IOException {
        long[] length = new long[1];
        byte[][] body = new byte[1][];
        write(request);
        int status = read(body, length, false);
        if (status != 200) {
            throw new IOException(request.verb() + " " + request.path() + " was answered with " + status + " "
                    + (body[0] == null ? "" : new String(body[0], StandardCharsets.UTF_8)));
        }
        return length[0];
    }

    private int exchange(BenchmarkRequest request, byte[][] body) throws IOException {
        write(request);
        return read(body, new long[1], true);
    }

    private void write(BenchmarkRequest request) throws IOException {
        if (socket == null) {
            connect();
        }
        long length = (long) request.body().length * request.repeat();
        StringBuilder head = new StringBuilder(160);
        head.append(request.verb())
                .append(' ')
                .append(request.path())
                .append(" HTTP/1.1\r\nHost: 127.0.0.1:")
                .append(port)
                .append("\r\n");
        if (request.token() != null) {
            head.append("Authorization: Bearer ").append(request.token()).append("\r\n");
        }
        if (request.contentType() != null) {
            head.append("Content-Type: ")
                    .append(request.contentType())
                    .append("\r\nContent-Length: ")
                    .append(length)
                    .append("\r\n");
        }
        byte[] first = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        if (length <= buffer.length) { // head and body in one write, and in one packet if they fit
            byte[] whole = Arrays.copyOf(first, first.length + (int) length);
            for (int i = 0; i < request.repeat(); i++) {
                System.arraycopy(
                        request.body(), 0, whole, first.length + i * request.body().length, request.body().length);
            }
            out.write(whole);
            return;
        }
        out.write(first);
        for (int i = 0; i < request.repeat(); i++) {
            out.write(request.body());
        }
    }

    private void connect() throws IOException {
        socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(timeoutMillis);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), READ_TIMEOUT_MILLIS);
        in = socket.getInputStream();
        out = socket.getOutputStream();
        at = 0;
        end = 0;
    }

    private int read(byte[][] body, long[] length, boolean keep) throws IOException {
        String statusLine = line();
        int status = Integer.parseInt(statusLine.substring(9, 12));
        long contentLength = -1;
        boolean chunked = false;
        boolean closes = false;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                contentLength = Long.parseLong(lower.substring(15).strip());
            } else if (lower.startsWith("transfer-encoding:")) {
                chunked = lower.contains("chunked");
            } else if (lower.startsWith("connection:")) {
                closes = lower.contains("close");
            }
        }
        boolean wanted = keep || status != 200;
        BodyBuffer into = new BodyBuffer(wanted ? (int) Math.max(contentLength, 1024) : 0, wanted);
        if (chunked) {
            for (long size = chunkSize(); size > 0; size = chunkSize()) {
                take(size, into);
                line();
            }
            line();
        } else if (contentLength >= 0) {
            take(contentLength, into);
        } else {
            while (fill()) {
                into.add(buffer, at, end - at);
                at = end;
            }
            closes = true;
        }
        if (closes) {
            close();
        }
        body[0] = wanted ? Arrays.copyOf(into.bytes, (int) into.length) : null;
        length[0] = into.length;
        return status;
    }

    private static final class BodyBuffer {
        private final boolean keep;
        private byte[] bytes;
        private long length;

        BodyBuffer(int capacity, boolean keep) {
            this.bytes = new byte[capacity];
            this.keep = keep;
        }

        void add(byte[] from, int offset, int count) {
            if (keep) {
                if (length + count > bytes.length) {
                    bytes = Arrays.copyOf(bytes, (int) Math.max(length + count, 2L * bytes.length));
                }
                System.arraycopy(from, offset, bytes, (int) length, count);
            }
            length += count;
        }
    }

    private long chunkSize() throws IOException {
        return Long.parseLong(line().split(";")[0].strip(), 16);
    }

    private void take(long count, BodyBuffer into) throws IOException {
        for (long left = count; left > 0; ) {
            if (at == end && !fill()) {
                throw new EOFException("the server closed the connection within an answer");
            }
            int some = (int) Math.min(left, end - at);
            into.add(buffer, at, some);
            at += some;
            left -= some;
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(64);
        while (true) {
            if (at == end && !fill()) {
                close();
                throw new EOFException("the server closed the connection");
            }
            byte b = buffer[at++];
            if (b == '\n') {
                return line.toString();
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, in.read(buffer));
        return end > 0;
    }

    @Override
    public void close() throws IOException {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }
}
