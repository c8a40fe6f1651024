package dev.kiroku.conformance.cases;

import static dev.kiroku.conformance.ConformanceScenario.scenario;

import dev.kiroku.conformance.ConformanceScenario;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Requests as clients in other languages than Python write them. */
public final class ClientCases {
    private static final String PROXY = "/api/2.0/mlflow-artifacts/artifacts";

    private ClientCases() {}

    public static List<ConformanceScenario> all() {
        return List.of(
                tracking(), experimentsAndModels(), nulls(), enumNumbers(), framing(), latestVersions(), names());
    }

    /** R: every value is a string, 100000 is 1e+05, runs are named twice. */
    private static ConformanceScenario tracking() {
        String ids = "'run_uuid': '${run}', 'run_id': '${run}', ";
        String query = "run_uuid=${run}&run_id=${run}";
        return scenario("clients, R: runs")
                .experiment("r-runs")
                .post(
                        "runs/create",
                        "{'experiment_id': '${exp}', 'user_id': 'me', 'start_time': '1.7e+12', 'tags': [{'key': 'mlflow.user', 'value': 'me'}]}")
                .save("run", "run.info.run_uuid")
                .get("runs/get?" + query)
                .post("runs/log-metric", "{" + ids + metric("acc", "0.25", "1700000000000", "0") + "}")
                .post("runs/log-metric", "{" + ids + metric("acc", "1e-20", "1.7e+12", "1e+05") + "}")
                .post("runs/log-metric", "{" + ids + metric("acc", "1e+300", "1.7e+12", "1e+06") + "}")
                .post("runs/log-metric", "{" + ids + metric("acc", "NaN", "1700000000001", "1") + "}")
                .post("runs/log-metric", "{" + ids + metric("acc", "Infinity", "1700000000001", "2") + "}")
                .post("runs/log-metric", "{" + ids + metric("acc", "-Infinity", "1700000000001", "-1e+05") + "}")
                .post("runs/log-metric", "{" + ids + metric("acc", "1", "1700000000001", "10e-1") + "}")
                .post("runs/log-metric", "{" + ids + metric("acc", "1", "1700000000001", "1.0") + "}")
                .post("runs/log-metric", "{" + ids + metric("acc", "1", "1700000000001", "1e-1") + "}")
                .post("runs/log-metric", "{" + ids + metric("acc", "1", "1700000000001", "1.5") + "}")
                .post("runs/log-metric", "{" + ids + metric("acc", "1", "1700000000001", "1e+400") + "}")
                .post("runs/log-metric", "{" + ids + metric("acc", "NA", "1700000000001", "1") + "}")
                .get("metrics/get-history?" + query + "&metric_key=acc&max_results=25000")
                .get("metrics/get-history?run_uuid=${run}&metric_key=acc")
                .post(
                        "runs/log-batch",
                        "{'run_id': '${run}', 'metrics': [{'key': 'a', 'value': '1', 'step': '1', 'timestamp': '1.7e+12'}, "
                                + "{'key': 'b', 'value': 'Infinity', 'step': '1e+05', 'timestamp': '1'}], "
                                + "'params': [{'key': 'q', 'value': '1e+05'}]}")
                .post("runs/log-parameter", "{" + ids + "'key': 'na', 'value': 'NA'}")
                .post("runs/log-parameter", "{'run_uuid': '${run}', 'key': 'p', 'value': 'TRUE'}")
                .post("runs/set-tag", "{" + ids + "'key': 't', 'value': 'x'}")
                .post("runs/delete-tag", "{'run_id': '${run}', 'key': 't'}")
                .get("artifacts/list?" + query)
                .post("runs/update", "{" + ids + "'status': 'FINISHED', 'end_time': '1.7e+12'}")
                .post("runs/update", "{'run_uuid': '${run}', 'status': 'FAILED'}")
                .post("runs/delete", "{'run_id': '${run}'}")
                .post("runs/restore", "{'run_id': '${run}'}")
                .get("runs/get?run_uuid=${run}")
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'run_view_type': 'ACTIVE_ONLY'}")
                .post(
                        "runs/search",
                        "{'experiment_ids': ['${exp}', '0'], 'filter': 'metrics.a > 0', 'order_by': ['metrics.a DESC'], 'run_view_type': 'ALL'}");
    }

    private static ConformanceScenario logModel() {
        return scenario("clients, R: recording a model")
                .experiment("r-log-model")
                .run("run", 1)
                .raw(
                        "POST",
                        "runs/log-model",
                        "{\"run_id\": \"${run}\", \"model_json\": \"{\\\"artifact_path\\\": \\\"m\\\", \\\"run_id\\\": \\\"x\\\", "
                                + "\\\"flavors\\\": {\\\"crate\\\": {}}, \\\"utc_time_created\\\": \\\"2024-01-01 00:00:00\\\"}\"}")
                .get("runs/get?run_id=${run}")
                .differs(
                        "MLflow adds the fields of a model that are absent, and orders all; Kiroku keeps what was sent.");
    }

    private static String metric(String key, String value, String timestamp, String step) {
        return "'key': '" + key + "', 'value': '" + value + "', 'timestamp': '" + timestamp + "', 'step': '" + step
                + "'";
    }

    private static ConformanceScenario experimentsAndModels() {
        return scenario("clients, R: experiments and models")
                .post("experiments/create", "{'name': 'R exp', 'tags': [{'key': 'a', 'value': 'b'}]}")
                .save("exp", "experiment_id")
                .post(
                        "experiments/search",
                        "{'view_type': 'ACTIVE_ONLY', 'max_results': '1000', 'filter': 'name LIKE \\u0027R %\\u0027'}")
                .get("experiments/get-by-name?experiment_name=R%20exp")
                .post("experiments/set-experiment-tag", "{'experiment_id': '${exp}', 'key': 'k', 'value': ''}")
                .post("experiments/update", "{'experiment_id': '${exp}', 'new_name': 'R exp b'}")
                .post(
                        "registered-models/create",
                        "{'name': 'R model', 'tags': [{'key': 'a', 'value': 'b'}], 'description': 'd'}")
                .send("GET", "registered-models/get", "{\"name\": \"R model\"}".getBytes(StandardCharsets.UTF_8))
                .post("registered-models/search", "{'max_results': '100'}")
                .get("registered-models/search?max_results=1e%2B02")
                .differs("MLflow answers with an internal error; Kiroku reads the number.")
                .patch("registered-models/update", "{'name': 'R model', 'description': 'new'}")
                .post("model-versions/create", "{'name': 'R model', 'source': 's3://b/k', 'description': 'd'}")
                .patch("model-versions/update", "{'name': 'R model', 'version': '1', 'description': 'dd'}")
                .get("registered-models/get-latest-versions?name=R%20model")
                .get("registered-models/get-latest-versions?name=R%20model&stages=None&stages=Staging")
                .post(
                        "model-versions/transition-stage",
                        "{'name': 'R model', 'version': '1', 'stage': 'Production', 'archive_existing_versions': 'TRUE'}")
                .post(
                        "model-versions/transition-stage",
                        "{'name': 'R model', 'version': '1', 'stage': 'Production', 'archive_existing_versions': 'true'}")
                .patch("model-versions/update", "{'name': 'R model', 'version': '1'}")
                .differs("MLflow answers without a description; Kiroku with an empty one.")
                .delete("model-versions/delete", "{'name': 'R model', 'version': '1'}")
                .delete("registered-models/delete", "{'name': 'R model'}");
    }

    /** Julia: what is missing is null, times are in seconds. */
    private static ConformanceScenario nulls() {
        return scenario("clients, Julia: null for absent")
                .experiment("julia")
                .post("experiments/create", "{'name': 'julia-null', 'artifact_location': null, 'tags': null}")
                .post(
                        "runs/create",
                        "{'experiment_id': '${exp}', 'run_name': 'j', 'start_time': 1700000000, 'tags': [{'key': 'a', 'value': 'b'}]}")
                .save("run", "run.info.run_id")
                .post(
                        "runs/log-metric",
                        "{'run_id': '${run}', 'key': 'm', 'value': 0.5, 'timestamp': 1700000000, 'step': null, "
                                + "'model_id': null, 'dataset_name': null, 'dataset_digest': null}")
                .post(
                        "runs/log-batch",
                        "{'run_id': '${run}', 'metrics': [{'key': 'x', 'value': 1.0, 'timestamp': 1700000000, 'step': null}], "
                                + "'params': [{'key': 'p', 'value': 'v'}], 'tags': []}")
                .post("runs/log-batch", "{'run_id': '${run}', 'metrics': null, 'tags': [{'key': 'n', 'value': 'x'}]}")
                .differs("MLflow answers with an internal error; Kiroku takes null for absent.")
                .post(
                        "runs/log-inputs",
                        "{'run_id': '${run}', 'datasets': [{'tags': [{'key': 'mlflow.data.context', 'value': 'train'}], "
                                + "'dataset': {'name': 'd', 'digest': 'abc', 'source_type': 'local', 'source': '{}', 'schema': null, 'profile': null}}]}")
                .post("runs/update", "{'run_id': '${run}', 'status': 3, 'end_time': null, 'run_name': null}")
                .get("runs/get?run_id=${run}")
                .differs("After the call that MLflow could not answer.")
                .post(
                        "experiments/search",
                        "{'filter': 'name LIKE \\u0027julia%\\u0027', 'view_type': null, 'max_results': 10, 'order_by': null, 'page_token': null}")
                .post("registered-models/create", "{'name': 'julia', 'tags': null, 'description': null}")
                .post(
                        "model-versions/create",
                        "{'name': 'julia', 'source': 's3://b/k', 'run_id': null, 'run_link': null, 'tags': null, 'description': null}");
    }

    private static ConformanceScenario enumNumbers() {
        return scenario("clients, Julia: numbers for names")
                .experiment("julia-numbers")
                .run("run", 1)
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'run_view_type': 1, 'max_results': 1000}")
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'run_view_type': 2}")
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'run_view_type': 3}")
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'run_view_type': '1'}")
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'run_view_type': 0}")
                .stricter()
                .post("runs/update", "{'run_id': '${run}', 'status': 2}")
                .post("runs/update", "{'run_id': '${run}', 'status': '5'}")
                .post("runs/update", "{'run_id': '${run}', 'status': 99}")
                .get("runs/get?run_id=${run}");
    }

    /** Byte order marks, a second slash at the start of paths, fractions of milliseconds. */
    private static ConformanceScenario framing() {
        return scenario("clients, paths and bodies of other HTTP clients")
                .experiment("clients-framing")
                .run("run", 1)
                .get("//api/2.0/mlflow/experiments/get?experiment_id=${exp}")
                .post("//api/2.0/mlflow/runs/set-tag", "{'run_id': '${run}', 'key': 'slash', 'value': 'two'}")
                .get("///api/2.0/mlflow/runs/get?run_id=${run}")
                .get("runs/get/?run_id=${run}")
                .raw("POST", "runs/set-tag", "\ufeff{\"run_id\": \"${run}\", \"key\": \"mark\", \"value\": \"ü\"}")
                .post("runs/log-metric", "{'run_id': '${run}', 'key': 'f', 'value': 1, 'timestamp': 7.0, 'step': 2.0}")
                .post("runs/log-metric", "{'run_id': '${run}', 'key': 'g', 'value': 1, 'timestamp': 7.5}")
                .stricter()
                .post("runs/log-metric", "{'runId': '${run}', 'key': 'camel', 'value': 1, 'timestamp': 1}")
                .differs("MLflow reads camel case where a field is not required; Kiroku everywhere.")
                .get("metrics/get-history?run_id=${run}&metric_key=f");
    }

    private static ConformanceScenario latestVersions() {
        ConformanceScenario versions = scenario("clients, order of latest versions")
                .post("registered-models/create", "{'name': 'latest-order'}");
        for (int i = 1; i <= 4; i++) {
            versions.post("model-versions/create", "{'name': 'latest-order', 'source': 's3://b/k'}");
        }
        return versions.post(
                        "model-versions/transition-stage",
                        "{'name': 'latest-order', 'version': '1', 'stage': 'Production'}")
                .post(
                        "model-versions/transition-stage",
                        "{'name': 'latest-order', 'version': '3', 'stage': 'Archived'}")
                .get("registered-models/get?name=latest-order")
                .post("registered-models/get-latest-versions", "{'name': 'latest-order'}")
                .post(
                        "registered-models/get-latest-versions",
                        "{'name': 'latest-order', 'stages': ['Archived', 'none', 'PRODUCTION']}")
                .get("registered-models/search?filter=name%20%3D%20%27latest-order%27")
                .differs(
                        "MLflow's searches return latest versions in the order of its database's plan; Kiroku's in that "
                                + "of the other calls.");
    }

    private static ConformanceScenario names() {
        return scenario("clients, unusual names of artifacts")
                .put(PROXY + "/names/...", "x")
                .put(PROXY + "/names/x/..../y", "x")
                .put(PROXY + "/names/..a", "x")
                .put(PROXY + "/names/a..", "x")
                .put(PROXY + "/names/~x", "x")
                .put(PROXY + "/names/=x", "x")
                .put(PROXY + "/names/%5Bx%5D%25.txt", "x")
                .put(PROXY + "/names/a+b.txt", "x")
                .get(PROXY + "/names/...")
                .get(PROXY + "/names/x/..../y")
                .get(PROXY + "/names/%5Bx%5D%25.txt")
                .get(PROXY + "/names/a+b.txt")
                .get(PROXY + "?path=names")
                .get(PROXY + "?path=names/x/....")
                .put(PROXY + "/names/a//b", "x")
                .differs("MLflow's clients refuse such names before they send them; Kiroku's server, too.")
                .put(PROXY + "/names/a%09b", "x")
                .differs("A control character in a name hides what the name is.");
    }
}
