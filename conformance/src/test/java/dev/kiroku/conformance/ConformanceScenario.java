package dev.kiroku.conformance;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Calls that belong together, in their order. {@code ${name}} in a path or a body is what the same server answered earlier.
 * Paths without a leading slash are those of {@code /api/2.0/mlflow/}. Bodies are JSON written with single quotes.
 */
public final class ConformanceScenario {
    private static final String API = "/api/2.0/mlflow/";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final String title;
    private final List<ApiCall> calls = new ArrayList<>();

    private ConformanceScenario(String title) {
        this.title = title;
    }

    public static ConformanceScenario scenario(String title) {
        return new ConformanceScenario(title);
    }

    public String title() {
        return title;
    }

    public List<ApiCall> calls() {
        return List.copyOf(calls);
    }

    public ConformanceScenario get(String path) {
        return send("GET", path, null);
    }

    public ConformanceScenario delete(String path) {
        return send("DELETE", path, null);
    }

    public ConformanceScenario delete(String path, String json) {
        return send("DELETE", path, bytes(quoted(json)));
    }

    public ConformanceScenario post(String path, String json) {
        return send("POST", path, bytes(quoted(json)));
    }

    public ConformanceScenario patch(String path, String json) {
        return send("PATCH", path, bytes(quoted(json)));
    }

    public ConformanceScenario put(String path, String content) {
        return send("PUT", path, bytes(content));
    }

    /** A body sent exactly as it is written, single quotes included. */
    public ConformanceScenario raw(String method, String path, String body) {
        return send(method, path, bytes(body));
    }

    public ConformanceScenario send(String method, String path, byte[] body) {
        calls.add(ApiCall.of(method, path.startsWith("/") ? path : API + path, body));
        return this;
    }

    /** A search of runs in {@code ${exp}}: the filter, then what to order by. */
    public ConformanceScenario search(String filter, String... orderBy) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("experiment_ids", List.of("${exp}"));
        request.put("filter", filter);
        request.put("order_by", List.of(orderBy));
        return raw("POST", "runs/search", JSON.writeValueAsString(request));
    }

    /** An experiment to work in, known as {@code ${exp}}. */
    public ConformanceScenario experiment(String name) {
        return post("experiments/create", "{'name': '" + name + "'}").save("exp", "experiment_id");
    }

    /** A run of {@code ${exp}}, known by the variable's name; it starts at a fixed time so that orders are the same everywhere. */
    public ConformanceScenario run(String variable, long startTime) {
        return post(
                        "runs/create",
                        "{'experiment_id': '${exp}', 'run_name': '" + variable + "', 'start_time': " + startTime + "}")
                .save(variable, "run.info.run_id");
    }

    /** Keeps a value of the last answer as {@code ${name}}. */
    public ConformanceScenario save(String name, String place) {
        return last(calls.getLast().withSave(name, place));
    }

    public ConformanceScenario contentType(String type) {
        return last(calls.getLast().withContentType(type));
    }

    /** The last error's message, too, must be the reference's. */
    public ConformanceScenario sameText() {
        return last(calls.getLast().withEqualText());
    }

    /** The last answer differs from the reference's on purpose. */
    public ConformanceScenario differs(String reason) {
        return last(calls.getLast().withDifference(reason));
    }

    /** The reference fails at the last call with an internal error (5xx); Kiroku refuses it. */
    public ConformanceScenario refused() {
        return differs("MLflow answers with an internal error; Kiroku says what is wrong with the request.");
    }

    /** The reference takes a field that it cannot read for one that is not there, and goes on; Kiroku refuses the call. */
    public ConformanceScenario stricter() {
        return differs(
                "MLflow takes what it cannot read for absent and goes on, so that what was sent is lost; Kiroku says what is wrong.");
    }

    private ConformanceScenario last(ApiCall call) {
        calls.set(calls.size() - 1, call);
        return this;
    }

    private static String quoted(String json) {
        return json.replace('\'', '"');
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
