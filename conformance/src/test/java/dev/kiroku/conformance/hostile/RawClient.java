package dev.kiroku.conformance.hostile;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** An HTTP client that sends requests unchanged, valid or not, and reuses its connection while the server keeps it open. */
public final class RawClient implements AutoCloseable {
    private static final int ANSWER_LIMIT_MILLIS = 60_000;

    private final String host;
    private final int port;
    private Socket socket;
    private InputStream in;

    public RawClient(String uri) {
        URI parsed = URI.create(uri);
        this.host = parsed.getHost();
        this.port = parsed.getPort();
    }

    /** Sends a request on the open connection, if there is one. */
    public RawResponse send(RawRequest request) throws IOException {
        if (socket == null) {
            connect();
        }
        write(request);
        return read(request.method().equals("HEAD"));
    }

    /** Sends a request; on a connection of its own if the body may differ in length from what is announced. */
    public RawResponse sendFramed(RawRequest request) throws IOException {
        boolean framed = request.headers().stream()
                .noneMatch(line -> line.startsWith("Transfer-Encoding") || line.startsWith("Upgrade"));
        return framed ? send(request) : sendAndEnd(request);
    }

    /** Sends a request on a new connection and shuts down the output, so that the rest of an incomplete body never arrives. */
    RawResponse sendAndEnd(RawRequest request) throws IOException {
        close();
        connect();
        write(request);
        socket.shutdownOutput();
        try {
            return read(request.method().equals("HEAD"));
        } finally {
            close();
        }
    }

    /** Sends bytes on a new connection and reads the first response. */
    RawResponse sendBytes(byte[] bytes) throws IOException {
        close();
        connect();
        socket.getOutputStream().write(bytes);
        try {
            return read(false);
        } finally {
            close();
        }
    }

    private void connect() throws IOException {
        socket = new Socket(host, port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(ANSWER_LIMIT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** A server may respond and close before it has read everything; then writing fails although there is a response. */
    private void write(RawRequest request) throws IOException {
        byte[] head = request.head(host + ":" + port);
        byte[] body = request.body() == null ? new byte[0] : request.body();
        ByteArrayOutputStream whole = new ByteArrayOutputStream(head.length + body.length);
        whole.write(head);
        whole.write(body);
        try {
            socket.getOutputStream().write(whole.toByteArray());
        } catch (IOException e) {
            // read() returns the response or reports that there is none
        }
    }

    private RawResponse read(boolean headOnly) throws IOException {
        boolean keep = false;
        try {
            String line = line();
            while (line.startsWith("HTTP/1.1 1")) { // 100 Continue
                while (!line.isEmpty()) {
                    line = line();
                }
                line = line();
            }
            if (!line.matches("HTTP/1\\.1 \\d{3}.*")) {
                throw new IOException("no answer, but: " + line);
            }
            int status = Integer.parseInt(line.substring(9, 12));
            Map<String, String> headers = new TreeMap<>();
            for (String header = line(); !header.isEmpty(); header = line()) {
                int colon = header.indexOf(':');
                headers.merge(
                        header.substring(0, colon).toLowerCase(),
                        header.substring(colon + 1).strip(),
                        (a, b) -> a + "\n" + b);
            }
            byte[] body = headOnly || status == 204 || status == 304 ? new byte[0] : body(headers);
            keep = !"close".equalsIgnoreCase(headers.get("connection"));
            return new RawResponse(status, headers, body);
        } finally {
            if (!keep) {
                close();
            }
        }
    }

    private byte[] body(Map<String, String> headers) throws IOException {
        if (headers.containsKey("content-length")) {
            int length = Integer.parseInt(headers.get("content-length"));
            byte[] body = in.readNBytes(length);
            if (body.length < length) {
                throw new EOFException("the answer breaks off");
            }
            return body;
        }
        if (!"chunked".equals(headers.get("transfer-encoding"))) {
            return "close".equalsIgnoreCase(headers.get("connection")) ? in.readAllBytes() : new byte[0];
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = size(line()); size > 0; size = size(line())) {
            body.write(in.readNBytes(size));
            line();
        }
        line();
        return body.toByteArray();
    }

    private static int size(String line) {
        return Integer.parseInt(line.replaceFirst(";.*", "").strip(), 16);
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection ended after: " + line);
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    @Override
    public void close() throws IOException {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }
}
