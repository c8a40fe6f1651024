package dev.kiroku.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.artifacts.ArtifactApi;
import dev.kiroku.model.registry.RegistryApi;
import dev.kiroku.model.tracking.LoggedModelApi;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrackingClientTest {
    private record StubResponse(int status, String body) {}

    private static final String VERSION = "{\"model_version\": {\"name\": \"m\", \"version\": \"3\"}}";

    private final List<String> requests = new ArrayList<>();
    private final Deque<StubResponse> responses = new ArrayDeque<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", this::respond);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void respond(HttpExchange exchange) throws IOException {
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI()
                + (authorization == null ? "" : " " + authorization) + " "
                + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
        StubResponse response = responses.removeFirst();
        byte[] body = response.body.getBytes(UTF_8);
        exchange.sendResponseHeaders(response.status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private TrackingClient client(String... variables) {
        Map<String, String> environment = new HashMap<>();
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        String uri = "http://127.0.0.1:" + server.getAddress().getPort() + "/kiroku/";
        return new TrackingClient(ClientSettings.fromEnvironment(uri, environment));
    }

    private static String setAlias(TrackingClient client) {
        return client.call(
                        RegistryApi.SET_REGISTERED_MODEL_ALIAS,
                        new RegistryApi.SetRegisteredModelAliasRequest("m", "a", "1", null))
                .toString();
    }

    @Test
    void sendsGetWithPathVariablesAndQuery() {
        responses.add(new StubResponse(200, VERSION));
        responses.add(new StubResponse(200, "{\"files\": [{\"path\": \"a\", \"is_dir\": true}]}"));
        try (TrackingClient client = client()) {
            var request = new RegistryApi.GetModelVersionByAliasRequest("a model&x", "ラン");
            assertEquals(
                    "3",
                    client.call(RegistryApi.GET_MODEL_VERSION_BY_ALIAS, request)
                            .modelVersion()
                            .version());
            var files = client.call(
                    LoggedModelApi.LIST_ARTIFACTS,
                    new LoggedModelApi.ListLoggedModelArtifactsRequest("m-1/x", "a b", null));
            assertTrue(files.files().getFirst().isDir());
        }
        assertEquals(
                List.of(
                        "GET /kiroku/api/2.0/mlflow/registered-models/alias?name=a%20model%26x&alias=%E3%83%A9%E3%83%B3 ",
                        "GET /kiroku/api/2.0/mlflow/logged-models/m-1%2Fx/artifacts/directories?artifact_directory_path=a%20b "),
                requests);
    }

    @Test
    void sendsRestOfPathWithSlashes() {
        responses.add(new StubResponse(200, "{\"url\": \"https://store/x\"}"));
        try (TrackingClient client = client()) {
            client.call(ArtifactApi.PROXIED_DOWNLOAD_URL, new ArtifactApi.ProxiedDownloadUrlRequest("a b/c"));
        }
        assertEquals(List.of("GET /kiroku/api/2.0/mlflow-artifacts/presigned/a%20b/c "), requests);
    }

    @Test
    void sendsPostWithJsonAndCredentials() {
        for (int i = 0; i < 3; i++) {
            responses.add(new StubResponse(200, "{}"));
        }
        try (TrackingClient client = client("MLFLOW_TRACKING_TOKEN", "t0ken")) {
            setAlias(client);
        }
        try (TrackingClient client = client(
                "MLFLOW_TRACKING_USERNAME",
                "ann",
                "MLFLOW_TRACKING_PASSWORD",
                "pässword",
                "MLFLOW_TRACKING_TOKEN",
                "t")) {
            setAlias(client);
        }
        try (TrackingClient client = client("MLFLOW_TRACKING_USERNAME", "ann")) {
            setAlias(client);
        }
        String call = "POST /kiroku/api/2.0/mlflow/registered-models/alias";
        String body = " {\"name\":\"m\",\"alias\":\"a\",\"version\":\"1\"}";
        assertEquals(
                List.of(call + " Bearer t0ken" + body, call + " Basic YW5uOnDDpHNzd29yZA==" + body, call + body),
                requests);
    }

    @Test
    void retriesWhatWasCertainlyNotDone() {
        responses.add(new StubResponse(429, ""));
        responses.add(new StubResponse(200, "{}"));
        try (TrackingClient client = client()) {
            setAlias(client);
        }
        assertEquals(2, requests.size());
    }

    @Test
    void retriesReadsButNotWritesThatMayHaveBeenDone() {
        responses.add(new StubResponse(503, ""));
        responses.add(new StubResponse(200, VERSION));
        responses.add(new StubResponse(503, "{\"error_code\": \"TEMPORARILY_UNAVAILABLE\", \"message\": \"busy\"}"));
        try (TrackingClient client = client()) {
            client.call(RegistryApi.GET_MODEL_VERSION, new RegistryApi.ModelVersionKeyRequest("m", "3"));
            assertEquals(2, requests.size());
            var failure = assertThrows(KirokuException.class, () -> setAlias(client));
            assertEquals("busy", failure.getMessage());
        }
        assertEquals(3, requests.size());
    }

    @Test
    void stopsAfterConfiguredNumberOfRetries() {
        responses.add(new StubResponse(429, ""));
        try (TrackingClient client = client("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")) {
            var failure = assertThrows(KirokuException.class, () -> setAlias(client));
            assertEquals(ErrorCode.REQUEST_LIMIT_EXCEEDED, failure.code());
        }
        assertEquals(1, requests.size());
    }

    @Test
    void reportsCodeAndMessageOfServer() {
        responses.add(new StubResponse(404, "{\"error_code\": \"RESOURCE_DOES_NOT_EXIST\", \"message\": \"No m.\"}"));
        responses.add(new StubResponse(401, "<html>Sign in</html>"));
        try (TrackingClient client = client()) {
            var missing = assertThrows(KirokuException.class, () -> setAlias(client));
            assertEquals(ErrorCode.RESOURCE_DOES_NOT_EXIST, missing.code());
            assertEquals("No m.", missing.getMessage());
            var refused = assertThrows(KirokuException.class, () -> setAlias(client));
            assertEquals(ErrorCode.UNAUTHENTICATED, refused.code());
            assertTrue(refused.getMessage().contains("MLFLOW_TRACKING_TOKEN"), refused.getMessage());
        }
    }

    @Test
    void streamsArtifactsBothWays(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("f"), "content");
        responses.add(new StubResponse(503, ""));
        responses.add(new StubResponse(200, ""));
        responses.add(new StubResponse(200, "content"));
        try (TrackingClient client = client()) {
            client.uploadArtifact("1/a b/f", file);
            try (var in = client.openArtifact("1/a b/f")) {
                assertEquals("content", new String(in.readAllBytes(), UTF_8));
            }
        }
        String path = " /kiroku/api/2.0/mlflow-artifacts/artifacts/1/a%20b/f ";
        assertEquals(List.of("PUT" + path + "content", "PUT" + path + "content", "GET" + path), requests);
    }

    @Test
    void saysHowToFindServerThatIsNotThere() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        var settings = ClientSettings.fromEnvironment("http://user:secret@127.0.0.1:" + port, Map.of());
        try (TrackingClient client = new TrackingClient(settings)) {
            var failure = assertThrows(KirokuException.class, () -> setAlias(client));
            assertEquals(ErrorCode.TEMPORARILY_UNAVAILABLE, failure.code());
            assertTrue(failure.getMessage().contains("MLFLOW_TRACKING_URI"), failure.getMessage());
            assertTrue(!failure.getMessage().contains("secret"), failure.getMessage());
        }
        for (String uri : List.of("sqlite:///k.db", "127.0.0.1:5000", "ftp://x", "http://")) {
            assertThrows(KirokuException.class, () -> ClientSettings.fromEnvironment(uri, Map.of()), uri);
        }
    }
}
