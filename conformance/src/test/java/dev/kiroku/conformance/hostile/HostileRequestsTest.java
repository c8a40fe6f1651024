package dev.kiroku.conformance.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.conformance.KirokuServers;
import dev.kiroku.conformance.ServerProcess;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Hostile requests over raw sockets to servers with a small heap, on each store. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileRequestsTest {
    private static final String API = "/api/2.0/mlflow/";
    private static final String CREATE = API + "experiments/create";
    private static final int MIB = 1 << 20;
    private static final String SMALL_HEAP = "-Xmx128m";

    /** The number of errors in each server's log that an earlier test has reported. */
    private final Map<ServerProcess, Integer> reportedErrors = new HashMap<>();

    private EmbeddedPostgres postgres;
    private ServerProcess onSqlite;
    private ServerProcess onPostgres;

    @BeforeAll
    void start() throws IOException {
        postgres = EmbeddedPostgres.start();
        onSqlite = KirokuServers.onSqlite(SMALL_HEAP);
        onPostgres = KirokuServers.onPostgres(postgres.getPort(), SMALL_HEAP);
    }

    @AfterAll
    void stop() throws IOException {
        onSqlite.close();
        onPostgres.close();
        postgres.close();
    }

    Stream<ServerProcess> servers() {
        return Stream.of(onSqlite, onPostgres);
    }

    /** Asserts that the servers run, respond and have logged no errors. */
    @AfterEach
    void assertServersAreHealthy() throws IOException {
        for (ServerProcess server : servers().toList()) {
            assertTrue(server.isAlive(), server::name);
            try (RawClient client = new RawClient(server.uri())) {
                assertEquals(
                        200,
                        client.send(RawRequest.get(API + "experiments/get?experiment_id=0"))
                                .status());
            }
            List<String> errors = server.log()
                    .lines()
                    .filter(line -> line.contains(" ERROR "))
                    .skip(reportedErrors.getOrDefault(server, 0))
                    .toList();
            reportedErrors.merge(server, errors.size(), Integer::sum);
            assertEquals("", errors.stream().limit(3).collect(Collectors.joining("\n")));
        }
    }

    private static RawRequest create(String body) {
        return RawRequest.json("POST", CREATE, body);
    }

    private static void assertRefused(ServerProcess server, RawRequest request) throws IOException {
        try (RawClient client = new RawClient(server.uri())) {
            RawResponse answer = client.send(request);
            answer.assertIsRefusal(request);
            assertTrue(answer.status() < 500, answer::toString);
        }
    }

    private static int status(ServerProcess server, RawRequest request) throws IOException {
        try (RawClient client = new RawClient(server.uri())) {
            RawResponse answer = client.send(request);
            answer.assertIsWellFormed(request);
            return answer.status();
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("servers")
    void rejectsMalformedJson(ServerProcess server) throws IOException {
        List<String> bodies = List.of(
                "{",
                "}",
                "{\"name\": ",
                "{\"name\": \"x\"",
                "{\"name\": \"x\"}}",
                "{\"name\": \"x\"} {}",
                "name=x",
                "{'name': 'x'}",
                "[]",
                "[{\"name\": \"x\"}]",
                "5",
                "true",
                "\"text\"",
                "{\"name\": x}",
                "{name: \"x\"}",
                "{\"name\": \"x\",}",
                "{\"name\" \"x\"}",
                "\0",
                "{\"name\": \"a\nb\"}",
                "{\"x\": " + "[".repeat(100_000) + "]".repeat(100_000) + "}",
                "[".repeat(100_000),
                "{\"a\":".repeat(100_000),
                "\"".repeat(1001),
                "{\"x\": [" + "[],".repeat(600_000) + "[]]}");
        for (String body : bodies) {
            assertRefused(server, create(body));
        }
        try (RawClient client = new RawClient(server.uri())) { // a client that closes the connection within the body
            RawRequest request = create("{\"name\": \"cut off\"}").with("Content-Length: 1000");
            client.sendAndEnd(request).assertIsRefusal(request);
        }
        assertEquals(404, status(server, RawRequest.get(API + "experiments/get-by-name?experiment_name=cut%20off")));
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("servers")
    void rejectsOversizedBodies(ServerProcess server) throws IOException {
        byte[] large = new byte[100 * MIB];
        java.util.Arrays.fill(large, (byte) ' ');
        assertRefused(server, create("").withBody(large));
        assertRefused(server, chunked(create(""), large));
        // Announced and never sent.
        assertRefused(server, create("{}").with("Content-Length: 104857600"));
        assertRefused(server, create("{}").with("Content-Length: 999999999999999999"));
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("servers")
    void rejectsGzipBombs(ServerProcess server) throws IOException {
        byte[] bomb = gzip(new byte[100 * MIB]);
        assertTrue(bomb.length < 200_000);
        assertRefused(server, create("").withBody(bomb).with("Content-Encoding: gzip"));
        assertRefused(server, create("").withBody(gzip(bomb)).with("Content-Encoding: gzip"));
        byte[] honest = gzip(("{\"name\": \"zipped " + server.name() + "\"}").getBytes(StandardCharsets.UTF_8));
        assertEquals(200, status(server, create("").withBody(honest).with("Content-Encoding: gzip")));
        assertRefused(
                server,
                create("")
                        .withBody(java.util.Arrays.copyOf(honest, honest.length / 2))
                        .with("Content-Encoding: gzip"));
        assertRefused(server, create("{\"name\": \"not zipped\"}").with("Content-Encoding: gzip"));
        assertRefused(server, create("{\"name\": \"brotli\"}").with("Content-Encoding: br"));
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("servers")
    void rejectsTextThatCannotBeStored(ServerProcess server) throws IOException {
        for (String text : List.of("nul \\u0000", "lone \\ud800", "lone \\udc00 low", "wrong \\ud83d\\ud83d pair")) {
            assertRefused(server, create("{\"name\": \"" + text + "\"}"));
            assertRefused(
                    server,
                    create("{\"name\": \"tagged\", \"tags\": [{\"key\": \"" + text + "\", \"value\": \"v\"}]}"));
            assertRefused(
                    server,
                    create("{\"name\": \"tagged\", \"tags\": [{\"key\": \"k\", \"value\": \"" + text + "\"}]}"));
            assertRefused(
                    server,
                    RawRequest.json(
                            "POST",
                            API + "runs/search",
                            "{\"experiment_ids\": [\"0\"], \"filter\": \"params.a = '" + text + "'\"}"));
            assertRefused(
                    server,
                    RawRequest.json(
                            "POST",
                            API + "runs/search",
                            "{\"experiment_ids\": [\"0\"], \"page_token\": \"" + text + "\"}"));
        }
        for (byte[] bytes : List.of(
                new byte[] {(byte) 0xC3, 0x28},
                new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
                new byte[] {(byte) 0xC0, (byte) 0x80},
                new byte[] {(byte) 0xF5, (byte) 0x80, (byte) 0x80, (byte) 0x80},
                new byte[] {(byte) 0xFF},
                new byte[] {(byte) 0xE2, (byte) 0x82})) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            body.writeBytes("{\"name\": \"".getBytes(StandardCharsets.UTF_8));
            body.writeBytes(bytes);
            body.writeBytes("\"}".getBytes(StandardCharsets.UTF_8));
            assertRefused(server, create("").withBody(body.toByteArray()));
        }
        for (String escape : List.of("%00", "a%00b", "%ff", "%C3%28", "%ED%A0%80", "%", "%zz", "%0")) {
            for (String target : List.of(
                    API + "experiments/get-by-name?experiment_name=",
                    API + "runs/get?run_id=",
                    "/get-artifact?path=a&run_id=",
                    "/get-artifact?run_id=x&path=",
                    "/model-versions/get-artifact?version=1&path=a&name=",
                    API + "logged-models/",
                    API + "registered-models/get?name=",
                    "/api/2.0/mlflow-artifacts/artifacts/")) {
                assertRefused(server, RawRequest.get(target + escape));
            }
        }
        assertEquals(
                200, status(server, create("{\"name\": \"every plane: \\ud83d\\ude00 日本語 " + server.name() + "\"}")));
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("servers")
    void rejectsNumbersOutOfRange(ServerProcess server) throws IOException {
        for (String number : List.of(
                "9223372036854775808",
                "-9223372036854775809",
                "1e400",
                "1e2147483647",
                "9".repeat(300),
                "9".repeat(399),
                "-" + "9".repeat(399),
                "\"" + "9".repeat(399) + "\"",
                "9".repeat(100_000),
                "1.5",
                "NaN",
                "\"\"",
                "\"" + "9".repeat(1_000_000) + "\"",
                "\"1e19\"",
                "\"1e400\"",
                "\"1e2147483647\"",
                "\"1.5\"",
                "true",
                "[1]")) {
            assertRefused(
                    server,
                    RawRequest.json(
                            "POST", API + "runs/create", "{\"experiment_id\": \"0\", \"start_time\": " + number + "}"));
            assertRefused(
                    server,
                    RawRequest.json(
                            "POST",
                            API + "runs/search",
                            "{\"experiment_ids\": [\"0\"], \"max_results\": " + number + "}"));
        }
        for (String id :
                List.of("9223372036854775807", "99999999999999999999", "-1", "0x0", "1e0", "a".repeat(100_000))) {
            assertRefused(
                    server,
                    RawRequest.json(
                            "POST",
                            API + "experiments/set-experiment-tag",
                            "{\"experiment_id\": \"" + id + "\", \"key\": \"k\", \"value\": \"v\"}"));
        }
        assertRefused(server, RawRequest.get(API + "runs/get?run_id=" + "a".repeat(300_000)));
        assertRefused(server, RawRequest.get("/" + "a/".repeat(20_000)));
        assertRefused(server, RawRequest.get("/health").with("X-Long: " + "a".repeat(100_000)));
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("servers")
    void sqlInTextIsNeverExecuted(ServerProcess server) throws IOException {
        String name = "sql " + server.name();
        String experiment;
        try (RawClient client = new RawClient(server.uri())) {
            experiment = client.send(create("{\"name\": \"" + name + "\"}"))
                    .json()
                    .path("experiment_id")
                    .asString();
            assertEquals(
                    200,
                    client.send(RawRequest.json(
                                    "POST", API + "runs/create", "{\"experiment_id\": \"" + experiment + "\"}"))
                            .status());
        }
        for (String sql : List.of(
                "'; DROP TABLE runs; --",
                "' OR '1'='1",
                "\\\" OR 1=1 --",
                "x') OR 1=1 --",
                "$$; delete from runs",
                "?; delete from runs",
                "`; drop table runs")) {
            String in = ", \"experiment_ids\": [\"" + experiment + "\"]}";
            for (String search : List.of(
                    "{\"filter\": \"" + sql + "\"",
                    "{\"filter\": \"params." + sql + " = 'x'\"",
                    "{\"order_by\": [\"" + sql + "\"]",
                    "{\"order_by\": [\"metrics.a " + sql + "\"]",
                    "{\"page_token\": \"" + sql + "\"")) {
                assertRefused(server, RawRequest.json("POST", API + "runs/search", search + in));
            }
            assertRefused(
                    server, RawRequest.json("POST", API + "runs/search", "{\"experiment_ids\": [\"" + sql + "\"]}"));
            String quoted = sql.contains("'") ? "\\\"" + sql.replace("\\\"", "") + "\\\"" : "'" + sql + "'";
            assertEquals(
                    200,
                    status(
                            server,
                            RawRequest.json(
                                    "POST", API + "runs/search", "{\"filter\": \"params.a = " + quoted + "\"" + in)),
                    quoted);
            assertEquals(
                    200,
                    status(
                            server,
                            RawRequest.json(
                                    "POST",
                                    API + "experiments/set-experiment-tag",
                                    "{\"experiment_id\": \"" + experiment + "\", \"key\": \"k\", \"value\": \"" + sql
                                            + "\"}")));
        }
        try (RawClient client = new RawClient(server.uri())) {
            RawResponse found = client.send(
                    RawRequest.json("POST", API + "runs/search", "{\"experiment_ids\": [\"" + experiment + "\"]}"));
            assertEquals(1, found.json().path("runs").size(), found::toString);
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("servers")
    void limitsTheSizeOfSearches(ServerProcess server) throws IOException {
        String conditions =
                IntStream.range(0, 60).mapToObj(i -> "tags.t" + i + " = 'x'").collect(Collectors.joining(" AND "));
        assertEquals(200, status(server, search("\"filter\": \"" + conditions + "\"")));
        assertRefused(server, search("\"filter\": \"" + conditions + " AND tags.more = 'x'\""));
        String order =
                IntStream.range(0, 30).mapToObj(i -> "\"params.p" + i + "\"").collect(Collectors.joining(","));
        assertEquals(200, status(server, search("\"order_by\": [" + order + "]")));
        assertRefused(server, search("\"order_by\": [" + order + ", \"params.more\"]"));
        assertRefused(server, search("\"filter\": \"" + "(".repeat(90_000) + "\""));
        String ids = IntStream.range(0, 40_000).mapToObj(i -> "\"" + i + "\"").collect(Collectors.joining(","));
        assertRefused(server, RawRequest.json("POST", API + "runs/search", "{\"experiment_ids\": [" + ids + "]}"));
    }

    private static RawRequest search(String what) {
        return RawRequest.json("POST", API + "runs/search", "{\"experiment_ids\": [\"0\"], " + what + "}");
    }

    /** Request smuggling: a proxy in front may use the other length, so ambiguous requests must be rejected. */
    @Test
    void rejectsAmbiguousFraming() throws IOException {
        String smuggled = "GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n";
        for (String headers : List.of(
                "Content-Length: 5\r\nContent-Length: 6",
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                "Content-Length: -1",
                "Content-Length: +5",
                "Content-Length: 0x5",
                "Content-Length: 5, 5",
                "Content-Length: 99999999999999999999",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: gzip, chunked",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                "Content-Length : 5",
                "Content-Length: 5\r\n Transfer-Encoding: chunked")) {
            String head = "POST " + CREATE + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + headers + "\r\n\r\n";
            byte[] answers = exchange(head + "0\r\n\r\n" + smuggled);
            String text = new String(answers, StandardCharsets.ISO_8859_1);
            assertTrue(text.matches("(?s)HTTP/1\\.1 4\\d\\d .*"), () -> headers + " -> " + text);
            assertEquals(
                    1,
                    text.split("HTTP/1\\.1 \\d", -1).length - 1,
                    () -> "a second answer to " + headers + ": " + text);
        }
        for (String expect : List.of(
                "Expect: 100-continue\r\nOrigin: http://evil.example",
                "Expect: 100-continue\r\nContent-Type: text/plain")) {
            byte[] answers = exchange("POST " + CREATE + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                    + smuggled.length() + "\r\n" + expect + "\r\n\r\n" + smuggled);
            String text = new String(answers, StandardCharsets.ISO_8859_1);
            assertFalse(text.contains("200 OK"), () -> "the body was taken for a request: " + text);
        }
    }

    /** Sends bytes, shuts down the output, and returns everything that the server sends until it closes the connection. */
    private byte[] exchange(String bytes) throws IOException {
        URI uri = URI.create(onSqlite.uri());
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return socket.getInputStream().readAllBytes();
        }
    }

    @Test
    void rejectsForeignHostsAndOrigins() throws IOException {
        try (RawClient client = new RawClient(onSqlite.uri())) {
            for (String host : List.of(
                    "evil.example",
                    "localhost.evil.example",
                    "10.evil.example",
                    "127.0.0.1.evil.example",
                    "",
                    "evil.example:5000",
                    "localhost@evil.example")) {
                RawRequest request =
                        RawRequest.get(API + "experiments/get?experiment_id=0").with("Host: " + host);
                RawResponse answer = client.send(request);
                assertTrue(answer.status() == 403 || answer.status() == 400, () -> request + " -> " + answer);
                answer.assertIsRefusal(request);
                assertNull(answer.headers().get("access-control-allow-origin"));
            }
            RawResponse none = client.sendBytes(("GET " + API + "experiments/get?experiment_id=0 HTTP/1.1\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            none.assertIsRefusal("no host");
            String body = "{\"name\": \"by another page\"}";
            for (String origin : List.of(
                    "http://evil.example",
                    "https://localhost.evil.example",
                    "null",
                    "file://",
                    "http://127.0.0.1.evil.example",
                    "http://localhost@evil.example")) {
                for (String type : List.of(
                        "application/json",
                        "text/plain",
                        "application/x-www-form-urlencoded",
                        "multipart/form-data; boundary=x")) {
                    RawRequest post = new RawRequest(
                            "POST",
                            CREATE,
                            List.of("Content-Type: " + type, "Origin: " + origin),
                            body.getBytes(StandardCharsets.UTF_8));
                    RawResponse answer = client.send(post);
                    assertEquals(403, answer.status(), () -> post + " -> " + answer);
                    answer.assertIsRefusal(post);
                    assertNull(answer.headers().get("access-control-allow-origin"));
                }
                RawResponse preflight = client.send(new RawRequest(
                        "OPTIONS",
                        CREATE,
                        List.of(
                                "Origin: " + origin,
                                "Access-Control-Request-Method: POST",
                                "Access-Control-Request-Headers: content-type"),
                        null));
                assertEquals(403, preflight.status(), preflight::toString);
                assertFalse(
                        preflight.headers().keySet().stream().anyMatch(name -> name.startsWith("access-control-allow")),
                        preflight::toString);
                RawResponse read = client.send(
                        RawRequest.get(API + "experiments/get?experiment_id=0").with("Origin: " + origin));
                assertNull(read.headers().get("access-control-allow-origin"), read::toString);
            }
            // A form without Origin, as older browsers send it: no content type of forms is accepted, and
            // Sec-Fetch-Site
            // names the origin.
            for (String type :
                    List.of("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x")) {
                assertRefused(
                        onSqlite,
                        new RawRequest(
                                "POST",
                                CREATE,
                                List.of("Content-Type: " + type),
                                body.getBytes(StandardCharsets.UTF_8)));
            }
            assertRefused(onSqlite, RawRequest.json("POST", CREATE, body).with("Sec-Fetch-Site: cross-site"));
            assertEquals(
                    404,
                    client.send(RawRequest.get(API + "experiments/get-by-name?experiment_name=by%20another%20page"))
                            .status());
        }
    }

    @Test
    void storedContentNeverExecutesInThePages() throws IOException {
        try (RawClient client = new RawClient(onSqlite.uri())) {
            for (RawRequest any : List.of(
                    RawRequest.get("/"),
                    RawRequest.get("/health"),
                    RawRequest.get("/nothing"),
                    create("{"),
                    RawRequest.get(API + "experiments/get?experiment_id=0"))) {
                RawResponse answer = client.send(any);
                assertEquals("nosniff", answer.headers().get("x-content-type-options"), any::toString);
                assertEquals("SAMEORIGIN", answer.headers().get("x-frame-options"), any::toString);
            }
            String script = "<html><script>alert(1)</script></html>";
            for (String name : List.of(
                    "a.html",
                    "a.htm",
                    "a.xhtml",
                    "a.svg",
                    "a.xml",
                    "a.js",
                    "a",
                    "a.HTML",
                    "a.xsl",
                    "a.mht",
                    "%0D%0ASet-Cookie:%20x=y.html",
                    "a%22;b=%22.html",
                    "日.html")) {
                String target = "/api/2.0/mlflow-artifacts/artifacts/hostile/"
                        + ValidRequests.encoded(name).replace("%25", "%");
                RawResponse put =
                        client.send(new RawRequest("PUT", target, List.of(), script.getBytes(StandardCharsets.UTF_8)));
                if (put.isError()) {
                    put.assertIsRefusal(name);
                    continue;
                }
                RawResponse got = client.send(RawRequest.get(target));
                assertEquals(script, got.text());
                assertEquals("nosniff", got.headers().get("x-content-type-options"), got::toString);
                assertTrue(got.headers().get("content-security-policy").contains("sandbox"), got::toString);
                assertTrue(got.headers().get("content-disposition").startsWith("attachment"), got::toString);
                assertNull(got.headers().get("set-cookie"), got::toString);
            }
        }
    }

    /** Half of the clients never finish their headers, half never finish their bodies. */
    @Test
    void slowClientsDoNotBlockOthers() throws IOException {
        List<Socket> slow = new ArrayList<>();
        try {
            URI uri = URI.create(onSqlite.uri());
            String headers = "POST " + CREATE + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
            for (int i = 0; i < 500; i++) {
                Socket socket = new Socket(uri.getHost(), uri.getPort());
                slow.add(socket);
                String start = i % 2 == 0
                        ? headers + "X-Slow: "
                        : headers + "Content-Length: 30000000\r\n\r\n{\"name\": \"slo";
                socket.getOutputStream().write(start.getBytes(StandardCharsets.US_ASCII));
            }
            for (Socket socket : slow) {
                socket.getOutputStream().write('w');
            }
            assertEquals(200, status(onSqlite, create("{\"name\": \"the five hundred and first\"}")));
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    /** The bodies together are ten times the server's heap. Small requests must still succeed. */
    @Test
    void concurrentLargeBodiesDoNotExhaustMemory() throws IOException {
        List<Socket> large = new ArrayList<>();
        try {
            URI uri = URI.create(onSqlite.uri());
            byte[] part = new byte[8 * MIB];
            java.util.Arrays.fill(part, (byte) ' ');
            for (int i = 0; i < 160; i++) {
                Socket socket = new Socket(uri.getHost(), uri.getPort());
                large.add(socket);
                Thread.startVirtualThread(
                        () -> { // the server reads as many as it has memory for; the others wait with what they have to
                            // say
                            try {
                                socket.getOutputStream()
                                        .write(("POST " + CREATE
                                                        + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                                                        + (9 * MIB) + "\r\n\r\n")
                                                .getBytes(StandardCharsets.US_ASCII));
                                socket.getOutputStream().write(part);
                            } catch (IOException e) {
                                // rejected with 503, which clients retry
                            }
                        });
            }
            assertEquals(200, status(onSqlite, create("{\"name\": \"a small one\"}")));
        } finally {
            for (Socket socket : large) {
                socket.close();
            }
        }
    }

    @Test
    void limitsAreConfigured() throws IOException {
        try (ServerProcess strict = KirokuServers.onSqlite("--max-request-bytes", "65536", "--read-timeout", "1")) {
            assertRefused(strict, create("{\"name\": \"" + "x".repeat(70_000) + "\"}"));
            assertEquals(200, status(strict, create("{\"name\": \"small\"}")));
            URI uri = URI.create(strict.uri());
            try (Socket waiting = new Socket(uri.getHost(), uri.getPort())) {
                waiting.setSoTimeout(60_000);
                waiting.getOutputStream()
                        .write(("POST " + CREATE
                                        + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
                                .getBytes(StandardCharsets.US_ASCII));
                InputStream in = waiting.getInputStream(); // the server closes it
                String answer = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
                assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 4"), answer);
            }
        }
    }

    private static RawRequest chunked(RawRequest request, byte[] body) {
        ByteArrayOutputStream chunks = new ByteArrayOutputStream(body.length + 1000);
        for (int at = 0; at < body.length; at += MIB) {
            int length = Math.min(MIB, body.length - at);
            chunks.writeBytes((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            chunks.write(body, at, length);
            chunks.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        chunks.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return request.withBody(chunks.toByteArray()).with("Transfer-Encoding: chunked");
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }
}
