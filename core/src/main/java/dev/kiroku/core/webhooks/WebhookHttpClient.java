package dev.kiroku.core.webhooks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Minimal HTTP/1.1 client for webhooks, with one connection per request. It connects to the address that
 * {@link WebhookUrlPolicy} has checked: a client library would resolve the host name again or follow redirects, and
 * both can lead into a private network. It follows no redirects and uses no proxy. Thread-safe.
 */
public final class WebhookHttpClient {
    private static final int CONNECT_TIMEOUT_MILLIS = 10_000;
    private static final int MAX_RESPONSE_BYTES = 64 << 10;

    private final Duration timeout;
    private final WebhookUrlPolicy urlPolicy;
    private final Supplier<SSLSocketFactory> tls;

    /**
     * Creates a client.
     *
     * @param tls called for the first https URL, because creating the factory is slow
     * @param timeout until a response must be complete
     */
    public WebhookHttpClient(WebhookUrlPolicy urlPolicy, Supplier<SSLSocketFactory> tls, Duration timeout) {
        this.timeout = timeout;
        this.urlPolicy = urlPolicy;
        this.tls = tls;
    }

    /**
     * The response of a receiver.
     *
     * @param retryAfter the Retry-After header, or null
     * @param body the body, up to 64 KiB
     */
    record WebhookResponse(int status, @Nullable String retryAfter, String body) {}

    /**
     * Sends a POST request and returns the response.
     *
     * @throws dev.kiroku.model.KirokuException with INVALID_PARAMETER_VALUE if the URL policy forbids the address
     * @throws IOException if there is no complete response in time
     */
    WebhookResponse post(String url, Map<String, String> headers, String body) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        URI uri = urlPolicy.parse(url);
        try (Socket plain = connect(uri);
                Socket socket = uri.getScheme().equalsIgnoreCase("https") ? startTls(plain, uri) : plain) {
            byte[] content = body.getBytes(UTF_8);
            socket.getOutputStream()
                    .write(concat(requestHead(uri, headers, content.length).getBytes(ISO_8859_1), content));
            socket.getOutputStream().flush();
            return parseResponse(readResponse(socket, deadline));
        }
    }

    private Socket connect(URI uri) throws IOException {
        IOException last = null;
        for (InetAddress address : urlPolicy.resolve(uri)) {
            Socket socket = new Socket(java.net.Proxy.NO_PROXY);
            try {
                socket.connect(new InetSocketAddress(address, port(uri)), CONNECT_TIMEOUT_MILLIS);
                socket.setSoTimeout(CONNECT_TIMEOUT_MILLIS);
                return socket;
            } catch (IOException e) {
                socket.close();
                last = e;
            }
        }
        throw last == null ? new IOException("no address") : last;
    }

    private Socket startTls(Socket plain, URI uri) throws IOException {
        SSLSocket socket = (SSLSocket) tls.get().createSocket(plain, bareHost(uri), port(uri), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static String bareHost(URI uri) {
        String host = uri.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static int port(URI uri) {
        return uri.getPort() > 0 ? uri.getPort() : uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }

    private static String requestHead(URI uri, Map<String, String> headers, int length) {
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        StringBuilder head =
                new StringBuilder("POST " + URI.create(path + query).toASCIIString() + " HTTP/1.1\r\n");
        head.append("Host: ")
                .append(uri.getHost())
                .append(uri.getPort() > 0 ? ":" + uri.getPort() : "")
                .append("\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return head.append("User-Agent: kiroku\r\nAccept: */*\r\nConnection: close\r\nContent-Length: ")
                .append(length)
                .append("\r\n\r\n")
                .toString();
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] both = java.util.Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    /** Reads until the response is complete, longer than what is kept, or the connection is closed. */
    private byte[] readResponse(Socket socket, long deadline) throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] buffer = new byte[4096];
        while (bytes.size() < MAX_RESPONSE_BYTES && !isComplete(bytes.toString(ISO_8859_1))) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new SocketTimeoutException("no complete response within " + timeout.toSeconds() + " seconds");
            }
            socket.setSoTimeout((int) left);
            int count = in.read(buffer);
            if (count < 0) {
                break;
            }
            bytes.write(buffer, 0, count);
        }
        return bytes.toByteArray();
    }

    private static boolean isComplete(String response) {
        int end = response.indexOf("\r\n\r\n");
        if (end < 0) {
            return false;
        }
        String length = findHeader(response.substring(0, end), "content-length");
        if (length != null) {
            return length.matches("\\d{1,9}") && response.length() >= end + 4 + Integer.parseInt(length);
        }
        return isChunked(response.substring(0, end)) && response.endsWith("\r\n0\r\n\r\n");
    }

    private static boolean isChunked(String head) {
        return "chunked".equalsIgnoreCase(findHeader(head, "transfer-encoding"));
    }

    private static WebhookResponse parseResponse(byte[] bytes) throws IOException {
        String text = new String(bytes, ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0 || !text.matches("(?s)HTTP/1\\.[01] \\d{3}[ \\r].*")) {
            throw new IOException("the response is not HTTP");
        }
        String head = text.substring(0, end);
        String body = text.substring(end + 4);
        byte[] content = (isChunked(head) ? decodeChunks(body) : body).getBytes(ISO_8859_1);
        return new WebhookResponse(
                Integer.parseInt(text.substring(9, 12)), findHeader(head, "retry-after"), new String(content, UTF_8));
    }

    /** Returns the content of a chunked body, as far as it was received. */
    private static String decodeChunks(String chunks) {
        StringBuilder body = new StringBuilder();
        int at = 0;
        for (int line = chunks.indexOf("\r\n", at); line > 0; line = chunks.indexOf("\r\n", at)) {
            String size = chunks.substring(at, line).split(";")[0].strip();
            int length = size.matches("[0-9a-fA-F]{1,6}") ? Integer.parseInt(size, 16) : 0;
            if (length == 0) {
                break;
            }
            body.append(chunks, line + 2, Math.min(chunks.length(), line + 2 + length));
            at = Math.min(chunks.length(), line + 2 + length + 2);
        }
        return body.toString();
    }

    private static @Nullable String findHeader(String head, String name) {
        return head.lines()
                .skip(1)
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse(null);
    }
}
