package dev.kiroku.transfer.destination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.kiroku.client.ClientSettings;
import dev.kiroku.client.TrackingClient;
import dev.kiroku.transfer.artifacts.ArtifactCopier;
import dev.kiroku.transfer.artifacts.CopyProgress;
import dev.kiroku.transfer.source.ArtifactRoot;
import dev.kiroku.transfer.source.ArtifactSource;
import dev.kiroku.transfer.source.LocalArtifactFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies to a server that is away for a moment. */
class ServerArtifactsTest {
    private final Map<String, byte[]> stored = new ConcurrentHashMap<>();
    private final AtomicInteger uploads = new AtomicInteger();

    /** Refuses the first two uploads: one as a proxy does before a server that restarts, one as a server does that is busy. */
    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        byte[] body = exchange.getRequestBody().readAllBytes();
        byte[] content = stored.get(path);
        switch (exchange.getRequestMethod()) {
            case "PUT" -> {
                int number = uploads.incrementAndGet();
                if (number > 2) {
                    stored.put(path, body);
                }
                exchange.sendResponseHeaders(number > 2 ? 200 : number == 2 ? 429 : 503, -1);
            }
            case "GET" -> {
                byte[] answer = content != null ? content : "{\"files\": []}".getBytes(UTF_8);
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
            }
            default -> exchange.sendResponseHeaders(405, -1);
        }
        exchange.close();
    }

    @Test
    void uploadsAreRepeatedFromTheirBeginning(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("f"), "x".repeat(100_000));
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", this::answer);
        http.start();
        String url = "http://127.0.0.1:" + http.getAddress().getPort();
        try (TrackingClient client = new TrackingClient(ClientSettings.fromEnvironment(url, Map.of()));
                ArtifactSource source = new ArtifactSource(
                        List.of(new ArtifactRoot(folder.toString(), new LocalArtifactFolder(folder))));
                ArtifactCopier copier = new ArtifactCopier(
                        source, new ServerArtifacts(client), ArtifactCopier.Mode.COPY, new CopyProgress() {})) {
            copier.start("run r", folder.toString(), "mlflow-artifacts:/1/r/artifacts");
            copier.await();
            assertEquals(List.of(), copier.summary().problems());
            assertEquals(1, copier.summary().files());
        } finally {
            http.stop(0);
        }
        assertEquals(3, uploads.get());
        assertEquals(100_000, stored.get("/api/2.0/mlflow-artifacts/artifacts/1/r/artifacts/f").length);
    }
}
