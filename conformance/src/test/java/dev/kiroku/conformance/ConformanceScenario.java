package dev.kiroku.conformance;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * A sequence of calls. {@code ${name}} in a path or a body is a value that the same server returned earlier.
 * Paths without a leading slash are those of {@code /api/2.0/mlflow/}. Bodies are JSON written with single quotes.
 */
public final class ConformanceScenario {
    private static final String API = "/api/2.0/mlflow/";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final String title;
    private final List<ApiCall> calls = new ArrayList<>();
    private ApiCall.Person person;

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

    /** Sends the following calls as a user; null for nobody. */
    public ConformanceScenario as(String user) {
        return as(user == null ? null : ApiCall.Person.user(user));
    }

    /** Sends the following calls with a header. */
    public ConformanceScenario as(ApiCall.Person sender) {
        person = sender;
        return this;
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

    /** Adds a call whose body is sent unchanged, single quotes included. */
    public ConformanceScenario raw(String method, String path, String body) {
        return send(method, path, bytes(body));
    }

    public ConformanceScenario send(String method, String path, byte[] body) {
        calls.add(ApiCall.of(method, path.startsWith("/") ? path : API + path, body)
                .by(person));
        return this;
    }

    /** Adds a search of runs in {@code ${exp}}. */
    public ConformanceScenario search(String filter, String... orderBy) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("experiment_ids", List.of("${exp}"));
        request.put("filter", filter);
        request.put("order_by", List.of(orderBy));
        return raw("POST", "runs/search", JSON.writeValueAsString(request));
    }

    /** Adds the creation of an experiment, {@code ${exp}}. */
    public ConformanceScenario experiment(String name) {
        return post("experiments/create", "{'name': '" + name + "'}").save("exp", "experiment_id");
    }

    /** Adds the creation of a run in {@code ${exp}}, with a fixed start time so that the order is equal on all servers. */
    public ConformanceScenario run(String variable, long startTime) {
        return post(
                        "runs/create",
                        "{'experiment_id': '${exp}', 'run_name': '" + variable + "', 'start_time': " + startTime + "}")
                .save(variable, "run.info.run_id");
    }

    /** Saves a value of the last response as {@code ${name}}. */
    public ConformanceScenario save(String name, String place) {
        return last(calls.getLast().withSave(name, place));
    }

    public ConformanceScenario contentType(String type) {
        return last(calls.getLast().withContentType(type));
    }

    /** Requires that the message of the last error is equal to the reference's. */
    public ConformanceScenario sameText() {
        return last(calls.getLast().withEqualText());
    }

    /** Declares that the last response differs on purpose. */
    public ConformanceScenario differs(String reason) {
        return differsFrom(null, reason);
    }

    /**
     * Declares that the last response differs on purpose from that of one release of MLflow.
     *
     * @param release null for all releases
     */
    public ConformanceScenario differsFrom(String release, String reason) {
        return last(calls.getLast().withDifference(new ApiCall.Difference(reason, release)));
    }

    /** Declares that the reference fails at the last call with an internal error (5xx) and Kiroku rejects the call. */
    public ConformanceScenario refused() {
        return differs("MLflow answers with an internal error; Kiroku says what is wrong with the request.");
    }

    /** Declares that the reference treats an invalid field of the last call as missing and Kiroku rejects the call. */
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
