package dev.kiroku.conformance.cases;

import static dev.kiroku.conformance.ConformanceScenario.scenario;

import dev.kiroku.conformance.ConformanceScenario;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Metrics: values, latest values, histories, sampled histories, and batches. */
public final class MetricCases {
    private MetricCases() {}

    public static List<ConformanceScenario> all() {
        return List.of(
                values(),
                bareWords(),
                latest(),
                names(),
                history(),
                bulk(),
                interval(),
                batches(),
                batchLimits(),
                malformedBatches());
    }

    private static String metric(String rest) {
        return "{'run_id': '${run}', " + rest + "}";
    }

    private static ConformanceScenario values() {
        return scenario("values of metrics")
                .experiment("metric-values")
                .run("run", 5)
                .post("runs/log-metric", metric("'key': 'one', 'value': 1, 'timestamp': 7, 'step': 3"))
                .post("runs/log-metric", metric("'key': 'nan', 'value': 'NaN', 'timestamp': 7"))
                .post("runs/log-metric", metric("'key': 'nan-text', 'value': 'NaN', 'timestamp': 7"))
                .post("runs/log-metric", metric("'key': 'inf', 'value': 'Infinity', 'timestamp': 7"))
                .post("runs/log-metric", metric("'key': 'inf-text', 'value': 'Infinity', 'timestamp': 7"))
                .post("runs/log-metric", metric("'key': 'minus-inf', 'value': '-Infinity', 'timestamp': 7"))
                .post("runs/log-metric", metric("'key': 'inf-short', 'value': 'inf', 'timestamp': 7"))
                .post("runs/log-metric", metric("'key': 'text', 'value': '0.25', 'timestamp': 7"))
                .post("runs/log-metric", metric("'key': 'tiny', 'value': 5e-324, 'timestamp': 7"))
                .post("runs/log-metric", metric("'key': 'huge', 'value': 1.7976931348623157e308, 'timestamp': 7"))
                .post("runs/log-metric", metric("'key': 'minus-zero', 'value': -0.0, 'timestamp': 7"))
                .post("runs/log-metric", metric("'key': 'third', 'value': 0.3333333333333333, 'timestamp': 7"))
                .post("runs/log-metric", metric("'key': 'big-int', 'value': 9007199254740993, 'timestamp': 7"))
                .post("runs/log-metric", metric("'key': 'null', 'value': null, 'timestamp': 7"))
                .post("runs/log-metric", metric("'key': 'none', 'timestamp': 7"))
                .post("runs/log-metric", metric("'key': 'no-time', 'value': 1"))
                .post("runs/log-metric", metric("'key': 'text-time', 'value': 1, 'timestamp': '8', 'step': '9'"))
                .post("runs/log-metric", metric("'key': 'times', 'value': 1, 'timestamp': -8, 'step': -9"))
                .post(
                        "runs/log-metric",
                        metric(
                                "'key': 'max', 'value': 1, 'timestamp': 9223372036854775807, 'step': 9223372036854775807"))
                .post(
                        "runs/log-metric",
                        metric("'key': 'min', 'value': 1, 'timestamp': 1, 'step': -9223372036854775808"))
                .post("runs/log-metric", metric("'key': 'null-step', 'value': 1, 'timestamp': 1, 'step': null"))
                .post("runs/log-metric", "{'run_uuid': '${run}', 'key': 'alias', 'value': 1, 'timestamp': 7}")
                .get("runs/get?run_id=${run}")
                .get("metrics/get-history?run_id=${run}&metric_key=nan")
                .get("metrics/get-history?run_id=${run}&metric_key=inf")
                .get("metrics/get-history?run_id=${run}&metric_key=minus-inf")
                .post(
                        "runs/log-metric",
                        metric("'key': 'over-step', 'value': 1, 'timestamp': 1, 'step': 9223372036854775808"))
                .stricter();
    }

    private static ConformanceScenario bareWords() {
        String lost = "MLflow reads the bare word as 0 at time 0; Kiroku keeps what was sent, as its client means it.";
        return scenario("NaN and infinities as bare words")
                .experiment("metric-bare")
                .run("run", 5)
                .post("runs/log-metric", metric("'key': 'nan', 'value': NaN, 'timestamp': 7"))
                .post("runs/log-metric", metric("'key': 'inf', 'value': Infinity, 'timestamp': 7"))
                .post("runs/log-metric", metric("'key': 'minus-inf', 'value': -Infinity, 'timestamp': 7"))
                .get("metrics/get-history?run_id=${run}&metric_key=nan")
                .differs(lost)
                .get("metrics/get-history?run_id=${run}&metric_key=inf")
                .differs(lost)
                .get("metrics/get-history?run_id=${run}&metric_key=minus-inf")
                .differs(lost)
                .post("runs/log-metric", metric("'key': 'over', 'value': 1e400, 'timestamp': 7"))
                .get("metrics/get-history?run_id=${run}&metric_key=over")
                .differs(lost);
    }

    private static ConformanceScenario latest() {
        return scenario("which value is the latest")
                .experiment("metric-latest")
                .run("run", 5)
                .post("runs/log-metric", metric("'key': 'step', 'value': 1, 'timestamp': 10, 'step': 5"))
                .post("runs/log-metric", metric("'key': 'step', 'value': 2, 'timestamp': 20, 'step': 4"))
                .post("runs/log-metric", metric("'key': 'time', 'value': 1, 'timestamp': 20, 'step': 5"))
                .post("runs/log-metric", metric("'key': 'time', 'value': 2, 'timestamp': 10, 'step': 5"))
                .post("runs/log-metric", metric("'key': 'value', 'value': 2, 'timestamp': 10, 'step': 5"))
                .post("runs/log-metric", metric("'key': 'value', 'value': 1, 'timestamp': 10, 'step': 5"))
                .post("runs/log-metric", metric("'key': 'negative', 'value': 1, 'timestamp': 10, 'step': -5"))
                .post("runs/log-metric", metric("'key': 'negative', 'value': 2, 'timestamp': 10, 'step': -6"))
                .post("runs/log-metric", metric("'key': 'nan', 'value': 7, 'timestamp': 10, 'step': 5"))
                .post("runs/log-metric", metric("'key': 'nan', 'value': 'NaN', 'timestamp': 10, 'step': 5"))
                .post("runs/log-metric", metric("'key': 'nan-first', 'value': 'NaN', 'timestamp': 10, 'step': 5"))
                .post("runs/log-metric", metric("'key': 'nan-first', 'value': -7, 'timestamp': 10, 'step': 5"))
                .get("runs/get?run_id=${run}")
                .post(
                        "runs/log-batch",
                        metric(
                                "'metrics': [{'key': 'batch', 'value': 1, 'timestamp': 1, 'step': 9},"
                                        + "{'key': 'batch', 'value': 5, 'timestamp': 1, 'step': 2}, {'key': 'batch', 'value': 3, 'timestamp': 1, 'step': 9}]"))
                .get("runs/get?run_id=${run}");
    }

    private static ConformanceScenario names() {
        return scenario("names of metrics")
                .experiment("metric-names")
                .run("run", 5)
                .post("runs/log-metric", metric("'key': '', 'value': 1, 'timestamp': 7"))
                .post("runs/log-metric", metric("'value': 1, 'timestamp': 7"))
                .sameText()
                .post("runs/log-metric", metric("'key': 'a b/c:d', 'value': 1, 'timestamp': 7"))
                .post("runs/log-metric", metric("'key': 'größe', 'value': 1, 'timestamp': 7"))
                .post("runs/log-metric", metric("'key': 'a;b', 'value': 1, 'timestamp': 7"))
                .sameText()
                .post("runs/log-metric", metric("'key': '..', 'value': 1, 'timestamp': 7"))
                .sameText()
                .post("runs/log-metric", metric("'key': '" + "k".repeat(250) + "', 'value': 1, 'timestamp': 7"))
                .post("runs/log-metric", metric("'key': '" + "k".repeat(251) + "', 'value': 1, 'timestamp': 7"))
                .sameText()
                .get("runs/get?run_id=${run}");
    }

    /** Returns points of a metric {@code loss} at the given steps, with value n/2 and time 1000-n. */
    private static String points(IntStream steps) {
        return steps.mapToObj(step -> "{'key': 'loss', 'value': " + step / 2.0 + ", 'timestamp': " + (1000 - step)
                        + ", 'step': " + step + "}")
                .collect(Collectors.joining(", "));
    }

    private static ConformanceScenario history() {
        return scenario("histories")
                .experiment("metric-history")
                .run("run", 5)
                .post("runs/log-batch", metric("'metrics': [" + points(IntStream.of(3, 1, 2, 5, 4)) + "]"))
                .post("runs/log-batch", metric("'metrics': [" + points(IntStream.of(3, 9, 8)) + "]"))
                .post("runs/log-metric", metric("'key': 'loss', 'value': 1.5, 'timestamp': 997, 'step': 3"))
                .post("runs/log-metric", metric("'key': 'loss', 'value': 1.75, 'timestamp': 997, 'step': 3"))
                .get("metrics/get-history?run_id=${run}&metric_key=loss")
                .get("metrics/get-history?run_uuid=${run}&metric_key=loss")
                .get("metrics/get-history?run_id=${run}&metric_key=loss&max_results=3")
                .save("token", "next_page_token")
                .get("metrics/get-history?run_id=${run}&metric_key=loss&max_results=3&page_token=${token}")
                .save("token", "next_page_token")
                .get("metrics/get-history?run_id=${run}&metric_key=loss&max_results=3&page_token=${token}")
                .get("metrics/get-history?run_id=${run}&metric_key=loss&max_results=9")
                .get("metrics/get-history?run_id=${run}&metric_key=loss&max_results=0")
                .get("metrics/get-history?run_id=${run}&metric_key=loss&max_results=-1")
                .get("metrics/get-history?run_id=${run}&metric_key=loss&max_results=3&page_token=nonsense")
                .get("metrics/get-history?run_id=${run}&metric_key=nothing")
                .get("metrics/get-history?run_id=${run}")
                .get("metrics/get-history?metric_key=loss")
                .post("runs/delete", "{'run_id': '${run}'}")
                .get("metrics/get-history?run_id=${run}&metric_key=loss&max_results=1");
    }

    private static ConformanceScenario bulk() {
        return scenario("histories of several runs")
                .experiment("metric-bulk")
                .run("run", 5)
                .run("other", 6)
                .post("runs/log-batch", metric("'metrics': [" + points(IntStream.of(3, 1, 2)) + "]"))
                .get("/ajax-api/2.0/mlflow/metrics/get-history-bulk?run_id=${run}&metric_key=loss")
                .get(
                        "/ajax-api/2.0/mlflow/metrics/get-history-bulk?run_id=${run}&run_id=${other}&metric_key=loss&max_results=2")
                .get("/ajax-api/2.0/mlflow/metrics/get-history-bulk?run_id=${other}&metric_key=loss")
                .get("/ajax-api/2.0/mlflow/metrics/get-history-bulk?run_id=${run}")
                .get("/ajax-api/2.0/mlflow/metrics/get-history-bulk?metric_key=loss")
                .get("/ajax-api/2.0/mlflow/metrics/get-history-bulk?run_id=nonsense&metric_key=loss")
                .get("/ajax-api/2.0/mlflow/metrics/get-history-bulk?" + "run_id=x&".repeat(101) + "metric_key=loss");
    }

    private static ConformanceScenario interval() {
        String route = "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?metric_key=loss&run_ids=${run}";
        return scenario("samples of histories")
                .experiment("metric-interval")
                .run("run", 5)
                .run("other", 6)
                .post("runs/log-batch", metric("'metrics': [" + points(IntStream.range(0, 100)) + "]"))
                .post("runs/log-batch", "{'run_id': '${other}', 'metrics': [" + points(IntStream.of(-4, 7, 150)) + "]}")
                .get(route + "&max_results=10")
                .get(route + "&run_ids=${other}&max_results=5")
                .get(route + "&start_step=10&end_step=20&max_results=5")
                .get(route + "&start_step=10&end_step=20")
                .get(route + "&start_step=10")
                .get(route + "&start_step=20&end_step=10")
                .get(route + "&max_results=0")
                .get(route + "&max_results=2501")
                .get(route + "&max_results=x")
                .get(route + "&run_ids=nonsense&max_results=1")
                .get("/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?metric_key=loss")
                .get("/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?run_ids=${run}")
                .get("metrics/get-history-bulk-interval?metric_key=loss&run_ids=${run}&max_results=1");
    }

    private static ConformanceScenario batches() {
        return scenario("batches")
                .experiment("metric-batches")
                .run("run", 5)
                .post(
                        "runs/log-batch",
                        metric(
                                "'metrics': [{'key': 'm', 'value': 0.5, 'timestamp': 1, 'step': 1}], 'params': [{'key': 'p', 'value': '1'}],"
                                        + " 'tags': [{'key': 't', 'value': 'x'}]"))
                .post(
                        "runs/log-batch",
                        metric(
                                "'metrics': [{'key': 'm', 'value': 'NaN', 'timestamp': 2}, {'key': 'n', 'value': '-Infinity', 'timestamp': 2}]"))
                .post("runs/log-batch", metric("'params': [{'key': 'p', 'value': '1'}, {'key': 'q', 'value': '2'}]"))
                .post(
                        "runs/log-batch",
                        metric(
                                "'metrics': [{'key': 'lost', 'value': 1, 'timestamp': 1}], 'params': [{'key': 'r', 'value': '1'},"
                                        + " {'key': 'p', 'value': 'other'}], 'tags': [{'key': 'lost', 'value': 'x'}]"))
                .get("runs/get?run_id=${run}")
                .get("metrics/get-history?run_id=${run}&metric_key=lost")
                .post("runs/log-batch", metric("'params': [{'key': 'd', 'value': '1'}, {'key': 'd', 'value': '1'}]"))
                .sameText()
                .post("runs/log-batch", metric("'params': [{'key': 'd', 'value': '1'}, {'key': 'd', 'value': '2'}]"))
                .post("runs/log-batch", metric("'tags': [{'key': 'd', 'value': '1'}, {'key': 'd', 'value': '2'}]"))
                .post("runs/log-batch", metric("'metrics': [], 'params': [], 'tags': []"))
                .post("runs/log-batch", "{'run_id': '${run}'}")
                .post("runs/log-batch", "{}")
                .get("runs/get?run_id=${run}");
    }

    private static String times(int count, String entry) {
        return IntStream.range(0, count)
                .mapToObj(i -> entry.replace("#", "" + i))
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static ConformanceScenario batchLimits() {
        String metric = "{'key': 'm#', 'value': #, 'timestamp': 1}";
        String entry = "{'key': 'k#', 'value': '#'}";
        return scenario("limits of batches")
                .experiment("metric-limits")
                .run("run", 5)
                .post("runs/log-batch", metric("'metrics': " + times(1000, metric)))
                .post("runs/log-batch", metric("'metrics': " + times(1001, metric)))
                .sameText()
                .post("runs/log-batch", metric("'params': " + times(100, entry)))
                .post("runs/log-batch", metric("'params': " + times(101, entry)))
                .sameText()
                .post("runs/log-batch", metric("'tags': " + times(100, entry)))
                .post("runs/log-batch", metric("'tags': " + times(101, entry)))
                .sameText()
                .post("runs/log-batch", metric("'tags': " + times(100, entry) + ", 'metrics': " + times(901, metric)))
                .sameText()
                .post("runs/log-batch", metric("'tags': [{'key': 'a', 'value': '" + "v".repeat(1_000_000) + "'}]"))
                .get("runs/get?run_id=${run}");
    }

    private static ConformanceScenario malformedBatches() {
        return scenario("malformed entries of batches")
                .experiment("metric-malformed")
                .run("run", 5)
                .post(
                        "runs/log-batch",
                        metric("'metrics': [{'key': 'ok', 'value': 1, 'timestamp': 1}, {'value': 1, 'timestamp': 1}]"))
                .sameText()
                .post("runs/log-batch", metric("'metrics': [{'key': 'a', 'timestamp': 1}]"))
                .post("runs/log-batch", metric("'metrics': [{'key': 'a', 'value': 1}]"))
                .post("runs/log-batch", metric("'metrics': [{'key': 'a', 'value': 'x', 'timestamp': 1}]"))
                .stricter()
                .post("runs/log-batch", metric("'metrics': [{'key': 'a', 'value': 1, 'timestamp': 'x'}]"))
                .stricter()
                .post("runs/log-batch", metric("'metrics': [{'key': 'a', 'value': 1, 'timestamp': 1, 'step': 'x'}]"))
                .stricter()
                .post("runs/log-batch", metric("'metrics': [{'key': 5, 'value': 1, 'timestamp': 1}]"))
                .post("runs/log-batch", metric("'metrics': [{'key': '../x', 'value': 1, 'timestamp': 1}]"))
                .post("runs/log-batch", metric("'metrics': [null]"))
                .refused()
                .post("runs/log-batch", metric("'params': [{'value': '1'}]"))
                .post("runs/log-batch", metric("'params': [{'key': 'p', 'value': '1'}, {'key': '', 'value': '1'}]"))
                .post("runs/log-batch", metric("'params': [{'key': 'p'}]"))
                .post("runs/log-batch", metric("'params': [{'key': 'p', 'value': 5}]"))
                .stricter()
                .post("runs/log-batch", metric("'params': [{'key': 'p', 'value': '" + "v".repeat(6001) + "'}]"))
                .post("runs/log-batch", metric("'params': [{'key': '" + "k".repeat(251) + "', 'value': '1'}]"))
                .sameText()
                .post("runs/log-batch", metric("'tags': [{'key': 't', 'value': '1'}, {'key': 't#', 'value': '1'}]"))
                .post("runs/log-batch", metric("'tags': [{'key': 't', 'value': '" + "v".repeat(8001) + "'}]"))
                .post("runs/log-batch", metric("'tags': [{'value': '1'}]"))
                .get("runs/get?run_id=${run}")
                .differs("What MLflow read wrongly it has kept.");
    }
}
