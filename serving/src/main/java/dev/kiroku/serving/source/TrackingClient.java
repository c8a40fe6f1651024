package dev.kiroku.serving.source;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks a tracking server, Kiroku or MLflow, as MLflow's own client would. */
final class TrackingClient {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_ATTEMPTS = 4;

    private final String server;
    private final String authorization;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    /** @param variables MLFLOW_TRACKING_URI, and MLFLOW_TRACKING_TOKEN or MLFLOW_TRACKING_USERNAME and _PASSWORD */
    TrackingClient(Map<String, String> variables) {
        this.server = variables.getOrDefault("MLFLOW_TRACKING_URI", "").replaceAll("/+$", "");
        String token = variables.get("MLFLOW_TRACKING_TOKEN");
        String user = variables.get("MLFLOW_TRACKING_USERNAME");
        if (user != null && !user.isEmpty()) {
            String pair = user + ":" + variables.getOrDefault("MLFLOW_TRACKING_PASSWORD", "");
            authorization = "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        } else {
            authorization = token == null || token.isEmpty() ? null : "Bearer " + token;
        }
    }

    /** Refuses what has no server to ask. */
    void requireServer(String uri) {
        if (!server.startsWith("http://") && !server.startsWith("https://")) {
            throw dev.kiroku.model.KirokuException.invalid(
                    "%s needs a tracking server: set MLFLOW_TRACKING_URI to its address, such as http://mlflow-server:5000.",
                    uri);
        }
    }

    /** @param path below /api/2.0/ */
    JsonNode get(String path, String... query) throws IOException {
        StringBuilder address = new StringBuilder(path);
        for (int i = 0; i < query.length; i += 2) {
            address.append(i == 0 ? '?' : '&').append(query[i]).append('=').append(encode(query[i + 1]));
        }
        return sendForJson(request(address.toString()).GET().build());
    }

    JsonNode post(String path, Object body) throws IOException {
        return sendForJson(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build());
    }

    /** @param path of a file below mlflow-artifacts:/ */
    InputStream openArtifact(String path) throws IOException {
        StringBuilder address = new StringBuilder("mlflow-artifacts/artifacts");
        for (String part : path.split("/")) {
            address.append('/').append(encode(part));
        }
        HttpRequest request = request(address.toString())
                .timeout(Duration.ofMinutes(30))
                .GET()
                .build();
        HttpResponse<InputStream> response = send(request, HttpResponse.BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            try (InputStream body = response.body()) {
                throw toException(
                        request, response.statusCode(), new String(body.readNBytes(1000), StandardCharsets.UTF_8));
            }
        }
        return response.body();
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(server + "/api/2.0/" + path)).timeout(REQUEST_TIMEOUT);
        return authorization == null ? request : request.header("Authorization", authorization);
    }

    private JsonNode sendForJson(HttpRequest request) throws IOException {
        HttpResponse<String> response = send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw toException(request, response.statusCode(), response.body());
        }
        try {
            return JSON.readTree(response.body());
        } catch (JacksonException e) {
            throw new IOException(request.uri().getHost() + " answered with something that is no JSON", e);
        }
    }

    /** Tries again when the server cannot be reached or says that it cannot answer for now. */
    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                HttpResponse<T> response = http.send(request, handler);
                boolean passing = response.statusCode() == 429
                        || response.statusCode() == 502
                        || response.statusCode() == 503
                        || response.statusCode() == 504;
                if (!passing || attempt == MAX_ATTEMPTS) {
                    return response;
                }
            } catch (IOException e) {
                if (attempt == MAX_ATTEMPTS) {
                    throw new IOException(
                            "the tracking server at " + server.replaceAll("//[^/@]*@", "//***@")
                                    + " cannot be reached: " + reason(e),
                            e);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
            try {
                Thread.sleep(200L << attempt);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static IOException toException(HttpRequest request, int status, String body) {
        String message = body;
        try {
            message = JSON.readTree(body).path("message").asString(body);
        } catch (JacksonException e) {
            // as it is
        }
        String hint = status == 401 || status == 403
                ? " (set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN)"
                : "";
        return new IOException("the tracking server refused " + request.uri().getPath() + " with " + status + hint
                + ": " + message.substring(0, Math.min(message.length(), 500)));
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
