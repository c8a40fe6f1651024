package dev.kiroku.bench.scenarios;

import dev.kiroku.bench.http.BenchmarkRequest;
import dev.kiroku.bench.servers.BenchmarkServer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Calls that scenarios share, and the parts of responses that must be equal. */
final class ApiCalls {
    static final String PATH = "/api/2.0/mlflow/";

    private ApiCalls() {}

    static String createRun(BenchmarkServer server) throws IOException {
        return createRun(server, "0", null);
    }

    /** Creates a run as the user of a token, or without sign-in if it is null. */
    static String createRun(BenchmarkServer server, String experiment, String token) throws IOException {
        return server.call(BenchmarkRequest.post(
                                PATH + "runs/create",
                                "{\"experiment_id\": \"" + experiment + "\", \"start_time\": 1700000000000}")
                        .withToken(token))
                .at("/run/info/run_id")
                .asString();
    }

    /** Returns the request that appends the n-th point. */
    static BenchmarkRequest logMetric(String runId, long n) {
        return BenchmarkRequest.post(
                PATH + "runs/log-metric",
                "{\"run_id\":\"" + runId + "\",\"key\":\"loss\",\"value\":" + 1.0 / (n + 1) + ",\"timestamp\":"
                        + (1_700_000_000_000L + n) + ",\"step\":" + n + "}");
    }

    static BenchmarkRequest getRun(String runId) {
        return BenchmarkRequest.get(PATH + "runs/get?run_id=" + runId);
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Returns metrics, params and tags of a run, without the tags that servers generate. */
    static Object data(JsonNode run) {
        Map<String, Object> data = new TreeMap<>();
        for (JsonNode metric : run.at("/data/metrics")) {
            data.put(
                    "metric " + metric.get("key").asString(),
                    List.of(number(metric, "value"), number(metric, "step"), number(metric, "timestamp")));
        }
        for (String kind : List.of("params", "tags")) {
            for (JsonNode pair : run.at("/data/" + kind)) {
                if (!pair.get("key").asString().startsWith("mlflow.")) {
                    data.put(
                            kind + " " + pair.get("key").asString(),
                            pair.get("value").asString());
                }
            }
        }
        return data;
    }

    /** Returns the runs of a search in order, with their data. */
    static Object runs(JsonNode answer) {
        List<Object> runs = new ArrayList<>();
        for (JsonNode run : answer.path("runs")) {
            runs.add(List.of(run.at("/info/run_id").asString(), data(run)));
        }
        return runs;
    }

    static Object points(JsonNode answer) {
        List<Object> points = new ArrayList<>();
        for (JsonNode point : answer.path("metrics")) {
            points.add(List.of(number(point, "timestamp"), number(point, "step"), number(point, "value")));
        }
        return points;
    }

    /** Returns a number; MLflow writes some integers as strings. */
    private static double number(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isString() ? Double.parseDouble(value.asString()) : value.asDouble();
    }
}
