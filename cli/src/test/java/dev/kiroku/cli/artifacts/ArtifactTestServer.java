package dev.kiroku.cli.artifacts;

import dev.kiroku.cli.config.ConfigFile;
import dev.kiroku.cli.config.KirokuConfig;
import dev.kiroku.cli.config.ServerProperties;
import dev.kiroku.cli.config.Settings;
import dev.kiroku.cli.wiring.RunningServer;
import dev.kiroku.cli.wiring.ServerWiring;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server as {@code kiroku server} starts it, with methods for valid and invalid requests. */
final class ArtifactTestServer implements AutoCloseable {
    static final String SERVED = "/api/2.0/mlflow-artifacts/artifacts";
    private static final String API = "/api/2.0/mlflow/";

    private final RunningServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    /** Starts a server. @param flags further flags by name, without dashes */
    ArtifactTestServer(Path folder, Map<String, String> flags, Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(flags);
        all.put("backend-store-uri", "sqlite:///" + folder.resolve("kiroku.db"));
        all.put("port", "0");
        KirokuConfig config = KirokuConfig.from(new Settings(ServerProperties.all(), all, Map.of(), ConfigFile.NONE));
        server = ServerWiring.start(config, environment);
    }

    String url() {
        return "http://127.0.0.1:" + server.port();
    }

    HttpResponse<String> send(String verb, String path, byte[] body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
        request.method(
                verb,
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path, String... headers) throws Exception {
        return send("GET", path, null, headers);
    }

    HttpResponse<String> put(String path, String content) throws Exception {
        return send("PUT", SERVED + "/" + path, content.getBytes(StandardCharsets.UTF_8));
    }

    HttpResponse<String> post(String operation, String json) throws Exception {
        String path = operation.startsWith("/") ? operation : API + operation;
        return send("POST", path, json.getBytes(StandardCharsets.UTF_8), "Content-Type", "application/json");
    }

    HttpResponse<String> call(String operationAndQuery) throws Exception {
        return get(API + operationAndQuery);
    }

    /** Returns the text of a field of a JSON response. */
    static String field(HttpResponse<String> answer, String name) {
        Matcher field = Pattern.compile("\"" + name + "\": ?\"([^\"]*)\"").matcher(answer.body());
        if (!field.find()) {
            throw new AssertionError("no " + name + " in " + answer.body());
        }
        return field.group(1);
    }

    /** Creates a run in a new experiment with an artifact location and returns its id. */
    String run(String location) throws Exception {
        String place = location == null ? "" : ", \"artifact_location\": \"" + location + "\"";
        String experiment = field(
                post("experiments/create", "{\"name\": \"" + java.util.UUID.randomUUID() + "\"" + place + "}"),
                "experiment_id");
        return field(post("runs/create", "{\"experiment_id\": \"" + experiment + "\"}"), "run_id");
    }

    /** Returns the folder of a run's artifacts below {@link #SERVED}. */
    String folder(String runId) throws Exception {
        return field(call("runs/get?run_id=" + runId), "artifact_uri").replaceFirst("mlflow-artifacts:/", "");
    }

    /** Sends bytes, shuts down the output, and reads until the server closes the connection or the first response is complete. */
    String raw(String request) throws IOException {
        try (Socket socket = open()) {
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            socket.shutdownOutput();
            socket.setSoTimeout(20_000);
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    Socket open() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), server.port());
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
