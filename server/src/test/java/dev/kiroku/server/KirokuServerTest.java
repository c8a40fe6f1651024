package dev.kiroku.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.kiroku.core.guard.AccessGuard;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.server.http.Response;
import dev.kiroku.server.http.Route;
import dev.kiroku.server.security.Authenticator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes as an attacker would write them, sent to a real socket. */
class KirokuServerTest {
    private static final ServerInfo INFO = ServerInfo.withoutFeatures();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | GET /health HTTP/1.1~Host: localhost~",
                "200 | GET /metrics HTTP/1.1~Host: localhost~",
                "200 | GET //metrics HTTP/1.1~Host: localhost~",
                "404 | GET /api//2.0/mlflow/runs/get HTTP/1.1~Host: localhost~",
                "403 | GET /metrics HTTP/1.1~Host: evil.example~",
                "403 | POST /api/2.0/mlflow/runs/none HTTP/1.1~Host: localhost~Origin: http://evil.example~Content-Length: 0~",
                "403 | OPTIONS /api/2.0/mlflow/runs/none HTTP/1.1~Host: localhost~Origin: http://evil.example~",
                "404 | GET /api/2.0/mlflow/nothing HTTP/1.1~Host: localhost~",
                "400 | POST /health HTTP/1.1~Host: localhost~Content-Length: 3~Transfer-Encoding: chunked~",
                "400 | POST /health HTTP/1.1~Host: localhost~Content-Length: 3~Content-Length: 4~"
            })
    void returnsStatusForRawRequest(int status, String head) throws IOException {
        try (KirokuServer server = start();
                Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write((head.replace("~", "\r\n") + "\r\n").getBytes(ISO_8859_1));
            String line = new String(socket.getInputStream().readNBytes(12), ISO_8859_1);
            assertTrue(line.equals("HTTP/1.1 " + status), line);
        }
    }

    private static final String COUNT = "POST /count HTTP/1.1\r\nHost: localhost\r\n";
    private static final String VERSION = "GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n";

    /** Answers with the number of bytes in the body. */
    private static final Route COUNT_ROUTE = new Route(
            Endpoint.HttpMethod.POST,
            "/count",
            ResourceType.SERVER.read(),
            request -> Response.text(200, "text/plain", request.body().readUpTo(1 << 20).length + " bytes"));

    private static KirokuServer start() {
        return start(ServerSettings.defaults("127.0.0.1", 0));
    }

    private static KirokuServer start(ServerSettings settings) {
        return KirokuServer.start(
                settings,
                INFO,
                Authenticator.disabled(),
                AccessGuard.forAnonymousCallers(),
                List.of(),
                List.of(COUNT_ROUTE),
                List::of);
    }

    /** Sends requests and returns the responses; an empty string if the server resets the connection. */
    private static String exchange(KirokuServer server, String requests) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(60_000);
            Thread.startVirtualThread(() -> {
                try {
                    socket.getOutputStream().write(requests.getBytes(ISO_8859_1));
                    socket.shutdownOutput();
                } catch (IOException e) {
                    // seen by the reader
                }
            });
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        } catch (SocketException e) {
            return "";
        }
    }

    private static String inventedRequests(int from, int to) {
        StringBuilder requests = new StringBuilder();
        for (int i = from; i < to; i++) {
            String name = "X" + i + "x".repeat(i % 200);
            String rest = " HTTP/1.1\r\nHost: localhost\r\n";
            requests.append(name + " /health" + rest + "\r\n");
            requests.append("GET /" + name + "?" + name + "=" + i + rest + "\r\n");
            requests.append("GET /version" + rest + name + ": " + i + "\r\nX-Request-ID: " + i + "\r\n\r\n");
            requests.append("GET /metrics HTTP/1.1\r\nHost: " + name + "\r\n\r\n");
            requests.append(
                    "GET /version" + rest + "Origin: http://" + name + "\r\nAuthorization: Bearer " + i + "\r\n\r\n");
        }
        return requests.toString();
    }

    private static long countSeries(KirokuServer server) throws IOException {
        String metrics = exchange(server, "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        return metrics.lines().filter(line -> line.startsWith("kiroku_")).count();
    }

    @Test
    void inventedValuesAddNoSeries() throws IOException {
        try (KirokuServer server = start()) {
            String last = "GET /version HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            exchange(server, inventedRequests(0, 1) + last);
            countSeries(server); // has a series itself
            long before = countSeries(server);
            String responses = exchange(server, inventedRequests(1, 2000) + last);
            assertEquals(1999 * 5 + 1, responses.split("HTTP/1.1 [24]\\d\\d ", -1).length - 1);
            assertEquals(before, countSeries(server));
        }
    }

    private static KirokuServer startWithShortReadTimeout() {
        var usual = ServerSettings.defaults("127.0.0.1", 0);
        var settings = new ServerSettings(
                usual.host(),
                usual.port(),
                usual.staticPrefix(),
                usual.mlflowUiFolder(),
                usual.allowedHosts(),
                usual.corsAllowedOrigins(),
                usual.frameOptions(),
                usual.hostChecksDisabled(),
                usual.maxBodyBytes(),
                Duration.ofSeconds(1),
                usual.gracePeriod(),
                null);
        return start(settings);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | 5~hello~0~~",
                "200 | 2;name=value~he~3 ~llo~0~~",
                "400 | x~hello~0~~",
                "400 | -5~hello~0~~",
                "400 | 5~helloo~0~~",
                "400 | 5~hello~0~Trailer: x~~",
                "400 | ffffffffffffffffff~hello~0~~",
                "400 | 5~hel"
            })
    void readsChunkedBodies(int status, String chunks) throws IOException {
        try (KirokuServer server = start()) {
            String response =
                    exchange(server, COUNT + "Transfer-Encoding: chunked\r\n\r\n" + chunks.replace("~", "\r\n"));
            assertTrue(response.startsWith("HTTP/1.1 " + status + " "), response);
            assertTrue(status != 200 || response.contains("5 bytes"), response);
            assertTrue(response.contains("Connection: close"), response);
        }
    }

    @Test
    void nextRequestBeginsWhereBodyEnds() throws IOException {
        try (KirokuServer server = start()) {
            String unread =
                    "POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(100_000);
            String read = COUNT + "Content-Length: 5\r\n\r\nhello";
            String responses = exchange(server, unread + read + VERSION);
            assertTrue(responses.matches("(?s)HTTP/1.1 405 .*HTTP/1.1 200 .*5 bytes.*HTTP/1.1 200 .*"), responses);
        }
    }

    @ParameterizedTest
    @CsvSource({"/count, 408", "/health, 405"})
    void closesConnectionWhenBodyArrivesTooSlowly(String path, int status) throws Exception {
        try (KirokuServer server = startWithShortReadTimeout();
                Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write(("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n")
                            .getBytes(ISO_8859_1));
            Thread sender = Thread.startVirtualThread(() -> {
                try {
                    while (true) { // faster than the timeout of a read
                        socket.getOutputStream().write('w');
                        Thread.sleep(50);
                    }
                } catch (IOException | InterruptedException e) {
                    // the server has closed the connection
                }
            });
            assertEquals(
                    "HTTP/1.1 " + status, new String(socket.getInputStream().readNBytes(12), ISO_8859_1));
            sender.join();
        }
    }

    /** However busily it sends: one byte of a header after the other would go on for ever. */
    @Test
    void closesConnectionWhenHeadersDoNotEnd() throws Exception {
        try (KirokuServer server = startWithShortReadTimeout();
                Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(100);
            socket.getOutputStream().write("GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ".getBytes(ISO_8859_1));
            for (int i = 0; i < 300; i++) {
                try {
                    socket.getOutputStream().write('w');
                    if (socket.getInputStream().read() < 0) {
                        return;
                    }
                } catch (SocketTimeoutException e) {
                    // still waited for
                } catch (SocketException e) {
                    return;
                }
            }
            fail("the connection is still open after 300 bytes");
        }
    }

    @Test
    void keepsIdleConnectionOpenBetweenRequests() throws Exception {
        try (KirokuServer server = startWithShortReadTimeout();
                Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(5_000);
            for (int i = 0; i < 2; i++) {
                socket.getOutputStream().write("GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(ISO_8859_1));
                BufferedReader answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
                assertEquals("HTTP/1.1 200 OK", answer.readLine());
                while (answer.read() >= 0 && answer.ready()) {
                    // the rest of it
                }
                Thread.sleep(i == 0 ? 2_000 : 0);
            }
        }
    }

    /** Paths of handlers that read the body, and that do not. */
    private static final List<String> PATHS = List.of("/graphql", "/nothing", "/health", "/api/2.0/mlflow/runs/none");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zz~{}~0~~",
                "-2~{}~0~~",
                "+2~{}~0~~",
                "0x2~{}~0~~",
                "ffffffffffffffff~{}~0~~",
                "7fffffff~{}",
                "80000000~{}~0~~",
                "~{}~0~~",
                "2~{}xx0~~",
                "2~{}",
                "2~{}~",
                "2~{}~0~",
                "{}~",
                "2;LONG~{}~0~~",
                "2;a=\"\0\"~{}~0~~",
                "LONG2~{}~0~~",
                "2~{}~0~X: LONG~~",
                "2~{}~0~MANY~",
                "2~{}~0~no colon~~",
                "2~{}~0~: no name~~",
                "2~{}~0~Content-Length: 5~~",
                "2~{}~0~Transfer-Encoding: chunked~~"
            })
    void brokenChunksAreErrorsOfTheClient(String chunks) throws IOException {
        String body = chunks.replace("LONG", "0".repeat(200_000))
                .replace("MANY", "X-Trailer: value~".repeat(10_000))
                .replace("~", "\r\n");
        try (KirokuServer server = startWithShortReadTimeout()) {
            for (String path : PATHS) {
                String head = "POST " + path
                        + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
                String answers = exchange(server, head + body + "GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertFalse(answers.contains("HTTP/1.1 5"), answers);
                assertTrue(answers.isEmpty() || answers.startsWith("HTTP/1.1 4"), answers);
                assertTrue(exchange(server, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        .startsWith("HTTP/1.1 200"));
            }
        }
    }
}
