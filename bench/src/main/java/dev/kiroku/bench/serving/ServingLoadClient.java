package dev.kiroku.bench.serving;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;

/**
 * The clients of {@code bench/serving}: one thread, whose cost is negligible beside the server on the same processors. Each
 * connection is persistent and sends its next request when it has the complete response; only status and length are read. A client that is
 * rejected with 429 and Retry-After retries at once.
 *
 * <p>Reads loads from standard input: a line {@code PORT CLIENTS SECONDS BYTES}, then that many bytes of a complete HTTP request. Writes
 * the result to standard output as a line of JSON. Uses no other class, so that {@code java ServingLoadClient.java} runs it.
 */
public final class ServingLoadClient {
    private static final long TIMEOUT_MILLIS = 60_000;
    private static final String LENGTH = "content-length:";
    private static final String RETRY = "\nretry-after:";
    private static final int STATUS = "HTTP/1.1 ".length();

    private final ByteBuffer request;
    private final long until;
    private long[] nanos = new long[1 << 16];
    private int answered;
    private int shed;
    private int errors;
    private int inFlight;

    private ServingLoadClient(ByteBuffer request, long until) {
        this.request = request;
        this.until = until;
    }

    /** Reads loads from standard input until its end and prints a result for each. */
    public static void main(String[] args) throws IOException {
        DataInputStream in = new DataInputStream(System.in);
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String[] words = line.split(" ");
            ByteBuffer request = ByteBuffer.allocateDirect(Integer.parseInt(words[3]));
            request.put(in.readNBytes(request.capacity())).flip();
            long began = System.nanoTime();
            ServingLoadClient clients =
                    new ServingLoadClient(request, began + Math.round(Double.parseDouble(words[2]) * 1e9));
            clients.run(Integer.parseInt(words[0]), Integer.parseInt(words[1]));
            System.out.println(clients.summary((System.nanoTime() - began) / 1e9));
        }
    }

    /** Returns a line, or an empty string at the end of the input. */
    private static String line(DataInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    private enum Kind {
        GOOD,
        SHED,
        WRONG
    }

    private static final class Connection {
        final SocketChannel channel;
        final ByteBuffer unsent;
        ByteBuffer received = ByteBuffer.allocateDirect(8 << 10);
        long sent;
        /** The length of the response including its head; 0 if unknown. */
        int length;

        Kind kind;

        Connection(SocketChannel channel, ByteBuffer request) {
            this.channel = channel;
            this.unsent = request.duplicate();
        }
    }

    private void run(int port, int count) throws IOException {
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < count; i++) {
                SocketChannel channel =
                        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.configureBlocking(false);
                Connection connection = new Connection(channel, request);
                SelectionKey key = channel.register(selector, SelectionKey.OP_READ, connection);
                inFlight++;
                send(key, connection, System.nanoTime());
            }
            while (inFlight > 0) {
                if (selector.select(TIMEOUT_MILLIS) == 0) {
                    errors += inFlight; // no further responses are expected
                    break;
                }
                for (Iterator<SelectionKey> ready = selector.selectedKeys().iterator(); ready.hasNext(); ) {
                    SelectionKey key = ready.next();
                    ready.remove();
                    go(key, (Connection) key.attachment());
                }
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
        }
    }

    private void go(SelectionKey key, Connection connection) throws IOException {
        if (key.isWritable()) {
            write(key, connection);
            return;
        }
        boolean open = connection.channel.read(connection.received) >= 0;
        if (open && !complete(connection)) {
            return;
        }
        long now = System.nanoTime();
        switch (open ? connection.kind : Kind.WRONG) {
            case GOOD -> add(now - connection.sent);
            case SHED -> shed++;
            case WRONG -> errors++;
        }
        if (open && now < until) {
            send(key, connection, now);
        } else {
            connection.channel.close();
            inFlight--;
        }
    }

    private void send(SelectionKey key, Connection connection, long now) throws IOException {
        connection.sent = now;
        connection.length = 0;
        connection.received.clear();
        connection.unsent.rewind();
        write(key, connection);
    }

    private static void write(SelectionKey key, Connection connection) throws IOException {
        connection.channel.write(connection.unsent);
        int wanted = connection.unsent.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ;
        if (key.interestOps() != wanted) {
            key.interestOps(wanted);
        }
    }

    /** Returns whether the response is complete. */
    private static boolean complete(Connection connection) throws IOException {
        ByteBuffer received = connection.received;
        if (connection.length == 0) {
            int end = headEnd(received);
            if (end > 0) {
                byte[] head = new byte[end];
                received.get(0, head);
                String text = new String(head, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
                int at = text.indexOf(LENGTH);
                if (at < 0) {
                    throw new IOException("a response without Content-Length: " + text);
                }
                connection.length = end
                        + Integer.parseInt(text.substring(at + LENGTH.length(), text.indexOf('\r', at))
                                .strip());
                connection.kind = text.startsWith("200", STATUS)
                        ? Kind.GOOD
                        : text.startsWith("429", STATUS) && text.contains(RETRY) ? Kind.SHED : Kind.WRONG;
            }
        }
        int wanted = connection.length == 0 ? received.capacity() + 1 : connection.length;
        if (!received.hasRemaining() && received.position() < wanted) {
            connection.received = ByteBuffer.allocateDirect(Math.max(2 * received.capacity(), connection.length))
                    .put(received.flip());
            return false;
        }
        return connection.length > 0 && received.position() >= connection.length;
    }

    /** Returns the offset of the body; 0 if the head is incomplete. */
    private static int headEnd(ByteBuffer received) {
        for (int i = 3; i < received.position(); i++) {
            if (received.get(i) == '\n' && received.get(i - 2) == '\n') {
                return i + 1;
            }
        }
        return 0;
    }

    private void add(long latency) {
        if (answered == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * answered);
        }
        nanos[answered++] = latency;
    }

    private String summary(double seconds) {
        long[] sorted = Arrays.copyOf(nanos, answered);
        Arrays.sort(sorted);
        return String.format(
                Locale.ROOT,
                "{\"answered\": %d, \"shed\": %d, \"errors\": %d, \"seconds\": %.6f, \"p50\": %.4f, \"p99\": %.4f}",
                answered,
                shed,
                errors,
                seconds,
                at(sorted, 0.5),
                at(sorted, 0.99));
    }

    /** Returns a quantile in milliseconds. */
    private static double at(long[] sorted, double quantile) {
        return sorted.length == 0 ? 0 : sorted[(int) (sorted.length * quantile)] / 1e6;
    }
}
