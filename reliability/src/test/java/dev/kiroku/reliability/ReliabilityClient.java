package dev.kiroku.reliability;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client with the calls that these tests need. It never retries. */
final class ReliabilityClient {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(60);
    private static final JsonMapper JSON = new JsonMapper();

    /** A response. */
    record ApiResponse(int status, JsonNode body, String retryAfter) {
        boolean isOk() {
            return status == 200;
        }
    }

    private final String url;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    ReliabilityClient(String url) {
        this.url = url;
    }

    ApiResponse post(String operation, Object body) throws IOException, InterruptedException {
        return post(operation, JSON.writeValueAsBytes(body));
    }

    ApiResponse post(String operation, byte[] body) throws IOException, InterruptedException {
        return post(operation, HttpRequest.BodyPublishers.ofByteArray(body));
    }

    ApiResponse post(String operation, HttpRequest.BodyPublisher body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(url + "/api/2.0/mlflow/" + operation))
                .header("Content-Type", "application/json")
                .POST(body));
    }

    ApiResponse get(String operation) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(url + "/api/2.0/mlflow/" + operation)));
    }

    private ApiResponse send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer =
                client.send(request.timeout(REQUEST_TIMEOUT).build(), HttpResponse.BodyHandlers.ofByteArray());
        return new ApiResponse(
                answer.statusCode(),
                JSON.readTree(answer.body()),
                answer.headers().firstValue("Retry-After").orElse(null));
    }

    boolean isUp() throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/health"))
                    .timeout(REQUEST_TIMEOUT)
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    String createRun() throws IOException, InterruptedException {
        ApiResponse answer = post("runs/create", Map.of("experiment_id", "0"));
        if (!answer.isOk()) {
            throw new IOException("no run: " + answer);
        }
        return answer.body().path("run").path("info").path("run_id").asString();
    }

    JsonNode run(String id) throws IOException, InterruptedException {
        ApiResponse answer = get("runs/get?run_id=" + id);
        if (!answer.isOk()) {
            throw new IOException("run not read: " + answer);
        }
        return answer.body().path("run").path("data");
    }

    /** Returns the steps of a metric's points, in the order of the history. */
    List<Long> steps(String runId, String key) throws IOException, InterruptedException {
        ApiResponse answer = get("metrics/get-history?run_id=" + runId + "&metric_key=" + key);
        if (!answer.isOk()) {
            throw new IOException("history not read: " + answer);
        }
        List<Long> steps = new ArrayList<>();
        answer.body()
                .path("metrics")
                .forEach(point -> steps.add(point.path("step").asLong()));
        return steps;
    }

    /** Returns the values of {@code /metrics} by name, including the labels. */
    Map<String, Double> metrics() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/metrics"))
                .timeout(REQUEST_TIMEOUT)
                .build();
        Map<String, Double> numbers = new TreeMap<>();
        client.send(request, HttpResponse.BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .forEach(line -> {
                    int blank = line.lastIndexOf(' ');
                    numbers.put(line.substring(0, blank), Double.parseDouble(line.substring(blank + 1)));
                });
        return numbers;
    }
}
