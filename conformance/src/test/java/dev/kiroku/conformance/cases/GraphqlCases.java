package dev.kiroku.conformance.cases;

import static dev.kiroku.conformance.ConformanceScenario.scenario;

import dev.kiroku.conformance.ConformanceScenario;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/** GraphQL queries of MLflow's web UI, and hostile ones. */
public final class GraphqlCases {
    private static final String CIRCLE =
            "Of fragments that go round in a circle MLflow names one; Kiroku names all that lead into it.";
    private static final String INFO =
            "info { runId runUuid runName experimentId userId status startTime endTime artifactUri lifecycleStage }";
    private static final String DATA =
            "data { metrics { key value step timestamp datasetName modelId } params { key value } tags { key value } }";
    private static final String INPUTS =
            "inputs { datasetInputs { dataset { name digest sourceType source schema profile } tags { key value } }"
                    + " modelInputs { modelId } } outputs { modelOutputs { modelId step } }";

    private GraphqlCases() {}

    public static List<ConformanceScenario> all() {
        return List.of(experiments(), runs(), searches(), registry(), requests(), hostile());
    }

    private static ConformanceScenario ask(ConformanceScenario scenario, String query) {
        return ask(scenario, Map.of("query", query));
    }

    private static ConformanceScenario ask(ConformanceScenario scenario, Map<String, Object> request) {
        return scenario.raw("POST", "/graphql", JsonMapper.shared().writeValueAsString(request));
    }

    private static ConformanceScenario experiments() {
        ConformanceScenario s = scenario("GraphQL: an experiment")
                .experiment("graphql-experiment")
                .post(
                        "experiments/set-experiment-tag",
                        "{'experiment_id': '${exp}', 'key': 'team', 'value': 'vision'}");
        String fields = "experiment { experimentId name artifactLocation lifecycleStage workspace"
                + " effectiveTraceArchivalRetention tags { key value __typename } __typename } apiError { code message } __typename";
        ask(
                s,
                Map.of(
                        "query",
                        "query Q($i: MlflowGetExperimentInput!) @component(name: \"x\") { mlflowGetExperiment(input: $i) { "
                                + fields + " } }",
                        "variables",
                        Map.of("i", Map.of("experimentId", "${exp}")),
                        "operationName",
                        "Q"));
        ask(s, "{ mlflowGetExperiment(input: {experimentId: \"987654321\"}) { experiment { name } } }");
        ask(s, "{ mlflowGetExperiment(input: {}) { experiment { name } } }")
                .differs("MLflow takes no experiment for the default one; Kiroku says that it is missing.");
        return s;
    }

    private static ConformanceScenario runs() {
        ConformanceScenario s = scenario("GraphQL: a run")
                .experiment("graphql-run")
                .run("run", 5)
                .post(
                        "runs/log-batch",
                        "{'run_id': '${run}', 'metrics': [{'key': 'loss', 'value': 0.5, 'timestamp': 7, 'step': 3},"
                                + " {'key': 'nan', 'value': 'NaN', 'timestamp': 7, 'step': 0}], 'params': [{'key': 'depth', 'value': '3'}],"
                                + " 'tags': [{'key': 'team', 'value': 'vision'}]}")
                .post(
                        "runs/log-inputs",
                        "{'run_id': '${run}', 'datasets': [{'tags': [{'key': 'mlflow.data.context', 'value': 'training'}],"
                                + " 'dataset': {'name': 'iris', 'digest': 'd1', 'source_type': 'local', 'source': '{}', 'schema': 's'}}]}");
        ask(
                s,
                "{ mlflowGetRun(input: {runId: \"${run}\"}) { run { " + INFO + DATA + INPUTS
                        + " experiment { name } modelVersions { name } } } }");
        ask(
                s,
                "{ mlflowGetRun(input: {runUuid: \"${run}\"}) { run { __typename info { runName } data { metrics { __typename } } } apiError { helpUrl } } }");
        ask(s, "{ mlflowGetRun(input: {runId: \"nowhere\"}) { run { info { runId } } } }")
                .sameText();
        ask(
                s,
                "{ a: mlflowGetRun(input: {runId: \"${run}\"}) { run { info { n: runName } } } b: mlflowGetRun(input: {runId: \"x\"}) { run { info { runId } } } }");
        ask(
                s,
                "{ mlflowListArtifacts(input: {runId: \"${run}\"}) { rootUri files { path isDir fileSize } nextPageToken apiError { code } } }");
        ask(s, "{ mlflowListArtifacts(input: {runId: \"${run}\", path: \"../up\"}) { rootUri } }");
        ask(
                s,
                "{ mlflowGetMetricHistoryBulkInterval(input: {runIds: [\"${run}\"], metricKey: \"loss\", maxResults: 100}) { metrics { key value step timestamp runId } } }");
        s.post("runs/update", "{'run_id': '${run}', 'status': 'FINISHED', 'end_time': 9}");
        ask(
                s,
                "query ($r: String) { mlflowGetRun(input: {runId: $r}) { run { ...Parts } } } fragment Parts on MlflowRunExtension { info { status endTime } }");
        return s;
    }

    private static ConformanceScenario searches() {
        ConformanceScenario s = scenario("GraphQL: searches")
                .experiment("graphql-search")
                .run("one", 5)
                .run("two", 6)
                .post("runs/log-metric", "{'run_id': '${two}', 'key': 'acc', 'value': 0.9, 'timestamp': 1}");
        String search =
                "(input: {experimentIds: [\"${exp}\"], filter: \"metrics.acc > 0.5\", maxResults: 5, orderBy: [\"metrics.acc DESC\"]})";
        ask(
                s,
                "{ mlflowSearchRuns" + search + " { runs { " + INFO + DATA + INPUTS
                        + " experiment { name } } nextPageToken } }");
        ask(s, "mutation { mlflowSearchRuns" + search + " { runs { info { runName } } } }");
        ask(
                s,
                "{ mlflowSearchRuns(input: {experimentIds: [\"${exp}\"], filter: \"nonsense\"}) { runs { info { runName } } } }");
        ask(
                        s,
                        "{ mlflowSearchRuns(input: {experimentIds: [\"${exp}\"], runViewType: DELETED_ONLY}) { runs { info { runName } } } }")
                .differs("MLflow cannot read the kind of view that its own schema offers; Kiroku can.");
        ask(
                s,
                "mutation { mlflowSearchDatasets(input: {experimentIds: [\"${exp}\"]}) { datasetSummaries { name digest context experimentId } } }");
        return s;
    }

    private static ConformanceScenario registry() {
        ConformanceScenario s = scenario("GraphQL: model versions")
                .experiment("graphql-registry")
                .run("run", 5)
                .post("registered-models/create", "{'name': 'graphql'}")
                .post(
                        "model-versions/create",
                        "{'name': 'graphql', 'source': 's3://bucket/model', 'run_id': '${run}'}");
        ask(
                s,
                "{ mlflowSearchModelVersions(input: {filter: \"name = 'graphql'\"}) { modelVersions { name version userId currentStage description source runId"
                        + " status statusMessage runLink modelId aliases tags { key value } modelParams { name value }"
                        + " modelMetrics { key value } deploymentJobState { jobId runId currentTaskName } } nextPageToken } }");
        ask(
                s,
                Map.of(
                        "query",
                        "query ($n: LongString) { mlflowSearchModelVersions(input: {filter: \"name = 'graphql'\", maxResults: $n}) { modelVersions { version } } }",
                        "variables",
                        Map.of("n", "1")));
        ask(s, "{ mlflowSearchModelVersions(input: {filter: \"nonsense\"}) { modelVersions { version } } }");
        ask(s, "{ mlflowGetRun(input: {runId: \"${run}\"}) { run { modelVersions { name version status source } } } }");
        return s;
    }

    private static ConformanceScenario requests() {
        ConformanceScenario s = scenario("GraphQL: requests");
        ask(s, "{ test(inputString: \"größe 🧪\") { output __typename } __typename }");
        ask(s, "{ test { output } }");
        ask(s, "mutation { testMutation(inputString: \"a\") { output } }");
        ask(
                s,
                "{ __schema { queryType { name } mutationType { name } } __type(name: \"MlflowRunStatus\") { kind enumValues { name } } }");
        ask(s, "{ mlflowGetRun { run { info { runId } } } }");
        ask(s, "{ nothing }");
        ask(s, "{ test(inputString: 5) { output } }");
        ask(s, "{ test(other: \"a\") { output } }");
        ask(s, "{ test(inputString: \"a\") }");
        ask(s, "subscription { test }");
        String two = "query A { test(inputString: \"a\") { output } } query B { test(inputString: \"b\") { output } }";
        ask(s, two);
        ask(s, Map.of("query", two, "operationName", "B"));
        ask(s, Map.of("query", two, "operationName", "C"));
        ask(s, "query ($d: MlflowGetRunInput!) { mlflowGetRun(input: $d) { run { info { runId } } } }");
        ask(
                s,
                Map.of(
                        "query",
                        "query ($d: MlflowGetRunInput!) { mlflowGetRun(input: $d) { run { info { runId } } } }",
                        "variables",
                        Map.of("d", Map.of("bad", 1))));
        ask(s, "{ ").refused();
        ask(s, "").refused();
        return s.raw("GET", "/graphql", "{\"query\": \"{ test(inputString: \\\"a\\\") { output } }\"}")
                .get("/graphql")
                .refused()
                .get("/graphql?query=%7B__typename%7D")
                .refused()
                .raw("POST", "/graphql", "{}")
                .refused()
                .raw("POST", "/graphql", "[]")
                .refused()
                .raw("POST", "/graphql", "{\"query\": 5}")
                .refused()
                .raw("POST", "/graphql", "{}")
                .contentType("text/plain");
    }

    private static ConformanceScenario hostile() {
        ConformanceScenario s = scenario("GraphQL: hostile queries");
        ask(s, "{ " + numbered("a%d: __typename ", 11) + "}");
        ask(s, "{ " + "__typename ".repeat(11) + "}");
        ask(s, "{ mlflowGetRun(input: {runId: \"x\"}) { run { info { " + numbered("a%d: runId ", 11) + "} } } }");
        ask(s, "{ mlflowGetRun(input: {runId: \"x\"}) { run { info { " + "runId ".repeat(1001) + "} } } }");
        ask(
                s,
                "{ __schema { types { fields { type { ofType { ofType { ofType { ofType { ofType { ofType { name } } } } } } } } } } }");
        ask(s, "query { ...F } fragment F on Query { ...F }");
        ask(s, "query { ...F } fragment F on Query { ...G } fragment G on Query { ...F }")
                .differs(CIRCLE);
        ask(
                        s,
                        "query { ...F } fragment F on Query { mlflowGetRun(input: {runId: \"x\"}) { run { ...R } } }"
                                + " fragment R on MlflowRunExtension { experiment { ...E } } fragment E on MlflowExperiment { ...E }")
                .differs(CIRCLE);
        ask(s, "query { ...Missing }");
        ask(s, "{ " + "mlflowGetRun(input: {runId: \"x\"}) { run { info { runId } } } ".repeat(300) + "}");
        return s;
    }

    private static String numbered(String form, int count) {
        return IntStream.range(0, count).mapToObj(form::formatted).collect(Collectors.joining());
    }
}
