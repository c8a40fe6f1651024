package dev.kiroku.server.graphql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.Strings;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.ModelVersionStatus;
import dev.kiroku.model.registry.RegistryApi;
import dev.kiroku.model.tracking.Experiment;
import dev.kiroku.model.tracking.ExperimentApi;
import dev.kiroku.model.tracking.Run;
import dev.kiroku.model.tracking.RunApi;
import dev.kiroku.model.tracking.RunData;
import dev.kiroku.model.tracking.RunInfo;
import dev.kiroku.model.tracking.RunInputs;
import dev.kiroku.model.tracking.RunStatus;
import dev.kiroku.server.http.EndpointBinding;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GraphqlServiceTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** The operations that were called: the filter of a search, or the kind. */
    private final List<String> operations = new ArrayList<>();

    private final GraphqlService service = new GraphqlService(
            List.of(
                    new EndpointBinding<>(RunApi.SEARCH, (request, _) -> searchRuns(request)),
                    new EndpointBinding<>(ExperimentApi.SEARCH, (request, _) -> searchExperiments(request)),
                    new EndpointBinding<>(RegistryApi.SEARCH_MODEL_VERSIONS, (request, _) -> searchVersions(request))),
            100_000);

    private RunApi.SearchRunsResponse searchRuns(RunApi.SearchRunsRequest request) {
        operations.add("runs");
        int count = request.maxResults() == null ? 1000 : request.maxResults();
        return new RunApi.SearchRunsResponse(
                IntStream.range(0, count).mapToObj(GraphqlServiceTest::run).toList(), null);
    }

    private static Run run(int i) {
        String id = "r" + i;
        RunInfo info =
                new RunInfo(id, String.valueOf(i % 3), "name", "user", RunStatus.FINISHED, 1L, 2L, "a:/", "active", id);
        return new Run(info, new RunData(List.of(), List.of(), List.of()), new RunInputs(List.of(), List.of()), null);
    }

    private ExperimentApi.SearchExperimentsResponse searchExperiments(ExperimentApi.SearchExperimentsRequest request) {
        operations.add(request.filter());
        return new ExperimentApi.SearchExperimentsResponse(
                IntStream.range(0, 3)
                        .mapToObj(i -> new Experiment(
                                String.valueOf(i), "experiment " + i, "a:/", "active", 1L, 1L, List.of(), "default"))
                        .toList(),
                null);
    }

    /** Two pages with a version of the first run on each. */
    private RegistryApi.ModelVersionsResponse searchVersions(RegistryApi.SearchRegistryRequest request) {
        operations.add(request.filter());
        boolean first = request.pageToken() == null;
        ModelVersion version = new ModelVersion(
                "m",
                first ? "1" : "2",
                1L,
                1L,
                null,
                "None",
                "",
                "a:/",
                "r0",
                ModelVersionStatus.READY,
                null,
                List.of(),
                "",
                List.of(),
                null,
                List.of(),
                List.of());
        return new RegistryApi.ModelVersionsResponse(List.of(version), first ? "next" : null);
    }

    private JsonNode execute(String query, Map<String, Object> variables) {
        return executeBody(JSON.writeValueAsString(Map.of("query", query, "variables", variables)));
    }

    private JsonNode executeBody(String body) {
        return JSON.readTree(service.execute(body.getBytes(StandardCharsets.UTF_8), Caller.anonymous("test")));
    }

    private String error(String query, Map<String, Object> variables) {
        JsonNode answer = execute(query, variables);
        assertTrue(answer.path("data").isNull(), () -> Strings.abbreviate(answer.toString(), 300));
        return answer.path("errors").path(0).asString();
    }

    @Test
    void experimentsAndVersionsOfAllRunsAreReadTogether() {
        JsonNode runs = execute(
                        "query ($n: Int) { mlflowSearchRuns(input: {maxResults: $n}) { runs { info { runId } experiment { name }"
                                + " a: modelVersions { version } b: modelVersions { version } } } }",
                        Map.of("n", 500))
                .at("/data/mlflowSearchRuns/runs");
        assertEquals(500, runs.size());
        assertEquals("experiment 1", runs.at("/4/experiment/name").asString());
        assertEquals(
                "[{\"version\":\"1\"},{\"version\":\"2\"}]", runs.at("/0/a").toString());
        assertEquals(runs.at("/0/a"), runs.at("/0/b"));
        assertEquals("[]", runs.at("/1/a").toString());
        assertEquals(4, operations.size(), operations::toString);
        assertEquals("experiment_id IN ('0','1','2')", operations.get(1));
    }

    @Test
    void largeSearchesAreReadInBatches() {
        execute("{ mlflowSearchRuns(input: {maxResults: 2500}) { runs { modelVersions { version } } } }", Map.of());
        assertEquals(1 + 3 * 2, operations.size());
    }

    @Test
    void whatMlflowsPagesAskForIsAllowed() {
        JsonNode answer = execute(
                "query SearchRuns($data: MlflowSearchRunsInput!) { mlflowSearchRuns(input: $data) { apiError { code } runs {"
                        + " info { runName } experiment { name tags { key value } } data { metrics { key } } modelVersions { version } } } }",
                Map.of("data", Map.of("experimentIds", List.of("0"), "filter", "x")));
        assertEquals(1000, answer.at("/data/mlflowSearchRuns/runs").size(), answer::toString);
    }

    @Test
    void theValuesOfAnAnswerAreLimited() {
        String runs = "{ mlflowSearchRuns(input: {maxResults: 5000}) { runs { info { %s } } } }";
        assertTrue(execute(runs.formatted("runId"), Map.of()).path("errors").isNull());
        String error = error(
                runs.formatted("runId runName userId status startTime endTime " + numbered("a%d: artifactUri ")
                        + numbered("lifecycleStage ") + "experimentId"),
                Map.of());
        assertTrue(error.contains("more than 100000 values"), error);
    }

    static Stream<String> expensiveQueries() {
        return Stream.of(
                // the nested fields of each alias of a search
                "{ " + numbered("a%d: mlflowSearchRuns(input: {maxResults: 6000}) { runs { modelVersions { name } } } ")
                        + "}",
                // aliases within a search, all of which count
                "{ mlflowSearchRuns(input: {maxResults: 60000}) { runs { " + numbered("a%d: modelVersions { name } ")
                        + "} } }",
                "query ($n: Int) { mlflowSearchRuns(input: {maxResults: $n}) { runs { experiment { name } modelVersions { name } } } }",
                "query ($m: Int = 50000) { mlflowSearchRuns(input: {maxResults: $m}) { runs { experiment { name } modelVersions { name } } } }",
                "query ($i: MlflowSearchRunsInput) { mlflowSearchRuns(input: $i) { runs { experiment { name } modelVersions { name } } } }",
                "mutation { mlflowSearchRuns(input: {maxResults: 9999999999}) { runs { experiment { name } modelVersions { name } } } }",
                // a fragment counts at each use
                "{ " + numbered("a%d: mlflowSearchRuns(input: {maxResults: 6000}) { runs { ...F } } ")
                        + "} fragment F on MlflowRunExtension { modelVersions { name } }");
    }

    private static String numbered(String form) {
        return IntStream.range(0, 10).mapToObj(form::formatted).collect(Collectors.joining());
    }

    @ParameterizedTest
    @MethodSource("expensiveQueries")
    void expensiveQueriesAreRefusedBeforeTheyReadAnything(String query) {
        String error = error(query, Map.of("n", 50_000, "i", Map.of("maxResults", 50_000)));
        assertTrue(error.contains("more searches than the limit of 100"), error);
        assertEquals(List.of(), operations);
    }

    @Test
    void textIsLimited() {
        for (String query : List.of(
                "{ test" + " ".repeat(100_000) + "}",
                "{ test(inputString: \"" + "x".repeat(100_000) + "\") { output } }",
                "{ test { output } }" + " fragment F on Query { " + "test ".repeat(20_000) + "}",
                "#".repeat(100_001) + "\n{ test { output } }",
                "{ test(inputString: " + "[".repeat(1000) + "]".repeat(1000) + ") { output } }",
                "{ test { " + "test { ".repeat(1000) + "output" + " }".repeat(1000) + " } }")) {
            KirokuException refused = assertThrows(KirokuException.class, () -> execute(query, Map.of()));
            assertEquals(ErrorCode.BAD_REQUEST, refused.code());
        }
    }

    /** Validation compares fields with each other, also in fragments that no operation uses. */
    @Test
    void fragmentsThatAreNotUsedAreValidatedInLinearTime() {
        execute("{ test { output } } fragment F on Query { " + "test { output } ".repeat(3000) + "}", Map.of());
        execute("{ test { output } } " + "fragment F on Query { test { output } } ".repeat(1200), Map.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "5",
                "{\"query\": 5}",
                "{\"query\": \"{ test }\", \"variables\": []}",
                "{\"query\": \"{ test }\", \"operationName\": {}}",
            })
    void requestsThatAreNoQueriesAreRefused(String body) {
        KirokuException refused = assertThrows(KirokuException.class, () -> executeBody(body));
        assertEquals(ErrorCode.BAD_REQUEST, refused.code());
    }

    @Test
    void variablesAreLimited() {
        for (String value :
                List.of("[".repeat(101) + "]".repeat(101), "[" + "[],".repeat(300_000) + "[]]", "9".repeat(401))) {
            KirokuException refused = assertThrows(
                    KirokuException.class,
                    () -> executeBody("{\"query\": \"{ test { output } }\", \"variables\": {\"v\": " + value + "}}"));
            assertEquals(ErrorCode.BAD_REQUEST, refused.code());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\\ud800\"", "\"a\\u0000b\"", "1e400", "-1e400", "NaN", "99999999999", "{\"a\": 1}"})
    void oddVariablesAreAnsweredWithErrors(String value) {
        for (String type : List.of("String", "Int", "[String]", "LongString")) {
            String query = switch (type) {
                case "Int" -> "query ($v: Int) { mlflowSearchRuns(input: {maxResults: $v}) { nextPageToken } }";
                case "[String]" ->
                    "query ($v: [String]) { mlflowSearchRuns(input: {experimentIds: $v, maxResults: 1}) { nextPageToken } }";
                case "LongString" ->
                    "query ($v: LongString) { mlflowSearchModelVersions(input: {maxResults: $v}) { nextPageToken } }";
                default -> "query ($v: String) { test(inputString: $v) { output } }";
            };
            JsonNode answer = executeBody("{\"query\": \"" + query + "\", \"variables\": {\"v\": " + value + "}}");
            boolean valid = type.equals("String") && value.startsWith("\"")
                    || type.equals("LongString") && value.equals("99999999999");
            assertEquals(valid, answer.path("errors").isNull(), () -> type + " " + value + ": " + answer);
        }
        assertFalse(execute("{ test(inputString: \"x\") { output } }", Map.of())
                .path("data")
                .isNull());
    }
}
