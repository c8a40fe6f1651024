package dev.kiroku.conformance.cases;

import static dev.kiroku.conformance.ConformanceScenario.scenario;

import dev.kiroku.conformance.ConformanceScenario;
import java.util.List;

/** Requests of MLflow's web UI for features that Kiroku does not have: Kiroku answers like an MLflow server without such data. */
public final class PageCases {
    private static final String AJAX = "/ajax-api/3.0/mlflow/";

    private PageCases() {}

    public static List<ConformanceScenario> all() {
        return List.of(scenario("pages: parts that are not there")
                .experiment("pages")
                .get("/ajax-api/2.0/mlflow/gateway-proxy?gateway_path=api%2F2.0%2Fendpoints%2F")
                .get("/ajax-api/2.0/mlflow/users/current")
                .get(AJAX + "assistant/config")
                .differsFrom("3.18.0", "Kiroku has no assistant whose settings could be changed.")
                .get(AJAX + "assistant/providers")
                .differs("Kiroku has no assistant, and so no providers of one.")
                .get(AJAX + "gateway/budgets/list")
                .get(AJAX + "gateway/endpoints/list")
                .get(AJAX + "gateway/endpoints/bindings/list")
                .get(AJAX + "gateway/guardrails/list")
                .get(AJAX + "gateway/model-definitions/list")
                .get(AJAX + "gateway/secrets/list")
                .get(AJAX + "gateway/secrets/config")
                .differs("Kiroku has no gateway that could keep secrets.")
                .get(AJAX + "mcp-servers")
                .get(AJAX + "scorers/list?experiment_id=${exp}")
                .get(AJAX + "label-schemas/list?experiment_id=${exp}")
                .differs("MLflow makes a schema of its own; Kiroku keeps none.")
                .get(AJAX + "review-queues/list?experiment_id=${exp}")
                .get(AJAX + "ui-telemetry")
                .post(AJAX + "ui-telemetry", "{'records': []}")
                .post(AJAX + "issues/search", "{'experiment_id': '${exp}'}")
                .post(AJAX + "prompt-optimization/jobs/search", "{'experiment_id': '${exp}'}")
                .post(AJAX + "datasets/search", "{'experiment_ids': ['${exp}'], 'max_results': 20}")
                .post(
                        AJAX + "traces/search",
                        "{'locations': [{'type': 'MLFLOW_EXPERIMENT', 'mlflow_experiment': {'experiment_id': '${exp}'}}]}")
                .post(
                        AJAX + "traces/metrics",
                        "{'experiment_ids': ['${exp}'], 'view_type': 'TRACES', 'metric_name': 'latency',"
                                + " 'aggregations': [{'aggregation_type': 'AVG'}]}")
                .post("/api/3.0/mlflow/traces/search", "{'locations': []}")
                .differs("Kiroku keeps no traces: pages show none, clients get an error."));
    }
}
