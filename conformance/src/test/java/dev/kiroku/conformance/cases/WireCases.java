package dev.kiroku.conformance.cases;

import static dev.kiroku.conformance.ConformanceScenario.scenario;

import dev.kiroku.conformance.ConformanceScenario;
import java.util.List;

/** The wire format: methods, prefixes, encodings, and JSON that is unusual, invalid or hostile. */
public final class WireCases {
    private static final byte[] NO_UTF8 = {
        '{', '"', 'n', 'a', 'm', 'e', '"', ':', '"', (byte) 0xc3, (byte) 0x28, '"', '}'
    };

    private WireCases() {}

    public static List<ConformanceScenario> all() {
        return List.of(
                prefixes(),
                verbs(),
                integers(),
                wrongTypes(),
                odditiesThatPass(),
                bodiesThatAreNoRequest(),
                contentTypes(),
                queries(),
                names(),
                hostile());
    }

    private static ConformanceScenario prefixes() {
        return scenario("prefixes")
                .experiment("wire-prefixes")
                .get("/ajax-api/2.0/mlflow/experiments/get?experiment_id=${exp}")
                .get("/api/2.0/preview/mlflow/experiments/get?experiment_id=${exp}")
                .differs("Older clients ask under /preview, which MLflow 3 has given up; Kiroku still answers.")
                .get("/ajax-api/2.0/preview/mlflow/experiments/get?experiment_id=${exp}")
                .differs("Older clients ask under /preview, which MLflow 3 has given up; Kiroku still answers.")
                .raw("POST", "/ajax-api/2.0/mlflow/runs/search", "{\"experiment_ids\": [\"${exp}\"]}")
                .get("/api/3.0/mlflow/experiments/get?experiment_id=${exp}")
                .get("/api/2.0/mlflow/experiments/get/?experiment_id=${exp}")
                .get("/api/1.0/mlflow/experiments/get?experiment_id=${exp}");
    }

    private static ConformanceScenario verbs() {
        return scenario("routes and verbs that do not exist")
                .get("experiments/create")
                .raw("PUT", "experiments/create", "{}")
                .raw("DELETE", "runs/create", "{}")
                .post("experiments/get", "{'experiment_id': '0'}")
                .post("runs/get", "{'run_id': 'x'}")
                .raw("PATCH", "runs/search", "{}")
                .get("runs/search")
                .get("nothing/here")
                .post("nothing/here", "{}")
                .get("/api/2.0/mlflow/")
                .get("/api/nothing");
    }

    private static ConformanceScenario integers() {
        return scenario("how integers may be written")
                .experiment("wire-integers")
                .post("runs/create", "{'experiment_id': '${exp}', 'start_time': '123'}")
                .post("runs/create", "{'experiment_id': '${exp}', 'start_time': 123}")
                .post("runs/create", "{'experiment_id': '${exp}', 'start_time': 123.0}")
                .post("runs/create", "{'experiment_id': '${exp}', 'start_time': 123.5}")
                .stricter()
                .post("runs/create", "{'experiment_id': '${exp}', 'start_time': '123.0'}")
                .post("runs/create", "{'experiment_id': '${exp}', 'start_time': 1e3}")
                .post("runs/create", "{'experiment_id': '${exp}', 'start_time': -5}")
                .post("runs/create", "{'experiment_id': '${exp}', 'start_time': 0}")
                .post("runs/create", "{'experiment_id': '${exp}', 'start_time': ''}")
                .post("runs/create", "{'experiment_id': '${exp}', 'start_time': true}")
                .stricter()
                .post("runs/create", "{'experiment_id': '${exp}', 'start_time': null}")
                .post("runs/create", "{'experiment_id': '${exp}', 'start_time': 9223372036854775807}")
                .post("runs/create", "{'experiment_id': '${exp}', 'start_time': 9223372036854775808}")
                .stricter()
                .post("runs/create", "{'experiment_id': '${exp}', 'start_time': '99999999999999999999999999'}")
                .stricter()
                .post("runs/create", "{'experiment_id': '${exp}', 'start_time': 1e400}")
                .refused()
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'max_results': '2'}")
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'max_results': 2.0}")
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'max_results': 2147483648}")
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'max_results': 'many'}");
    }

    private static ConformanceScenario wrongTypes() {
        return scenario("wrong types")
                .experiment("wire-types")
                .run("run", 1000)
                .post("experiments/create", "{'name': 123}")
                .sameText()
                .post("experiments/create", "{'name': 1.5}")
                .post("experiments/create", "{'name': true}")
                .post("experiments/create", "{'name': {'a': 1}}")
                .post("experiments/create", "{'name': 'wire-tags', 'tags': 'x'}")
                .post("experiments/create", "{'name': 'wire-tags', 'tags': {'key': 'a', 'value': 'b'}}")
                .post("experiments/create", "{'name': 'wire-tags', 'tags': ['x']}")
                .post("experiments/create", "{'name': 'wire-tags', 'tags': [null]}")
                .post("experiments/create", "{'name': 'wire-tags', 'tags': [{'key': 1, 'value': 'b'}]}")
                .post("experiments/create", "{'name': 'wire-tags', 'tags': [{'key': 'a', 'value': 2}]}")
                .stricter()
                .post("runs/create", "{'experiment_id': 0}")
                .post("runs/create", "{'experiment_id': ['0']}")
                .post("runs/create", "{'experiment_id': '${exp}', 'run_name': 5}")
                .post("runs/create", "{'experiment_id': '${exp}', 'user_id': 5}")
                .stricter()
                .post("runs/create", "{'experiment_id': '${exp}', 'tags': 5}")
                .stricter()
                .post("runs/update", "{'run_id': '${run}', 'status': 3}")
                .post("runs/update", "{'run_id': '${run}', 'status': 99}")
                .post("runs/update", "{'run_id': '${run}', 'status': 'NO_SUCH'}")
                .stricter()
                .post("runs/update", "{'run_id': '${run}', 'status': 'finished'}")
                .stricter()
                .post("runs/update", "{'run_id': '${run}', 'status': []}")
                .post("runs/set-tag", "{'run_id': '${run}', 'key': 'a', 'value': 1}")
                .post("runs/set-tag", "{'run_id': '${run}', 'key': 'a', 'value': true}")
                .post("runs/set-tag", "{'run_id': 17, 'key': 'a', 'value': 'b'}")
                .post("runs/log-parameter", "{'run_id': '${run}', 'key': 'a', 'value': 1}")
                .post("runs/log-metric", "{'run_id': '${run}', 'key': 7, 'value': 1, 'timestamp': 1}")
                .post("runs/log-metric", "{'run_id': '${run}', 'key': 'm', 'value': 'abc', 'timestamp': 1}")
                .sameText()
                .post("runs/log-metric", "{'run_id': '${run}', 'key': 'm', 'value': true, 'timestamp': 1}")
                .stricter()
                .post("runs/log-metric", "{'run_id': '${run}', 'key': 'm', 'value': [1], 'timestamp': 1}")
                .refused()
                .post("runs/log-metric", "{'run_id': '${run}', 'key': 'm', 'value': 1, 'timestamp': 'now'}")
                .post("runs/log-metric", "{'run_id': '${run}', 'key': 'm', 'value': 1, 'timestamp': 1, 'step': 1.5}")
                .stricter()
                .post("runs/log-batch", "{'run_id': '${run}', 'metrics': {}}")
                .post("runs/log-batch", "{'run_id': '${run}', 'metrics': 'x'}")
                .post("runs/log-batch", "{'run_id': '${run}', 'metrics': [1]}")
                .refused()
                .post("runs/search", "{'experiment_ids': '${exp}'}")
                .post("runs/search", "{'experiment_ids': [0]}")
                .stricter()
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'filter': 5}")
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'order_by': 'start_time'}")
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'order_by': [1]}")
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'run_view_type': 'SOME'}")
                .stricter()
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'run_view_type': 2}")
                .post("experiments/search", "{'max_results': 5, 'view_type': 'SOME'}")
                .stricter()
                .post("experiments/search", "{'max_results': 5, 'view_type': 77}")
                .stricter()
                .get("runs/get?run_id=${run}")
                .differs("What MLflow read wrongly it has kept.");
    }

    private static ConformanceScenario odditiesThatPass() {
        return scenario("unknown fields, camel case, nulls and escapes")
                .post("experiments/create", "{'name': 'wire-odd', 'colour': 'red', 'nested': {'a': [1, 2]}}")
                .save("exp", "experiment_id")
                .post("runs/create", "{'experimentId': '${exp}', 'runName': 'camel', 'startTime': 5}")
                .post("runs/create", "{'experiment_id': '${exp}', 'runName': 'camel', 'startTime': 5}")
                .post(
                        "runs/create",
                        "{'experiment_id': '${exp}', 'run_name': null, 'start_time': 5, 'tags': null, 'user_id': null}")
                .post(
                        "runs/create",
                        "{'experiment_id': '${exp}', 'run_name': 'x', 'start_time': 5, 'tags': [{'key': 'a', 'value': null}]}")
                .post(
                        "runs/create",
                        "{'experiment_id': '${exp}', 'run_name': 'x', 'start_time': 5, 'tags': [{'key': null, 'value': 'a'}]}")
                .stricter()
                .post("runs/create", "{'experiment_id': '${exp}', 'run_name': 'x', 'start_time': 5, 'tags': [{}]}")
                .stricter()
                .raw(
                        "POST",
                        "runs/create",
                        "{\"experiment_id\": \"${exp}\", \"run_name\": \"\\u00e9\\ud83e\\uddea\\n\\t\", \"start_time\": 5}")
                .raw(
                        "POST",
                        "runs/create",
                        "  \n{\"experiment_id\":\"${exp}\",\"run_name\":\"spaces\",\"start_time\":5}\n ")
                .raw(
                        "POST",
                        "runs/create",
                        "{\"experiment_id\": \"no\", \"experiment_id\": \"${exp}\", \"run_name\": \"twice\", \"start_time\": 5}");
    }

    private static ConformanceScenario bodiesThatAreNoRequest() {
        return scenario("bodies that are no request")
                .raw("POST", "experiments/create", "")
                .raw("POST", "experiments/create", "{")
                .differs(
                        "MLflow takes what is no JSON for a request without fields; Kiroku says where it cannot be read.")
                .raw("POST", "experiments/create", "{}x")
                .differs(
                        "MLflow takes what is no JSON for a request without fields; Kiroku says where it cannot be read.")
                .raw("POST", "experiments/create", "{'name': 'single'}")
                .differs(
                        "MLflow takes what is no JSON for a request without fields; Kiroku says where it cannot be read.")
                .raw("POST", "experiments/create", "{\"name\": \"a\",}")
                .differs(
                        "MLflow takes what is no JSON for a request without fields; Kiroku says where it cannot be read.")
                .raw("POST", "experiments/create", "// no comments\n{\"name\": \"a\"}")
                .differs(
                        "MLflow takes what is no JSON for a request without fields; Kiroku says where it cannot be read.")
                .raw("POST", "experiments/create", "name=form")
                .differs(
                        "MLflow takes what is no JSON for a request without fields; Kiroku says where it cannot be read.")
                .raw("POST", "experiments/create", "[]")
                .refused()
                .raw("POST", "experiments/create", "[{\"name\": \"in an array\"}]")
                .refused()
                .raw("POST", "experiments/create", "\"text\"")
                .refused()
                .raw("POST", "experiments/create", "5")
                .refused()
                .raw("POST", "experiments/create", "null")
                .raw("POST", "experiments/create", "true")
                .refused()
                .raw("POST", "experiments/create", "<name>xml</name>")
                .differs(
                        "MLflow takes what is no JSON for a request without fields; Kiroku says where it cannot be read.")
                .raw("POST", "runs/search", "")
                .raw("POST", "runs/search", "[]")
                .stricter()
                .raw("POST", "runs/log-batch", "")
                .refused()
                .raw("POST", "runs/log-batch", "[]")
                .refused();
    }

    private static ConformanceScenario contentTypes() {
        return scenario("content types")
                .raw("POST", "experiments/create", "{\"name\": \"wire-charset\"}")
                .contentType("application/json; charset=utf-8")
                .raw("POST", "experiments/create", "{\"name\": \"wire-charset\"}")
                .contentType("APPLICATION/JSON")
                .differs("MLflow wants the type in small letters; Kiroku takes it in any.")
                .raw("POST", "experiments/create", "{\"name\": \"wire-text\"}")
                .contentType("text/plain")
                .raw("POST", "experiments/create", "{\"name\": \"wire-none\"}")
                .contentType(null)
                .raw("POST", "experiments/create", "{\"name\": \"wire-form\"}")
                .contentType("application/x-www-form-urlencoded")
                .raw("POST", "experiments/create", "{\"name\": \"wire-multipart\"}")
                .contentType("multipart/form-data; boundary=x")
                .raw("POST", "experiments/create", "{\"name\": \"wire-octets\"}")
                .contentType("application/octet-stream")
                .raw("POST", "experiments/create", "{\"name\": \"wire-vendor\"}")
                .contentType("application/vnd.api+json")
                .raw("POST", "experiments/create", "{\"name\": \"wire-nonsense\"}")
                .contentType("nonsense");
    }

    private static ConformanceScenario queries() {
        return scenario("query strings")
                .experiment("wire-queries")
                .run("run", 1000)
                .get("experiments/get?experiment_id=${exp}&experiment_id=0")
                .get("experiments/get?experiment_id=${exp}&colour=red")
                .get("experiments/get?experimentId=${exp}")
                .get("experiments/get?experiment_id")
                .get("experiments/get?&&experiment_id=${exp}&")
                .get("experiments/get-by-name?experiment_name=wire%2Dqueries")
                .get("experiments/get-by-name?experiment_name=wire+queries")
                .get("experiments/get-by-name?experiment_name=%FF%FE")
                .differs("Kiroku refuses bytes that are no UTF-8.")
                .get("experiments/get-by-name?experiment_name=%00")
                .differs("A character that PostgreSQL cannot keep is refused everywhere.")
                .get("experiments/search?max_results=1&filter=name%20%3D%20'wire-queries'")
                .get("experiments/search?max_results=1&order_by=experiment_id%20ASC&order_by=name")
                .get("experiments/search?max_results=abc")
                .get("experiments/search?max_results=1.0")
                .get("experiments/search?max_results=1&view_type=ACTIVE_ONLY&filter=name%20%3D%20'wire-queries'")
                .get("experiments/search?max_results=1&view_type=1&filter=name%20%3D%20'wire-queries'")
                .get("experiments/search?max_results=1&view_type=NONE")
                .stricter()
                .get("metrics/get-history?run_id=${run}&metric_key=m&max_results=ten")
                .stricter()
                .get("metrics/get-history?run_id=${run}&metric_key=m&max_results=10")
                .get("runs/get?run_id=${run}&run_id=x");
    }

    /** MLflow 3.17.2 compares names with patterns that allow a newline at the end; 3.18.0 does not. */
    private static ConformanceScenario names() {
        String newline = "It lets a newline at the end of a name pass.";
        return scenario("names with a newline at the end")
                .experiment("wire-names")
                .run("run", 5)
                .post("experiments/set-experiment-tag", "{'experiment_id': '${exp}', 'key': 'a\\n', 'value': 'v'}")
                .differsFrom("3.17.2", newline)
                .post("runs/set-tag", "{'run_id': '${run}', 'key': 'a\\n', 'value': 'v'}")
                .differsFrom("3.17.2", newline)
                .post("runs/log-parameter", "{'run_id': '${run}', 'key': 'a\\n', 'value': 'v'}")
                .differsFrom("3.17.2", newline)
                .post("runs/log-metric", "{'run_id': '${run}', 'key': 'a\\n', 'value': 1, 'timestamp': 1}")
                .differsFrom("3.17.2", newline)
                .post("runs/log-metric", "{'run_id': '${run}\\n', 'key': 'a', 'value': 1, 'timestamp': 1}")
                .get("runs/get?run_id=${run}%0A")
                .post("registered-models/create", "{'name': 'wire-names'}")
                .post("model-versions/create", "{'name': 'wire-names', 'source': 'runs:/${run}/m', 'run_id': '${run}'}")
                .post("registered-models/alias", "{'name': 'wire-names', 'alias': 'a\\n', 'version': '1'}")
                .differsFrom("3.17.2", newline);
    }

    private static ConformanceScenario hostile() {
        return scenario("hostile bodies and values")
                .experiment("wire-hostile")
                .run("run", 1000)
                .send("POST", "experiments/create", NO_UTF8)
                .differs("Kiroku refuses bytes that are no UTF-8.")
                .raw("POST", "experiments/create", "{\"name\": \"nul \\u0000 inside\"}")
                .differs("A character that PostgreSQL cannot keep is refused everywhere.")
                .raw("POST", "experiments/create", "{\"name\": \"lone \\ud800 surrogate\"}")
                .raw(
                        "POST",
                        "experiments/create",
                        "{\"name\": \"x\", \"deep\": " + "[".repeat(100_000) + "]".repeat(100_000) + "}")
                .refused()
                .raw("POST", "experiments/create", "[".repeat(100_000))
                .refused()
                .raw("POST", "experiments/create", "{\"name\": \"wire-number\", \"n\": " + "9".repeat(5000) + "}")
                .differs("Numbers of thousands of digits are refused even in fields that nobody reads.")
                .post("experiments/create", "{'name': 'x; DROP TABLE experiments; --'}")
                .raw("POST", "runs/search", "{\"experiment_ids\": [\"0 OR 1=1\"]}")
                .raw(
                        "POST",
                        "runs/search",
                        "{\"experiment_ids\": [\"${exp}\"], \"page_token\": \"'; DROP TABLE runs; --\"}")
                .raw(
                        "POST",
                        "runs/search",
                        "{\"experiment_ids\": [\"${exp}\"], \"filter\": \"params.a = 'x'; DROP TABLE runs\"}")
                .raw(
                        "POST",
                        "runs/search",
                        "{\"experiment_ids\": [\"${exp}\"], \"order_by\": [\"metrics.a; DROP TABLE runs\"]}")
                .raw(
                        "POST",
                        "runs/set-tag",
                        "{\"run_id\": \"${run}\", \"key\": \"'; DROP TABLE tags; --\", \"value\": \"\\\"'`\"}")
                .raw("POST", "runs/set-tag", "{\"run_id\": \"../../etc/passwd\", \"key\": \"a\", \"value\": \"b\"}")
                .get("runs/get?run_id=%27%20OR%201=1%20--")
                .get("runs/get?run_id=" + "a".repeat(3000))
                .get("runs/get?run_id=${run}");
    }
}
