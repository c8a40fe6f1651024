package dev.kiroku.conformance.cases;

import static dev.kiroku.conformance.ConformanceScenario.scenario;

import dev.kiroku.conformance.ConformanceScenario;
import java.util.List;

/** Logged models, and the inputs and outputs of runs. */
public final class ModelCases {
    private static final String STATUS = "It compares the number that it keeps with the name, and finds nothing.";

    private ModelCases() {}

    public static List<ConformanceScenario> all() {
        return List.of(
                lifecycle(),
                creation(),
                tagsAndParams(),
                metrics(),
                search(),
                inputs(),
                inputLimits(),
                outputs(),
                datasets());
    }

    private static ConformanceScenario lifecycle() {
        return scenario("life of a logged model")
                .experiment("models-life")
                .run("run", 5)
                .post(
                        "logged-models",
                        "{'experiment_id': '${exp}', 'name': 'net', 'model_type': 'torch', 'source_run_id': '${run}',"
                                + " 'params': [{'key': 'depth', 'value': '3'}], 'tags': [{'key': 'team', 'value': 'vision'}]}")
                .save("model", "model.info.model_id")
                .get("logged-models/${model}")
                .patch("logged-models/${model}", "{'model_id': '${model}', 'status': 'LOGGED_MODEL_READY'}")
                .patch("logged-models/${model}", "{'model_id': '${model}', 'status': 'LOGGED_MODEL_UPLOAD_FAILED'}")
                .patch("logged-models/${model}", "{'status': 'NO_SUCH'}")
                .patch("logged-models/${model}", "{}")
                .get("logged-models/${model}")
                .get("logged-models/${model}/artifacts/directories")
                .delete("logged-models/${model}")
                .get("logged-models/${model}")
                .delete("logged-models/${model}")
                .patch("logged-models/${model}", "{'status': 'LOGGED_MODEL_READY'}")
                .differs("MLflow wants the id in the body even though the path has it; Kiroku reads it from the path.")
                .post("logged-models/search", "{'experiment_ids': ['${exp}']}")
                .get("logged-models/m-00000000000000000000000000000000")
                .sameText()
                .get("logged-models/nonsense")
                .delete("logged-models/nonsense")
                .patch("logged-models/nonsense", "{'model_id': 'nonsense', 'status': 'LOGGED_MODEL_READY'}");
    }

    private static ConformanceScenario creation() {
        return scenario("creating logged models")
                .experiment("models-create")
                .post("logged-models", "{'experiment_id': '${exp}'}")
                .save("model", "model.info.model_id")
                .post("logged-models", "{'experiment_id': '${exp}', 'name': ''}")
                .post("logged-models", "{'experiment_id': '${exp}', 'name': 'a/b'}")
                .post("logged-models", "{'experiment_id': '${exp}', 'name': 'a:b'}")
                .post("logged-models", "{'experiment_id': '${exp}', 'name': 'größe 🧪'}")
                .post("logged-models", "{'experiment_id': '${exp}', 'name': '" + "n".repeat(500) + "'}")
                .post("logged-models", "{'experiment_id': '${exp}', 'name': 5}")
                .post("logged-models", "{}")
                .post("logged-models", "{'experiment_id': '987654321', 'name': 'x'}")
                .post(
                        "logged-models",
                        "{'experiment_id': '${exp}', 'name': 'x', 'params': [{'key': 'p', 'value': '" + "v".repeat(6001)
                                + "'}]}")
                .post(
                        "logged-models",
                        "{'experiment_id': '${exp}', 'name': 'x', 'params': [{'key': '', 'value': 'v'}]}")
                .stricter()
                .post(
                        "logged-models",
                        "{'experiment_id': '${exp}', 'name': 'x', 'tags': [{'key': 'a#b', 'value': 'v'}]}")
                .post("logged-models", "{'experiment_id': '${exp}', 'name': 'x', 'params': 'p'}")
                .post("logged-models", "{'experiment_id': '${exp}', 'name': 'x', 'source_run_id': 'nonsense'}");
    }

    private static ConformanceScenario tagsAndParams() {
        return scenario("tags and params of logged models")
                .experiment("models-tags")
                .post("logged-models", "{'experiment_id': '${exp}', 'name': 'net'}")
                .save("model", "model.info.model_id")
                .patch(
                        "logged-models/${model}/tags",
                        "{'tags': [{'key': 'a', 'value': '1'}, {'key': 'b', 'value': '2'}]}")
                .patch("logged-models/${model}/tags", "{'tags': [{'key': 'a', 'value': '3'}]}")
                .patch("logged-models/${model}/tags", "{'tags': []}")
                .patch("logged-models/${model}/tags", "{}")
                .patch("logged-models/${model}/tags", "{'tags': [{'key': 'a#', 'value': '3'}]}")
                .patch(
                        "logged-models/m-00000000000000000000000000000000/tags",
                        "{'tags': [{'key': 'a', 'value': '3'}]}")
                .delete("logged-models/${model}/tags/b")
                .delete("logged-models/${model}/tags/b")
                .delete("logged-models/m-00000000000000000000000000000000/tags/b")
                .post(
                        "logged-models/${model}/params",
                        "{'model_id': '${model}', 'params': [{'key': 'p', 'value': '1'}]}")
                .post(
                        "logged-models/${model}/params",
                        "{'model_id': '${model}', 'params': [{'key': 'q', 'value': '2'}]}")
                .post("logged-models/${model}/params", "{'model_id': '${model}', 'params': []}")
                .post(
                        "logged-models/m-00000000000000000000000000000000/params",
                        "{'model_id': 'm-00000000000000000000000000000000', 'params': [{'key': 'q', 'value': '2'}]}")
                .get("logged-models/${model}");
    }

    private static ConformanceScenario metrics() {
        return scenario("metrics of logged models")
                .experiment("models-metrics")
                .run("run", 5)
                .post("logged-models", "{'experiment_id': '${exp}', 'name': 'net', 'source_run_id': '${run}'}")
                .save("model", "model.info.model_id")
                .post(
                        "runs/log-metric",
                        "{'run_id': '${run}', 'key': 'acc', 'value': 0.5, 'timestamp': 7, 'step': 1, 'model_id': '${model}'}")
                .post(
                        "runs/log-metric",
                        "{'run_id': '${run}', 'key': 'acc', 'value': 0.75, 'timestamp': 8, 'step': 2, 'model_id': '${model}',"
                                + " 'dataset_name': 'train', 'dataset_digest': 'd1'}")
                .post(
                        "runs/log-batch",
                        "{'run_id': '${run}', 'metrics': [{'key': 'f1', 'value': 0.25, 'timestamp': 8, 'step': 3, 'model_id': '${model}'},"
                                + " {'key': 'f1', 'value': 0.5, 'timestamp': 8, 'step': 2, 'model_id': '${model}'}]}")
                .get("logged-models/${model}")
                .get("runs/get?run_id=${run}")
                .get("metrics/get-history?run_id=${run}&metric_key=acc")
                .post(
                        "runs/log-metric",
                        "{'run_id': '${run}', 'key': 'ghost', 'value': 0.5, 'timestamp': 9, 'model_id': 'm-00000000000000000000000000000000'}")
                .differs("MLflow shows its database's error; Kiroku keeps the run's point, whose model may be gone.");
    }

    private static ConformanceScenario search() {
        return scenario("search of logged models")
                .experiment("models-search")
                .run("run", 5)
                .post(
                        "logged-models",
                        "{'experiment_id': '${exp}', 'name': 'a', 'model_type': 'tree', 'source_run_id': '${run}',"
                                + " 'params': [{'key': 'p', 'value': '1'}], 'tags': [{'key': 't', 'value': 'x'}]}")
                .save("a", "model.info.model_id")
                .post(
                        "logged-models",
                        "{'experiment_id': '${exp}', 'name': 'b', 'model_type': 'net', 'params': [{'key': 'p', 'value': '2'}]}")
                .save("b", "model.info.model_id")
                .post("logged-models", "{'experiment_id': '${exp}', 'name': 'c'}")
                .save("c", "model.info.model_id")
                .post(
                        "runs/log-batch",
                        "{'run_id': '${run}', 'metrics': ["
                                + "{'key': 'acc', 'value': 0.5, 'timestamp': 8, 'step': 1, 'model_id': '${a}', 'dataset_name': 'train', 'dataset_digest': 'd1'},"
                                + "{'key': 'acc', 'value': 0.9, 'timestamp': 8, 'step': 1, 'model_id': '${b}', 'dataset_name': 'test', 'dataset_digest': 'd2'}]}")
                .patch("logged-models/${b}", "{'model_id': '${b}', 'status': 'LOGGED_MODEL_READY'}")
                .post("logged-models/search", "{'experiment_ids': ['${exp}']}")
                .post("logged-models/search", models("name = 'a'"))
                .post("logged-models/search", models("name LIKE '%' AND model_type = 'net'"))
                .post("logged-models/search", models("attributes.name != 'a'"))
                .post("logged-models/search", models("name ILIKE 'A'"))
                .post("logged-models/search", models("name IN ('a', 'c')"))
                .post("logged-models/search", models("status = 'READY'"))
                .differsFrom("3.17.2", STATUS)
                .post("logged-models/search", models("status = 'LOGGED_MODEL_READY'"))
                .differsFrom("3.17.2", STATUS)
                .post("logged-models/search", models("status = 'FAILED'"))
                .post("logged-models/search", models("status IN ('PENDING', 'FAILED')"))
                .differsFrom("3.17.2", STATUS)
                .post("logged-models/search", models("status LIKE 'READY'"))
                .differsFrom("3.17.2", STATUS)
                .post("logged-models/search", models("params.p = '1'"))
                .post("logged-models/search", models("params.p != '1'"))
                .post("logged-models/search", models("tags.t = 'x'"))
                .post("logged-models/search", models("metrics.acc > 0.6"))
                .post("logged-models/search", models("metrics.acc > 0.1"))
                .post("logged-models/search", models("source_run_id = '${run}'"))
                .post("logged-models/search", models("model_id = '${a}'"))
                .post("logged-models/search", models("creation_timestamp > 0"))
                .post("logged-models/search", models("creation_time > 0"))
                .post("logged-models/search", models("nothing = 'x'"))
                .post("logged-models/search", models("name = "))
                .post("logged-models/search", models("name > 'a'"))
                .post("logged-models/search", models("metrics.acc = 'x'"))
                .refused()
                .post(
                        "logged-models/search",
                        models("metrics.acc > 0.1', 'datasets': [{'dataset_name': 'train'}], 'page_token': '"))
                .post(
                        "logged-models/search",
                        "{'experiment_ids': ['${exp}'], 'filter': 'metrics.acc > 0.1', 'datasets': [{'dataset_name': 'train'}]}")
                .differs(
                        "Without a digest any version of the dataset is meant, which MLflow documents but does not find.")
                .post(
                        "logged-models/search",
                        "{'experiment_ids': ['${exp}'], 'filter': 'metrics.acc > 0.1',"
                                + " 'datasets': [{'dataset_name': 'train', 'dataset_digest': 'd2'}]}")
                .post(
                        "logged-models/search",
                        "{'experiment_ids': ['${exp}'], 'filter': 'metrics.acc > 0.1', 'datasets': [{'dataset_digest': 'd2'}]}")
                .post(
                        "logged-models/search",
                        "{'experiment_ids': ['${exp}'], 'order_by': [{'field_name': 'name', 'ascending': true}]}")
                .post(
                        "logged-models/search",
                        "{'experiment_ids': ['${exp}'], 'order_by': [{'field_name': 'name', 'ascending': false}]}")
                .post(
                        "logged-models/search",
                        "{'experiment_ids': ['${exp}'], 'order_by': [{'field_name': 'metrics.acc', 'ascending': false}]}")
                .post(
                        "logged-models/search",
                        "{'experiment_ids': ['${exp}'], 'order_by': [{'field_name': 'metrics.acc', 'ascending': true,"
                                + " 'dataset_name': 'test', 'dataset_digest': 'd2'}]}")
                .post(
                        "logged-models/search",
                        "{'experiment_ids': ['${exp}'], 'order_by': [{'field_name': 'metrics.acc', 'dataset_digest': 'd2'}]}")
                .post("logged-models/search", "{'experiment_ids': ['${exp}'], 'order_by': [{'field_name': 'nothing'}]}")
                .post(
                        "logged-models/search",
                        "{'experiment_ids': ['${exp}'], 'order_by': [{'field_name': 'params.p'}]}")
                .post("logged-models/search", "{'experiment_ids': ['${exp}'], 'order_by': ['name']}")
                .post("logged-models/search", "{'experiment_ids': ['${exp}'], 'order_by': [{}]}")
                .post(
                        "logged-models/search",
                        "{'experiment_ids': ['${exp}'], 'max_results': 2, 'order_by': [{'field_name': 'name'}]}")
                .save("token", "next_page_token")
                .post(
                        "logged-models/search",
                        "{'experiment_ids': ['${exp}'], 'max_results': 2, 'order_by': [{'field_name': 'name'}], 'page_token': '${token}'}")
                .post(
                        "logged-models/search",
                        "{'experiment_ids': ['${exp}'], 'max_results': 1, 'page_token': '${token}'}")
                .post("logged-models/search", "{'experiment_ids': ['${exp}'], 'page_token': 'nonsense'}")
                .refused()
                .post("logged-models/search", "{'experiment_ids': ['${exp}'], 'max_results': 0}")
                .post("logged-models/search", "{'experiment_ids': ['${exp}'], 'max_results': -1}")
                .stricter()
                .post("logged-models/search", "{'experiment_ids': []}")
                .post("logged-models/search", "{}")
                .post("logged-models/search", "{'experiment_ids': ['987654321']}");
    }

    private static String models(String filter) {
        return "{'experiment_ids': ['${exp}'], 'order_by': [{'field_name': 'name', 'ascending': true}], 'filter': '"
                + filter.replace("'", "\\u0027") + "'}";
    }

    private static String dataset(String name, String digest, String rest) {
        return "{'dataset': {'name': '" + name + "', 'digest': '" + digest + "', 'source_type': 'local', 'source': '{}'"
                + rest + "}}";
    }

    private static ConformanceScenario inputs() {
        return scenario("inputs of runs")
                .experiment("inputs")
                .run("run", 5)
                .post(
                        "runs/log-inputs",
                        "{'run_id': '${run}', 'datasets': [{'tags': [{'key': 'mlflow.data.context', 'value': 'training'}], 'dataset':"
                                + " {'name': 'train', 'digest': 'd1', 'source_type': 'local', 'source': 's3://b/k', 'schema': '{}', 'profile': '{}'}}]}")
                .get("runs/get?run_id=${run}")
                .post("runs/log-inputs", "{'run_id': '${run}', 'datasets': [" + dataset("train", "d1", "") + "]}")
                .post("runs/log-inputs", "{'run_id': '${run}', 'datasets': [" + dataset("test", "d2", "") + "]}")
                .post(
                        "runs/log-inputs",
                        "{'run_id': '${run}', 'datasets': [" + dataset("same", "d3", "") + ","
                                + dataset("same", "d3", "") + "]}")
                .get("runs/get?run_id=${run}")
                .search("dataset.name = 'train'")
                .search("datasets.name = 'nobody'")
                .search("dataset.digest = 'd1'")
                .search("dataset.context = 'training'")
                .search("dataset.name LIKE 'tr%' AND dataset.context = 'training'")
                .search("dataset.name IN ('train', 'x')")
                .search("dataset.name != 'train'")
                .search("dataset.name = 5")
                .search("dataset.nothing = 'x'")
                .post("logged-models", "{'experiment_id': '${exp}', 'name': 'net'}")
                .save("model", "model.info.model_id")
                .post("runs/log-inputs", "{'run_id': '${run}', 'models': [{'model_id': '${model}'}]}")
                .post("runs/log-inputs", "{'run_id': '${run}', 'models': [{'model_id': '${model}'}]}")
                .get("runs/get?run_id=${run}");
    }

    private static ConformanceScenario inputLimits() {
        return scenario("inputs that are malformed")
                .experiment("inputs-bad")
                .run("run", 5)
                .post("runs/log-inputs", "{}")
                .post("runs/log-inputs", "{'run_id': '${run}'}")
                .post("runs/log-inputs", "{'run_id': '${run}', 'datasets': 'x'}")
                .post("runs/log-inputs", "{'run_id': '${run}', 'datasets': [{}]}")
                .stricter()
                .post("runs/log-inputs", "{'run_id': '${run}', 'datasets': [{'dataset': {}}]}")
                .post("runs/log-inputs", "{'run_id': '${run}', 'datasets': [{'dataset': {'name': 'x'}}]}")
                .post("runs/log-inputs", "{'run_id': '${run}', 'datasets': [" + dataset("", "d", "") + "]}")
                .post(
                        "runs/log-inputs",
                        "{'run_id': '${run}', 'datasets': [" + dataset("n".repeat(501), "d", "") + "]}")
                .post("runs/log-inputs", "{'run_id': '${run}', 'datasets': [" + dataset("n", "d".repeat(37), "") + "]}")
                .post(
                        "runs/log-inputs",
                        "{'run_id': '${run}', 'datasets': ["
                                + dataset("n", "d", ", 'source': '" + "s".repeat(65536) + "'") + "]}")
                .post(
                        "runs/log-inputs",
                        "{'run_id': '${run}', 'datasets': ["
                                + dataset("n", "d", ", 'schema': '" + "s".repeat(1048576) + "'") + "]}")
                .post(
                        "runs/log-inputs",
                        "{'run_id': '${run}', 'datasets': [{'tags': [{'key': '" + "k".repeat(256)
                                + "', 'value': 'x'}], " + dataset("n", "d", "").substring(1) + "]}")
                .post(
                        "runs/log-inputs",
                        "{'run_id': '${run}', 'datasets': [{'tags': [{'key': 'k', 'value': '" + "v".repeat(501)
                                + "'}], " + dataset("n", "d", "").substring(1) + "]}")
                .post("runs/log-inputs", "{'run_id': '${run}', 'models': [{}]}")
                .stricter()
                .get("runs/get?run_id=${run}")
                .differs("What MLflow read wrongly it has kept.");
    }

    private static ConformanceScenario outputs() {
        return scenario("outputs of runs")
                .experiment("outputs")
                .run("run", 5)
                .post("logged-models", "{'experiment_id': '${exp}', 'name': 'net'}")
                .save("model", "model.info.model_id")
                .post("runs/outputs", "{'run_id': '${run}', 'models': [{'model_id': '${model}', 'step': 3}]}")
                .get("runs/get?run_id=${run}")
                .post("runs/outputs", "{'run_id': '${run}', 'models': [{'model_id': '${model}'}]}")
                .differs("MLflow shows its database's error; Kiroku takes an output that is logged twice for one.")
                .post("runs/outputs", "{'run_id': '${run}', 'models': []}")
                .post("runs/outputs", "{'run_id': '${run}', 'models': 'x'}")
                .post("runs/outputs", "{'models': []}")
                .post("runs/search", "{'experiment_ids': ['${exp}']}")
                .post("runs/log-model", "{'run_id': '${run}', 'model_json': '{}'}")
                .post("runs/log-model", "{'run_id': '${run}', 'model_json': 'nonsense'}")
                .post("runs/log-model", "{'run_id': '${run}'}");
    }

    private static ConformanceScenario datasets() {
        return scenario("search of datasets")
                .experiment("datasets")
                .run("run", 5)
                .post(
                        "runs/log-inputs",
                        "{'run_id': '${run}', 'datasets': [{'tags': [{'key': 'mlflow.data.context', 'value': 'training'}], "
                                + dataset("train", "d1", "").substring(1) + "]}")
                .post("/ajax-api/2.0/mlflow/experiments/search-datasets", "{'experiment_ids': ['${exp}']}")
                .post("/ajax-api/2.0/mlflow/experiments/search-datasets", "{'experiment_ids': ['${exp}']}")
                .post("/ajax-api/2.0/mlflow/experiments/search-datasets", "{'experiment_ids': []}")
                .post("/ajax-api/2.0/mlflow/experiments/search-datasets", "{}")
                .post("/ajax-api/2.0/mlflow/experiments/search-datasets", "{'experiment_ids': ['987654321']}")
                .post("/ajax-api/2.0/mlflow/experiments/search-datasets", "{'experiment_ids': 'x'}");
    }
}
