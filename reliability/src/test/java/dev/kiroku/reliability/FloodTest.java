package dev.kiroku.reliability;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
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

/** Connections that announce bodies and send nothing or parts of them, to a server with the default heap. Others must not notice them. */
@Timeout(300)
class FloodTest {
    private static final int CONNECTIONS = 600;
    private static final int MIB = 1 << 20;
    private static final String ARRIVING = "kiroku_bodies_arriving_bytes";

    @TempDir
    private Path folder;

    private final List<Socket> flood = new ArrayList<>();
    private KirokuProcess server;
    private ReliabilityClient api;
    private String run;

    @BeforeEach
    void start() throws Exception {
        server = KirokuProcess.start(folder, "sqlite:///kiroku.db");
        api = server.api();
        run = api.createRun();
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : flood) {
            socket.close();
        }
        server.close();
    }

    private Socket connect() throws IOException {
        URI uri = URI.create(server.url());
        Socket socket = new Socket(uri.getHost(), uri.getPort());
        flood.add(socket);
        return socket;
    }

    /** Sends the head of a request and returns the connection. */
    private Socket begin(String target, String framing) throws IOException {
        Socket socket = connect();
        socket.getOutputStream()
                .write((target + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + framing
                                + "\r\n\r\n")
                        .getBytes(US_ASCII));
        return socket;
    }

    /** Sends the same bytes on all connections. The server may close a connection, or not read all. */
    private static void sendEverywhere(List<Socket> sockets, byte[] bytes) {
        for (Socket socket : sockets) {
            Thread.startVirtualThread(() -> {
                try {
                    socket.getOutputStream().write(bytes);
                } catch (IOException e) {
                    // refused
                }
            });
        }
    }

    private void assertOthersAreServed(String how) throws Exception {
        for (int step = 0; step < 100; step++) {
            var logged = api.post(
                    "runs/log-metric", Map.of("run_id", run, "key", how, "value", 1, "timestamp", 1, "step", step));
            assertTrue(logged.isOk(), logged.toString());
        }
        assertEquals(100, api.steps(run, how).size());
        assertTrue(api.isUp(), "the probe is answered");
        assertTrue(api.metrics().containsKey(ARRIVING), "/metrics is answered");
        assertFalse(server.log().contains("OutOfMemory"), server.log());
    }

    @Test
    void announcedBodiesKeepNobodyOut() throws Exception {
        String[] framings = {
            "Content-Length: 30000000",
            "Content-Length: 200000",
            "Transfer-Encoding: chunked",
            "Content-Length: 1000000\r\nContent-Encoding: gzip"
        };
        for (int i = 0; i < CONNECTIONS; i++) {
            Socket socket = begin("POST /api/2.0/mlflow/runs/log-batch", framings[i % framings.length]);
            if (i % 8 > 3) {
                socket.getOutputStream()
                        .write(i % framings.length == 2 ? "7fffffff\r\n{".getBytes(US_ASCII) : new byte[] {'{'});
            }
        }
        assertOthersAreServed("announced");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /api/2.0/mlflow/runs/log-batch",
                "POST /ajax-api/2.0/mlflow/upload-artifact?path=file&run_uuid=",
                "PUT /api/2.0/mlflow-artifacts/artifacts/file",
                "POST /api/2.0/mlflow-artifacts/mpu/create/file",
                "POST /api/2.0/kiroku/reports/create",
                "POST /graphql"
            })
    void bodiesAreAccountedOnEveryRoute(String target) throws Exception {
        for (String framing : List.of("Content-Length: " + MIB, "Transfer-Encoding: chunked")) {
            Socket socket = begin(target.endsWith("=") ? target + run : target, framing);
            if (framing.endsWith("chunked")) {
                socket.getOutputStream().write("7fffffff\r\n".getBytes(US_ASCII));
            }
            socket.getOutputStream().write(new byte[100_000]);
            while (api.metrics().get(ARRIVING) < 64 << 10) {
                Thread.sleep(20);
            }
            socket.close();
            while (api.metrics().get(ARRIVING) > 0) {
                Thread.sleep(20);
            }
        }
    }

    /** All of them together would take several times the heap. */
    @Test
    void partsOfBodiesKeepNobodyOut() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            boolean chunked = i % 3 == 0;
            boolean unread = i % 2 == 0;
            Socket socket = begin(
                    unread ? "POST /health" : "POST /api/2.0/mlflow/runs/log-batch",
                    chunked ? "Transfer-Encoding: chunked" : "Content-Length: 30000000");
            if (chunked) {
                socket.getOutputStream().write("7fffffff\r\n".getBytes(US_ASCII));
            }
            sockets.add(socket);
        }
        sendEverywhere(sockets, " ".repeat(3 * MIB).getBytes(US_ASCII));
        assertOthersAreServed("parts");
        assertTrue(server.isAlive(), server.log());
    }
}
