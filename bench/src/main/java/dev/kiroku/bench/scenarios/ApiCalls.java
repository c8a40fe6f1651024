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
        return server.call(BenchmarkRequest.post(
                        PATH + "runs/create", "{\"experiment_id\": \"0\", \"start_time\": 1700000000000}"))
                .at("/run/info/run_id")
                .asString();
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
