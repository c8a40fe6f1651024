package dev.kiroku.serving.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.serving.deploy.MultiModelManager;
import dev.kiroku.serving.metrics.ServingMetrics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests over plain sockets to a server without models, which answers 404 to every valid invocation. */
@Timeout(60)
class ServingServerTest {
    private static final int MAX_BODY_BYTES = 1 << 20;
    private static final int SOCKET_TIMEOUT_MILLIS = 30_000;
    private static final String HEAD =
            "POST /models/none/invocations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

    @TempDir
    Path folder;

    private Path capture;
    private ServingServer server;

    @BeforeEach
    void start() throws IOException {
        capture = folder.resolve("capture.jsonl");
        var models = new MultiModelManager<>(
                new MultiModelManager.ModelSet<String>(1, 0, Map.of()),
                (name, spec) -> {
                    throw new IllegalStateException(name);
                },
                Duration.ofSeconds(5));
        models.preload();
        var settings = new ServingSettings(
                "127.0.0.1", 0, MAX_BODY_BYTES, Duration.ofSeconds(1), Duration.ofMillis(100), false, capture, 1);
        server = ServingServer.start(settings, models, new ServingMetrics(), line -> {});
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(SOCKET_TIMEOUT_MILLIS);
        return socket;
    }

    private Socket send(String request) throws IOException {
        Socket socket = connect();
        socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        return socket;
    }

    /** Reads up to the end of the connection; an empty string if the server closes it without a response. */
    private static String readAll(Socket socket) throws IOException {
        try (socket) {
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        } catch (SocketException e) {
            return ""; // the connection was reset
        }
    }

    private String exchange(String request) throws IOException {
        Socket socket = connect();
        Thread.startVirtualThread(() -> {
            try {
                socket.getOutputStream().write(request.getBytes(ISO_8859_1));
                socket.shutdownOutput();
            } catch (IOException e) {
                // the server has closed the connection, which the reader sees
            }
        });
        return readAll(socket);
    }

    private String get(String path) throws IOException {
        return exchange("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    }

    @Test
    void answersValidRequests() throws IOException {
        String length = exchange(HEAD + "Connection: close\r\nContent-Length: 2\r\n\r\n{}");
        assertTrue(length.startsWith("HTTP/1.1 404 ") && length.contains("RESOURCE_DOES_NOT_EXIST"), length);
        String chunked = exchange(HEAD + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
        assertTrue(chunked.startsWith("HTTP/1.1 404 "), chunked);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ping", "/invocations", "/models/none/invocations", "/nothing"})
    void responsesToHeadHaveNoBody(String path) throws IOException {
        String responses = exchange("HEAD " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"
                + "GET /live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertTrue(responses.matches("(?s)HTTP/1\\.1 40[45] .*\r\n\r\nHTTP/1\\.1 200 .*"), responses);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: abc\r\n\r\n{}",
                "Content-Length: -1\r\n\r\n{}",
                "Content-Length: 99999999999999999999\r\n\r\n{}",
                "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                "Content-Length: 5\r\n\r\n{}",
                "Transfer-Encoding: gzip\r\n\r\n{}",
                "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n2\r\n{}",
                "Transfer-Encoding: chunked\r\n\r\n2\r\n{}xx0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n{}\r\n"
            })
    void rejectsInvalidBodiesWith4xx(String rest) throws IOException {
        String response = exchange(HEAD + rest);
        assertTrue(response.isEmpty() || response.startsWith("HTTP/1.1 4"), response);
        assertTrue(get("/live").startsWith("HTTP/1.1 200 "));
    }

    @Test
    void rejectsTooManyTrailersWith4xx() throws IOException {
        String response = exchange(HEAD + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"
                + "X-Trailer: value\r\n".repeat(10_000) + "\r\n");
        assertTrue(response.isEmpty() || response.startsWith("HTTP/1.1 4"), response);
    }

    @Test
    void rejectsLargeBodies() throws IOException {
        String announced = exchange(HEAD + "Connection: close\r\nContent-Length: " + (MAX_BODY_BYTES + 1) + "\r\n\r\n");
        assertTrue(announced.startsWith("HTTP/1.1 413 "), announced);
        String chunk = Integer.toHexString(MAX_BODY_BYTES + 1) + "\r\n" + " ".repeat(MAX_BODY_BYTES + 1);
        String sent =
                exchange(HEAD + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + "\r\n0\r\n\r\n");
        assertTrue(sent.startsWith("HTTP/1.1 413 "), sent);
    }

    @Test
    void closesConnectionsWhoseBodyDoesNotArrive() throws IOException {
        String response = readAll(send(HEAD + "Content-Length: 100\r\n\r\n{"));
        assertTrue(response.isEmpty() || response.startsWith("HTTP/1.1 4"), response);
    }

    @Test
    void rejectsBodiesThatArriveTooSlowly() throws Exception {
        try (Socket socket = send(HEAD + "Connection: close\r\nContent-Length: 100000\r\n\r\n")) {
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    while (true) { // faster than the timeout of a read
                        socket.getOutputStream().write(' ');
                        Thread.sleep(50);
                    }
                } catch (IOException | InterruptedException e) {
                    // the server has closed the connection
                }
            });
            String response = new String(socket.getInputStream().readNBytes(12), ISO_8859_1);
            sender.interrupt();
            assertEquals("HTTP/1.1 408", response);
        }
    }

    @Test
    void announcedBodiesDoNotKeepOthersOut() throws IOException {
        List<Socket> flood = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                flood.add(send(HEAD + "Content-Length: " + MAX_BODY_BYTES + "\r\n\r\n"));
            }
            String response = exchange(HEAD + "Connection: close\r\nContent-Length: 2\r\n\r\n{}");
            assertTrue(response.startsWith("HTTP/1.1 404 "), response);
            for (String path : List.of("/live", "/ping", "/health", "/metrics")) {
                assertTrue(get(path).startsWith("HTTP/1.1 200 "), path);
            }
        } finally {
            for (Socket socket : flood) {
                socket.close();
            }
        }
    }

    private static String inventedRequests(int from, int to) {
        StringBuilder requests = new StringBuilder();
        for (int i = from; i < to; i++) {
            String name = "X" + i + "x".repeat(i % 200);
            String rest = " HTTP/1.1\r\nHost: " + name + "\r\n" + name + ": " + i + "\r\nContent-Length: 2\r\n";
            requests.append(name + " /ping" + rest + "\r\n{}");
            requests.append("POST /" + name + rest + "\r\n{}");
            requests.append(
                    "POST /models/" + name + "/invocations" + rest + "Content-Type: text/" + name + "\r\n\r\n{}");
        }
        return requests.toString();
    }

    private long countSeries() throws IOException {
        return get("/metrics")
                .lines()
                .filter(line -> line.startsWith("kiroku_"))
                .count();
    }

    @Test
    void inventedValuesAddNoSeries() throws IOException {
        exchange(inventedRequests(0, 1));
        long before = countSeries();
        String responses = exchange(inventedRequests(1, 2000));
        assertEquals(1999 * 3, responses.split("HTTP/1.1 40[45] ", -1).length - 1);
        assertEquals(before, countSeries());
    }

    @Test
    void closeDoesNotWaitForBodiesBeyondTheGracePeriod() throws IOException {
        try (Socket socket = send(HEAD + "Content-Length: 100\r\n\r\n{")) {
            while (!get("/metrics").contains("\nkiroku_requests_under_way 1")) {
                Thread.onSpinWait(); // until the server reads the body
            }
            server.close();
            assertTrue(socket.getInputStream().read() <= 'H'); // the response or the end of the connection
        } catch (SocketException e) {
            // the connection was reset
        }
    }

    @Test
    void captureFileIsPrivate() throws IOException {
        exchange(HEAD + "Connection: close\r\nContent-Length: 2\r\n\r\n{}");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(capture)));
    }
}
