package dev.kiroku.conformance.cases;

import static dev.kiroku.conformance.ConformanceScenario.scenario;

import dev.kiroku.conformance.ConformanceScenario;
import java.util.List;

/** Runs, their tags and their params. */
public final class RunCases {
    private RunCases() {}

    public static List<ConformanceScenario> all() {
        return List.of(create(), names(), update(), deletion(), unknownRuns(), tags(), params(), deletedRuns());
    }

    private static ConformanceScenario create() {
        return scenario("create a run")
                .post("runs/create", "{'experiment_id': '0'}")
                .save("run", "run.info.run_id")
                .get("runs/get?run_id=${run}")
                .get("runs/get?run_uuid=${run}")
                .experiment("runs-create")
                .post(
                        "runs/create",
                        "{'experiment_id': '${exp}', 'user_id': 'ann', 'run_name': 'all', 'start_time': 1234567890123,"
                                + " 'tags': [{'key': 'a', 'value': '1'}, {'key': 'mlflow.source.name', 'value': 'train.py'}]}")
                .save("run", "run.info.run_id")
                .get("runs/get?run_id=${run}")
                .post(
                        "runs/create",
                        "{'experiment_id': '${exp}', 'tags': [{'key': 'a', 'value': '1'}, {'key': 'a', 'value': '2'}]}")
                .differs("MLflow shows its database's error; in Kiroku the last value counts, as in a batch.")
                .post("runs/create", "{'experiment_id': '${exp}', 'tags': [{'key': '', 'value': '1'}]}")
                .differs("MLflow checks the keys of tags in batches, but not here; Kiroku checks them everywhere.")
                .post("runs/create", "{'experiment_id': '${exp}', 'tags': [{'key': '../up', 'value': '1'}]}")
                .differs("MLflow checks the keys of tags in batches, but not here; Kiroku checks them everywhere.")
                .post(
                        "runs/create",
                        "{'experiment_id': '${exp}', 'tags': [{'key': 'long', 'value': '" + "v".repeat(8001) + "'}]}")
                .post("runs/create", "{}")
                .differs("MLflow shows its database's error; Kiroku says that the experiment is missing.")
                .post("runs/create", "{'experiment_id': ''}")
                .differs("MLflow shows its database's error; Kiroku says that the experiment is missing.")
                .post("runs/create", "{'experiment_id': '987654321'}")
                .sameText()
                .post("runs/create", "{'experiment_id': 'abc'}")
                .post("runs/create", "{'experiment_id': '-1'}");
    }

    private static ConformanceScenario names() {
        return scenario("names of runs")
                .experiment("runs-names")
                .post(
                        "runs/create",
                        "{'experiment_id': '${exp}', 'start_time': 1, 'run_name': 'x', 'tags': [{'key': 'mlflow.runName', 'value': 'x'}]}")
                .post(
                        "runs/create",
                        "{'experiment_id': '${exp}', 'start_time': 1, 'run_name': 'x', 'tags': [{'key': 'mlflow.runName', 'value': 'y'}]}")
                .post(
                        "runs/create",
                        "{'experiment_id': '${exp}', 'start_time': 1, 'tags': [{'key': 'mlflow.runName', 'value': 'tagged'}]}")
                .post("runs/create", "{'experiment_id': '${exp}', 'start_time': 1, 'run_name': ''}")
                .post(
                        "runs/create",
                        "{'experiment_id': '${exp}', 'start_time': 1, 'run_name': '" + "n".repeat(250) + "'}")
                .run("run", 5)
                .post("runs/set-tag", "{'run_id': '${run}', 'key': 'mlflow.runName', 'value': 'by tag'}")
                .get("runs/get?run_id=${run}")
                .post("runs/update", "{'run_id': '${run}', 'run_name': 'by update'}")
                .get("runs/get?run_id=${run}")
                .post("runs/update", "{'run_id': '${run}', 'run_name': ''}")
                .get("runs/get?run_id=${run}")
                .post("runs/delete-tag", "{'run_id': '${run}', 'key': 'mlflow.runName'}")
                .get("runs/get?run_id=${run}")
                .post(
                        "runs/log-batch",
                        "{'run_id': '${run}', 'tags': [{'key': 'mlflow.runName', 'value': 'by batch'}]}")
                .get("runs/get?run_id=${run}");
    }

    private static ConformanceScenario update() {
        return scenario("status and end")
                .experiment("runs-update")
                .run("run", 5)
                .post("runs/update", "{'run_id': '${run}', 'status': 'FINISHED', 'end_time': 99}")
                .post("runs/update", "{'run_id': '${run}', 'status': 'RUNNING'}")
                .get("runs/get?run_id=${run}")
                .post("runs/update", "{'run_id': '${run}', 'status': 'KILLED', 'end_time': '1234567890123'}")
                .post("runs/update", "{'run_id': '${run}', 'status': 'SCHEDULED'}")
                .post("runs/update", "{'run_id': '${run}', 'end_time': 3}")
                .post("runs/update", "{'run_uuid': '${run}', 'status': 'FAILED'}")
                .post("runs/update", "{'run_id': '${run}'}")
                .post("runs/update", "{'status': 'FAILED'}")
                .get("runs/get?run_id=${run}");
    }

    private static ConformanceScenario deletion() {
        return scenario("delete and restore a run")
                .experiment("runs-delete")
                .run("run", 5)
                .post("runs/delete", "{'run_id': '${run}'}")
                .get("runs/get?run_id=${run}")
                .post("runs/delete", "{'run_id': '${run}'}")
                .post("runs/search", "{'experiment_ids': ['${exp}']}")
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'run_view_type': 'DELETED_ONLY'}")
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'run_view_type': 'ALL'}")
                .post("runs/restore", "{'run_id': '${run}'}")
                .post("runs/restore", "{'run_id': '${run}'}")
                .get("runs/get?run_id=${run}")
                .post("experiments/delete", "{'experiment_id': '${exp}'}")
                .get("runs/get?run_id=${run}")
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'run_view_type': 'ALL'}")
                .post("experiments/restore", "{'experiment_id': '${exp}'}")
                .get("runs/get?run_id=${run}");
    }

    private static ConformanceScenario unknownRuns() {
        return scenario("runs that do not exist")
                .get("runs/get?run_id=0123456789abcdef0123456789abcdef")
                .sameText()
                .get("runs/get?run_id=nonsense")
                .sameText()
                .get("runs/get?run_id=")
                .get("runs/get")
                .get("runs/get?run_id=%2E%2E%2Fetc")
                .post("runs/delete", "{'run_id': 'nonsense'}")
                .post("runs/restore", "{'run_id': 'nonsense'}")
                .post("runs/delete", "{}")
                .post("runs/update", "{'run_id': 'nonsense', 'status': 'FAILED'}")
                .post("runs/log-metric", "{'run_id': 'nonsense', 'key': 'a', 'value': 1, 'timestamp': 1}")
                .post("runs/log-parameter", "{'run_id': 'nonsense', 'key': 'a', 'value': '1'}")
                .post("runs/set-tag", "{'run_id': 'nonsense', 'key': 'a', 'value': '1'}")
                .post("runs/delete-tag", "{'run_id': 'nonsense', 'key': 'a'}")
                .post("runs/log-batch", "{'run_id': 'nonsense'}")
                .post("runs/log-inputs", "{'run_id': 'nonsense'}")
                .post("runs/outputs", "{'run_id': 'nonsense'}")
                .get("metrics/get-history?run_id=nonsense&metric_key=a")
                .get("artifacts/list?run_id=nonsense");
    }

    private static ConformanceScenario tags() {
        return scenario("tags of runs")
                .experiment("runs-tags")
                .run("run", 5)
                .post("runs/set-tag", "{'run_id': '${run}', 'key': 'a', 'value': '1'}")
                .post("runs/set-tag", "{'run_id': '${run}', 'key': 'a', 'value': '2'}")
                .post("runs/set-tag", "{'run_uuid': '${run}', 'key': 'alias', 'value': '2'}")
                .post("runs/set-tag", "{'run_id': '${run}', 'key': 'empty', 'value': ''}")
                .post("runs/set-tag", "{'run_id': '${run}', 'key': 'nothing'}")
                .post("runs/set-tag", "{'run_id': '${run}', 'value': 'nothing'}")
                .post("runs/set-tag", "{'run_id': '${run}', 'key': '', 'value': '1'}")
                .post("runs/set-tag", "{'run_id': '${run}', 'key': 'a b/c.d-e_f:g', 'value': 'ok'}")
                .post("runs/set-tag", "{'run_id': '${run}', 'key': 'größe', 'value': '🧪'}")
                .post("runs/set-tag", "{'run_id': '${run}', 'key': 'no#hash', 'value': '1'}")
                .post("runs/set-tag", "{'run_id': '${run}', 'key': 'a//b', 'value': '1'}")
                .post("runs/set-tag", "{'run_id': '${run}', 'key': '/a', 'value': '1'}")
                .post("runs/set-tag", "{'run_id': '${run}', 'key': '.', 'value': '1'}")
                .post("runs/set-tag", "{'run_id': '${run}', 'key': '" + "k".repeat(250) + "', 'value': '1'}")
                .post("runs/set-tag", "{'run_id': '${run}', 'key': '" + "k".repeat(251) + "', 'value': '1'}")
                .sameText()
                .post("runs/set-tag", "{'run_id': '${run}', 'key': 'long', 'value': '" + "v".repeat(8000) + "'}")
                .post("runs/set-tag", "{'run_id': '${run}', 'key': 'long', 'value': '" + "v".repeat(8001) + "'}")
                .post("runs/delete-tag", "{'run_id': '${run}', 'key': 'a'}")
                .post("runs/delete-tag", "{'run_id': '${run}', 'key': 'a'}")
                .sameText()
                .post("runs/delete-tag", "{'run_id': '${run}'}")
                .get("runs/get?run_id=${run}");
    }

    private static ConformanceScenario params() {
        return scenario("param immutability and lengths")
                .experiment("runs-params")
                .run("run", 5)
                .post("runs/log-parameter", "{'run_id': '${run}', 'key': 'lr', 'value': '0.1'}")
                .post("runs/log-parameter", "{'run_id': '${run}', 'key': 'lr', 'value': '0.1'}")
                .post("runs/log-parameter", "{'run_id': '${run}', 'key': 'lr', 'value': '0.2'}")
                .sameText()
                .post("runs/log-parameter", "{'run_uuid': '${run}', 'key': 'alias', 'value': '1'}")
                .post("runs/log-parameter", "{'run_id': '${run}', 'key': 'empty', 'value': ''}")
                .post("runs/log-parameter", "{'run_id': '${run}', 'key': 'none'}")
                .post("runs/log-parameter", "{'run_id': '${run}', 'value': 'none'}")
                .post("runs/log-parameter", "{'run_id': '${run}', 'key': '', 'value': 'none'}")
                .post("runs/log-parameter", "{'run_id': '${run}', 'key': 'a/../b', 'value': 'x'}")
                .post("runs/log-parameter", "{'run_id': '${run}', 'key': '" + "k".repeat(250) + "', 'value': 'x'}")
                .post("runs/log-parameter", "{'run_id': '${run}', 'key': '" + "k".repeat(251) + "', 'value': 'x'}")
                .sameText()
                .post("runs/log-parameter", "{'run_id': '${run}', 'key': 'long', 'value': '" + "v".repeat(6000) + "'}")
                .post(
                        "runs/log-parameter",
                        "{'run_id': '${run}', 'key': 'longer', 'value': '" + "v".repeat(6001) + "'}")
                .get("runs/get?run_id=${run}");
    }

    private static ConformanceScenario deletedRuns() {
        return scenario("nothing is logged to a deleted run")
                .experiment("runs-deleted")
                .run("run", 5)
                .post("runs/delete", "{'run_id': '${run}'}")
                .post("runs/log-metric", "{'run_id': '${run}', 'key': 'a', 'value': 1, 'timestamp': 1}")
                .sameText()
                .post("runs/log-parameter", "{'run_id': '${run}', 'key': 'a', 'value': '1'}")
                .post("runs/set-tag", "{'run_id': '${run}', 'key': 'a', 'value': '1'}")
                .post("runs/delete-tag", "{'run_id': '${run}', 'key': 'a'}")
                .post("runs/log-batch", "{'run_id': '${run}', 'params': [{'key': 'a', 'value': '1'}]}")
                .post("runs/update", "{'run_id': '${run}', 'status': 'FAILED'}")
                .post("runs/log-inputs", "{'run_id': '${run}', 'datasets': []}")
                .get("runs/get?run_id=${run}");
    }
}
